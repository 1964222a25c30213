import { Priority, type TimerHandle } from '../actors/actor.ts'
import { assertPriority, inletOf } from './inlet.ts'
import type { Mailbox } from './mailbox.ts'
import { dueAfter } from './virtual-scheduler.ts'

/** The two timer functions that XState asks of a clock, by shape. */
export type TimerClock = {
  setTimeout(work: () => void, delayMs: number): TimerHandle
  clearTimeout(handle: TimerHandle): void
}

/** What `setTimeout` answers for a delay that never ends; cancelling it does nothing. */
const NEVER: TimerHandle = 0

/**
 * A clock for `createActor(machine, { clock })`: an `after` is a message of the mailbox. Each timer
 * is delivered at its own time, so a chain of `after`s takes all its steps, each at its own now.
 * Delays are milliseconds, rounded to whole nanoseconds.
 * @throws AssertionFailure when `priority` is not an integer from 0 to 31
 */
export function virtualClock(mailbox: Mailbox, priority: number = Priority.control): TimerClock {
  assertPriority(priority, 'the clock')
  const timeout = inletOf('clock', 'timeout', priority, (work) => {
    // What the work returns is its own affair: a number must not ask for it again.
    ;(work as () => void)()
  })
  return {
    setTimeout(work, delayMs) {
      const due = dueAfter(mailbox, delayMs)
      return due === Number.POSITIVE_INFINITY ? NEVER : mailbox.post(timeout, work, due)
    },
    clearTimeout(handle) {
      mailbox.cancel(handle)
    },
  }
}
