import { assert } from '@escapement/core'

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json | undefined }

/**
 * One text for one value: names sorted by their code units, no white space, numbers and texts as
 * ECMAScript prints them. What is undefined is left out.
 * @source RFC 8785, JSON Canonicalization Scheme
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    const texts = fields
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field as Json)}`)
    return `{${texts.join(',')}}`
  }
  assert(typeof value !== 'number' || Number.isFinite(value), `${value} has no JSON`)
  return JSON.stringify(value)
}
