import { createHash } from 'node:crypto'

/**
 * JSON with sorted keys and no blanks: equal values have equal bytes. Keys are sorted by their code
 * units and keys without a value are left out, as JSON does; numbers have ECMAScript's one form.
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
  if (text === undefined) throw new TypeError(`${String(value)} is not JSON`)
  return text
}

/** SHA-256 of the {@link canonicalJson} of a value, as 64 hexadecimal digits. */
export const canonicalHash = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex')
