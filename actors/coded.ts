import { CodedError, type ErrorCode, type ErrorFacts, errorCatalog } from '@escapement/core'

/**
 * The coded error that was thrown, or null. A strategy module may have been loaded with a Core of
 * its own, whose `CodedError` is another class: what has its name, code and facts is one as well.
 */
export function codedOf(cause: unknown): CodedError | null {
  if (cause instanceof CodedError) return cause
  if (!(cause instanceof Error) || cause.name !== 'CodedError') return null
  const { code, facts } = cause as Partial<CodedError>
  if (!isCode(code) || typeof facts !== 'object' || facts === null) return null
  return new CodedError(code, facts as ErrorFacts, { cause })
}

const isCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(errorCatalog, code)
