import { assert } from '@escapement/core'
import { PRIORITY_COUNT } from './message-heap.ts'

/** Where messages arrive: one in-port of one actor, with what handles them. */
export type Inlet = {
  readonly actor: string
  readonly port: string
  /** Order at equal times unless the sender says otherwise: an integer from 0 to 31. */
  readonly priority: number
  /** Returns nothing, or the time at which it wants the same message again. */
  handle: (message: unknown) => unknown
}

/** Makes every inlet with one shape, which keeps the mailbox's call of `handle` fast. */
export const inletOf = (
  actor: string,
  port: string,
  priority: number,
  handle: (message: unknown) => unknown,
): Inlet => ({ actor, port, priority, handle })

export const isPriority = (priority: number): boolean =>
  (priority & (PRIORITY_COUNT - 1)) === priority

/** @throws AssertionFailure when `priority` is not an integer from 0 to 31 */
export function assertPriority(priority: number, of: string): void {
  const needed = `an integer from 0 to ${PRIORITY_COUNT - 1}`
  assert(isPriority(priority), `the priority of ${of} is ${priority}; it must be ${needed}`)
}
