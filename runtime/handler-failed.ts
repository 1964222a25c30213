import { CodedError, type Nanos } from '@escapement/core'

/** Where a run stopped: the message in hand when a handler threw. */
export type MessagePosition = {
  readonly actor: string
  readonly port: string
  readonly time: Nanos
  /** How many messages were posted before this one. */
  readonly sequence: number
}

/** `ESC_HANDLER_FAILED`, with the position as data; what was thrown is the `cause`. */
export class HandlerFailed extends CodedError {
  readonly position: MessagePosition
  constructor(position: MessagePosition, cause: unknown) {
    const { actor, port, time, sequence } = position
    super(
      'ESC_HANDLER_FAILED',
      {
        field: `${actor}.${port}`,
        found: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
        hint: `message ${sequence} at ${time} ns; nothing after it was delivered`,
      },
      { cause },
    )
    this.name = 'HandlerFailed'
    this.position = position
  }
}
