import { CodedError } from '@escapement/core'

/** What the SDK hangs on an error, as far as we look at it. */
type SdkError = Error & {
  readonly code?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

const ABSENT = ['NoSuchKey', 'NotFound']
const CONFIGURATION = ['NoSuchBucket', 'PermanentRedirect', 'CredentialsProviderError']

const nameOf = (cause: unknown): string => (cause instanceof Error ? cause.name : '')

/** Whether a conditional write met an object. */
export const isTaken = (cause: unknown): boolean =>
  nameOf(cause) === 'PreconditionFailed' || statusOf(cause) === 412

export const isAbsent = (cause: unknown): boolean => ABSENT.includes(nameOf(cause))

/**
 * Says in our codes what S3 said. Only the error's name, its system code and the HTTP status are
 * kept: messages and bodies may quote access keys and what was signed.
 */
export function s3Error(location: string, key: string, cause: unknown): CodedError {
  if (cause instanceof CodedError) return cause
  const status = statusOf(cause)
  const said = [
    nameOf(cause),
    (cause as SdkError).code,
    status === undefined ? undefined : `HTTP ${status}`,
  ]
  const facts = { file: location, field: key, found: [...new Set(said)].filter(Boolean).join(', ') }
  if (isAbsent(cause)) return new CodedError('ESC_STORAGE_NOT_FOUND', facts)
  // The SDK checks the sums that the server sends; this one has no name of its own.
  if (cause instanceof Error && cause.message.startsWith('Checksum mismatch')) {
    return new CodedError('ESC_STORAGE_CORRUPT', { ...facts, found: 'another checksum' })
  }
  if (isRefusal(cause)) {
    const hint = 'check bucket, region, endpoint, and the credentials of the environment'
    return new CodedError('ESC_STORAGE_ACCESS', { ...facts, hint })
  }
  return new CodedError('ESC_STORAGE_UNAVAILABLE', facts)
}

function isRefusal(cause: unknown): boolean {
  const status = statusOf(cause)
  if (status === 401 || status === 403 || CONFIGURATION.includes(nameOf(cause))) return true
  return cause instanceof Error && cause.message === 'Region is missing'
}

const statusOf = (cause: unknown): number | undefined =>
  (cause as SdkError | undefined)?.$metadata?.httpStatusCode
