import * as promises from 'node:fs/promises'
import { CodedError, messageOf } from '@escapement/core'

/** The calls by which a file store touches the disk; tests put failing ones in their place. */
export type FileSystem = Pick<
  typeof promises,
  'link' | 'lstat' | 'mkdir' | 'open' | 'readdir' | 'rename' | 'unlink'
>

export const nodeFileSystem: FileSystem = promises

/** The system's name of what went wrong, such as ENOENT. */
export function errnoOf(cause: unknown): string {
  const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined
  return code ?? ''
}

const DENIED = ['EACCES', 'EPERM', 'EROFS']
/** A name is a file and a folder at once, or the path is longer than the system takes. */
const MISFIT = ['ENOTDIR', 'EISDIR', 'ENOTEMPTY', 'ENAMETOOLONG', 'ELOOP']

/** Says in our codes what the disk said. */
export function diskError(location: string, key: string, cause: unknown): CodedError {
  if (cause instanceof CodedError) return cause
  const errno = errnoOf(cause)
  const facts = { file: location, field: key, found: messageOf(cause) }
  if (DENIED.includes(errno)) return new CodedError('ESC_STORAGE_ACCESS', facts, { cause })
  if (MISFIT.includes(errno)) {
    const needed = 'a key whose folders are folders, and no links'
    return new CodedError('ESC_STORAGE_KEY', { ...facts, needed }, { cause })
  }
  return new CodedError('ESC_STORAGE_UNAVAILABLE', facts, { cause })
}
