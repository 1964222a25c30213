import { CodedError, type ErrorFacts } from '@escapement/core'

/** Adds to a coded error where the wrong thing stands, for what knows only its own fields. */
export function placed(cause: unknown, place: (facts: ErrorFacts) => ErrorFacts): unknown {
  if (!(cause instanceof CodedError)) return cause
  const { code, facts } = cause
  return new CodedError(code, { ...facts, ...place(facts) }, { cause })
}

/** Does `work`; a coded error that leaves it is {@link placed}. */
export function placing<T>(place: (facts: ErrorFacts) => ErrorFacts, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw placed(cause, place)
  }
}
