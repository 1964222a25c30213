import { AssertionFailure, NANOS_MAX, type Nanos } from '@escapement/core'

/** Whether a message may be due at `due`: a whole number of ns, from now on, in the exact range. */
export const isDueTime = (due: number, now: Nanos): boolean =>
  due >= now && due <= NANOS_MAX && Math.floor(due) === due

/**
 * The time at which a handler that answered something wants its message again.
 * @throws AssertionFailure when the answer is no such time; a promise is refused by name
 */
export function timeOf(answer: unknown, now: Nanos): Nanos {
  if (typeof answer === 'number') {
    if (isDueTime(answer, now)) return answer
    throw new AssertionFailure(
      `the handler asked for its message again at ${answer} ns; it is ${now} ns`,
    )
  }
  if (isThenable(answer)) {
    // The promise may still reject; that must not hide the failure that names this handler.
    answer.then(undefined, () => undefined)
    throw new AssertionFailure('a handler returned a promise; it would end outside virtual time')
  }
  throw new AssertionFailure(`a handler returned ${typeof answer}; nothing or a time is allowed`)
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value
}
