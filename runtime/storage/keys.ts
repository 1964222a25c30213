import { CodedError } from '@escapement/core'
import { type StorageClass, storageFolders } from './classes.ts'

const SEGMENT = /^[A-Za-z0-9._-]+$/
/** Below what file systems (255 bytes a name) and S3 (1,024 bytes a key) take, prefix included. */
const LONGEST_SEGMENT = 200
const LONGEST_KEY = 700

/** Whether `key` names an object: segments of `A-Za-z0-9._-` between single slashes, no dots alone. */
export const isKey = (key: string): boolean =>
  key.length <= LONGEST_KEY && key.split('/').every(isSegment)

const isSegment = (text: string): boolean =>
  text.length <= LONGEST_SEGMENT && SEGMENT.test(text) && text !== '.' && !text.includes('..')

/**
 * Where `key` of that class lies in the store.
 * @throws ESC_STORAGE_KEY
 */
export function placeOf(of: StorageClass, key: string): string {
  if (typeof key !== 'string' || !isKey(key)) throw refused(of, key)
  return `${storageFolders[of]}/${key}`
}

/**
 * The part of the store whose keys begin with `prefix` in that class: any beginning of a key, or
 * nothing for the whole class. The slash after the folder keeps `canonical-old/` out.
 * @throws ESC_STORAGE_KEY
 */
export function placesUnder(of: StorageClass, prefix: string): string {
  const whole = typeof prefix === 'string' && prefix.endsWith('/') ? `${prefix}x` : prefix
  if (prefix !== '' && (typeof prefix !== 'string' || !isKey(whole))) throw refused(of, prefix)
  return `${storageFolders[of]}/${prefix}`
}

/** The key of a place within its class, or null for what Storage itself could not have written. */
export function keyAt(of: StorageClass, place: string): string | null {
  const folder = `${storageFolders[of]}/`
  const key = place.startsWith(folder) ? place.slice(folder.length) : ''
  return isKey(key) ? key : null
}

function refused(of: StorageClass, key: unknown): CodedError {
  return new CodedError('ESC_STORAGE_KEY', {
    field: of,
    found: JSON.stringify(key) ?? String(key),
    needed: `names of A-Z a-z 0-9 . _ - (no "..", up to ${LONGEST_SEGMENT} characters) between single slashes`,
  })
}
