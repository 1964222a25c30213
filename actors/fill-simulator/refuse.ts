import { CodedError } from '@escapement/core'

/** A model or rule of the venue cannot be as it was asked for. @throws ESC_CONFIG_INVALID always */
export function refuse(field: string, found: unknown, needed: string): never {
  throw new CodedError('ESC_CONFIG_INVALID', { field, found: String(found), needed })
}
