import { assert, CodedError } from '@escapement/core'
import { HEAP_CAPACITY } from './message-heap.ts'

/** Bounds of a mailbox; reaching one is `ESC_LIMIT_REACHED`. */
export type MailboxLimits = {
  /** Deliveries without time moving on; more of them is a loop. */
  readonly messagesPerInstant: number
  /** Messages posted and not yet delivered; at most 2^20 - 1. */
  readonly outstanding: number
}

const defaultLimits: MailboxLimits = {
  messagesPerInstant: 1_000_000,
  outstanding: 1_000_000,
}

/**
 * The limits with defaults for what is left out.
 * @throws AssertionFailure when a limit is not a positive integer that the heap can hold
 */
export function limitsFrom(given: Partial<MailboxLimits>): MailboxLimits {
  const limits = { ...defaultLimits, ...given }
  const { messagesPerInstant, outstanding } = limits
  assert(messagesPerInstant >= 1, 'messagesPerInstant must be at least 1')
  const holds = Number.isInteger(outstanding) && outstanding >= 1 && outstanding < HEAP_CAPACITY
  assert(holds, `outstanding must be an integer from 1 to ${HEAP_CAPACITY - 1}`)
  return limits
}

const hints = {
  messagesPerInstant: 'look for actors that answer each other without time passing',
  outstanding: 'look for an actor that posts more than is handled',
} as const

export function limitReached(
  limits: MailboxLimits,
  field: keyof MailboxLimits,
  found: string,
): CodedError {
  const hint = `${hints[field]}, or raise the limit`
  return new CodedError('ESC_LIMIT_REACHED', {
    field,
    found,
    needed: `at most ${limits[field]}`,
    hint,
  })
}
