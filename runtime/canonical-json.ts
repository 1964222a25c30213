import { createHash } from 'node:crypto'

/** What JSON can say; a member without a value is left out. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json | undefined }

/**
 * JSON with sorted keys and no blanks: equal values have equal bytes. Keys are sorted by their code
 * units and keys without a value are left out, as JSON does; numbers have ECMAScript's one form.
 * @source RFC 8785, JSON Canonicalization Scheme
 * @throws TypeError for what JSON cannot say, such as NaN or a bigint
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`)
    return `{${members.join(',')}}`
  }
  const isSayable = typeof value !== 'number' || Number.isFinite(value)
  const text = isSayable ? JSON.stringify(value) : undefined
  if (text === undefined) throw new TypeError(`${String(value)} has no JSON`)
  return text
}

/** SHA-256 of the {@link canonicalJson} of a value, as 64 hexadecimal digits. */
export const canonicalHash = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex')
