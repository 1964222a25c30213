import { AssertionFailure, NANOS_PER_MILLI } from '@escapement/core'
import { type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs'
import { Priority, type TimerHandle } from '../actors/actor.ts'
import { assertPriority, type Inlet, inletOf } from './inlet.ts'
import type { Mailbox } from './mailbox.ts'

type Work<T> = (this: SchedulerAction<T>, state?: T) => void

/**
 * An RxJS scheduler over a mailbox: a scheduled action is a message, so `delay`, `debounceTime` or
 * `interval` keep the one total order and run in virtual time.
 *
 * Time: RxJS counts milliseconds. Delays are rounded to whole nanoseconds, `now()` is milliseconds
 * since the session's origin. A negative delay is 0; an infinite one never comes.
 * Order: that of the RxJS VirtualTimeScheduler. Two differences: an action that schedules itself
 * again while it is pending is moved, not doubled (as in the RxJS AsyncScheduler); and a work that
 * throws stops the mailbox (`ESC_HANDLER_FAILED`) with what it had outstanding.
 */
export class VirtualScheduler implements SchedulerLike {
  readonly #mailbox: Mailbox
  readonly #inlet: Inlet

  /** @throws AssertionFailure when `priority` is not an integer from 0 to 31 */
  constructor(mailbox: Mailbox, priority: number = Priority.control) {
    assertPriority(priority, 'the scheduler')
    this.#mailbox = mailbox
    this.#inlet = inletOf('scheduler', 'action', priority, (action) =>
      (action as ScheduledAction<unknown>).execute(),
    )
  }

  now(): number {
    return this.#mailbox.present / NANOS_PER_MILLI
  }

  /** @throws AssertionFailure when `delay` is not a number */
  schedule<T>(work: Work<T>, delay = 0, state?: T): Subscription {
    return new ScheduledAction<T>(this.#mailbox, this.#inlet, work).schedule(state, delay)
  }
}

const NOT_PENDING: TimerHandle = 0

/** One scheduled work. It may schedule itself again; unsubscribing takes its message back. */
class ScheduledAction<T> extends Subscription implements SchedulerAction<T> {
  readonly #mailbox: Mailbox
  readonly #inlet: Inlet
  #work: Work<T> | null
  #state: T | undefined
  #handle: TimerHandle = NOT_PENDING

  constructor(mailbox: Mailbox, inlet: Inlet, work: Work<T>) {
    super()
    this.#mailbox = mailbox
    this.#inlet = inlet
    this.#work = work
  }

  schedule(state?: T, delay = 0): Subscription {
    if (this.closed) return this
    this.#state = state
    this.#takeBack()
    const due = dueAfter(this.#mailbox, delay)
    if (due !== Number.POSITIVE_INFINITY) this.#handle = this.#mailbox.post(this.#inlet, this, due)
    return this
  }

  execute(): void {
    this.#handle = NOT_PENDING
    try {
      this.#work?.call(this, this.#state)
    } catch (thrown) {
      this.unsubscribe()
      throw thrown
    }
  }

  override unsubscribe(): void {
    if (this.closed) return
    this.#takeBack()
    this.#work = null
    this.#state = undefined
    super.unsubscribe()
  }

  #takeBack(): void {
    if (this.#handle === NOT_PENDING) return
    this.#mailbox.cancel(this.#handle)
    this.#handle = NOT_PENDING
  }
}

/**
 * The time `delay` milliseconds from now in whole nanoseconds, Infinity for an infinite delay.
 * @throws AssertionFailure when `delay` is not a number
 */
export function dueAfter(mailbox: Mailbox, delay: number): number {
  if (Number.isNaN(delay)) throw new AssertionFailure('a delay is not a number')
  return mailbox.present + Math.max(0, Math.round(delay * NANOS_PER_MILLI))
}
