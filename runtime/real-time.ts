import { NANOS_PER_MILLI, type Nanos } from '@escapement/core'
import type { Mailbox } from './mailbox.ts'

export type RealTimeOptions = {
  /** Milliseconds on a clock that never goes back; `performance.now` unless told otherwise. */
  readonly clockMs?: () => number
}

/** A mailbox moved by the real clock. */
export type RealTime = {
  /** Settles when stopped; rejects with what stopped the mailbox. */
  readonly done: Promise<void>
  /** Ends with what is due already; what is due later stays outstanding. */
  stop(): void
}

/** `setTimeout` counts in 31 bits; a longer wait is taken in pieces. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1

/**
 * Delivers the messages of a mailbox when the real clock has reached their time. The only place
 * of the runtime that reads a clock. The mailbox's time goes on from where it stands.
 *
 * Time: a handler's `now` is when its message was due, however late it is delivered; a message
 * from outside is due at the clock's time. Order is the mailbox's, so a log of the messages from
 * outside, with their times, gives the same run in virtual time.
 */
export function runInRealTime(mailbox: Mailbox, options: RealTimeOptions = {}): RealTime {
  const clockMs = options.clockMs ?? (() => performance.now())
  const startMs = clockMs()
  const start = mailbox.now
  const now = (): Nanos => start + Math.floor((clockMs() - startMs) * NANOS_PER_MILLI)
  const { promise, resolve, reject } = deferred()
  let cancel = (): void => undefined
  let stopped = false

  const stop = (settle: () => void): void => {
    if (stopped) return
    stopped = true
    cancel()
    mailbox.attach(null)
    settle()
  }
  const deliver = (): void => {
    try {
      mailbox.run(Math.max(mailbox.now, now()))
    } catch (failure) {
      stop(() => reject(failure))
      return
    }
    wait()
  }
  /** One timer at a time, for the next message; none while nothing is outstanding. */
  const wait = (): void => {
    cancel()
    if (stopped) return
    const due = mailbox.failure === null ? mailbox.nextDue : mailbox.now
    if (due === Number.POSITIVE_INFINITY) return
    cancel = after(Math.ceil((due - now()) / NANOS_PER_MILLI), deliver)
  }
  mailbox.attach({ now, wake: wait })
  wait()
  return { done: promise, stop: () => stop(resolve) }
}

/** Calls `work` after `waitMs`, with the next turn of the event loop if that is 0 or less. */
function after(waitMs: number, work: () => void): () => void {
  if (waitMs <= 0) {
    const immediate = setImmediate(work)
    return () => clearImmediate(immediate)
  }
  const timeout = setTimeout(work, Math.min(waitMs, TIMEOUT_MAX_MS))
  return () => clearTimeout(timeout)
}

/** `Promise.withResolvers` came with Node 22. */
function deferred() {
  let resolve: () => void = () => undefined
  let reject: (reason: unknown) => void = () => undefined
  const promise = new Promise<void>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
