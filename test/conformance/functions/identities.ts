import { createHash } from 'node:crypto'
import type { RuleCounts, Tally } from '../report.ts'
import type { Authority, Json } from '../steps/format.ts'
import { isObject } from '../steps/format.ts'
import { blake2b } from './blake2b.ts'
import { judgeCases } from './cases.ts'

/**
 * Identities towards a venue and of a configuration. Ours are others: an order key is a number
 * (`core/orders.ts`), a fingerprint is over canonical bytes (D-011). What an adapter needs in order
 * to talk to something that uses the reference's is checked here, in the test kit.
 */
const TOP_BIT_CLEARED = (1n << 63n) - 1n

function hashedId(text: string): string {
  const digest = blake2b(new TextEncoder().encode(text), 8)
  const word = new DataView(digest.buffer, digest.byteOffset, 8).getBigUint64(0, false)
  return String(word & TOP_BIT_CLEARED)
}

export type SlotCase = {
  readonly authority: Authority
  readonly instrument: string
  readonly side: string
  readonly level_index: number
  readonly namespace: string
  readonly order_id: string
}

export const judgeSlotIds = (cases: readonly SlotCase[], counts: RuleCounts): Tally =>
  judgeCases(
    cases,
    ({ instrument, side, level_index, namespace }) =>
      [instrument, side, level_index, namespace].join(':'),
    ({ instrument, side, level_index, namespace, order_id }) => ({
      expected: order_id,
      found: hashedId([instrument, side, level_index, namespace].join(':')),
    }),
    counts,
  )

export type I64Case = {
  readonly authority: Authority
  readonly client_order_id: string
  readonly order_id: string
}

export const judgeI64Ids = (cases: readonly I64Case[], counts: RuleCounts): Tally =>
  judgeCases(
    cases,
    ({ client_order_id }) => JSON.stringify(client_order_id),
    ({ client_order_id, order_id }) => ({ expected: order_id, found: i64Of(client_order_id) }),
    counts,
  )

/** Decimal digits of any script, blanks around them aside, as an integer below 2^63; else hashed. */
function i64Of(id: string): string {
  const number = id.trim()
  if (!/^\p{Nd}+$/u.test(number)) return hashedId(id)
  const digits = [...number].map((digit) => digitValue(digit.codePointAt(0)!)).join('')
  return String(BigInt(digits) & TOP_BIT_CLEARED)
}

/** Decimal digits of a script stand in a run of ten code points, the zero first. */
function digitValue(code: number): number {
  let zero = code
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1)) && code - zero < 9) zero--
  return code - zero
}

export type FingerprintCase = {
  readonly authority: Authority
  readonly version: string
  readonly payload_json: string
  readonly fingerprint: string
}

export const judgeFingerprints = (cases: readonly FingerprintCase[], counts: RuleCounts): Tally =>
  judgeCases(
    cases,
    ({ payload_json }) => payload_json,
    ({ version, payload_json, fingerprint }) => {
      const text = canonical({ payload: JSON.parse(payload_json) as Json, version })
      return { expected: fingerprint, found: createHash('sha256').update(text).digest('hex') }
    },
    counts,
  )

/** JSON with keys in code-point order, without blanks, all but ASCII escaped. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item as Json)).join(',')}]`
  if (!isObject(value)) return ascii(JSON.stringify(value))
  const names = Object.keys(value).sort((a, b) => compareCodePoints(a, b))
  return `{${names.map((name) => `${ascii(JSON.stringify(name))}:${canonical(value[name]!)}`).join(',')}}`
}

const compareCodePoints = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'))

function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => {
    return unit === '\u007f' ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
