import type { ExecutionFeedbackRecord, RecordKind } from '../feedback-record.ts'

/** What a field of a record may hold. */
type Check = { readonly needed: string; accepts(value: unknown): boolean }

const integer: Check = { needed: 'an integer', accepts: Number.isSafeInteger }
const atLeast = (least: number): Check => ({
  needed: `an integer of at least ${least}`,
  accepts: (value) => Number.isSafeInteger(value) && (value as number) >= least,
})
const number: Check = { needed: 'a number', accepts: (value) => Number.isFinite(value) }
const text: Check = { needed: 'a text', accepts: (value) => typeof value === 'string' }
const oneOf = (...values: readonly unknown[]): Check => ({
  needed: `one of ${values.join(', ')}`,
  accepts: (value) => values.includes(value),
})
const venueId: Check = {
  needed: 'a text that is not empty, or null',
  accepts: (value) => value === null || (typeof value === 'string' && value !== ''),
}

type Checks = readonly (readonly [field: string, check: Check])[]

const side = oneOf(1, -1)
const head: Checks = [
  ['exchTime', atLeast(0)],
  ['time', atLeast(0)],
  ['instrument', atLeast(0)],
]
const answer: Checks = [...head, ['key', atLeast(0)], ['venueOrderId', venueId]]
const refusal: Checks = [...answer, ['reason', text]]

const CHECKS: { readonly [K in RecordKind]: Checks } = {
  newTransmitted: [
    ...answer,
    ['side', side],
    ['orderType', oneOf('limit', 'market')],
    ['timeInForce', oneOf('GTC', 'IOC', 'FOK', 'postOnly')],
    ['price', integer],
    ['qty', atLeast(1)],
  ],
  changeTransmitted: [...answer, ['request', oneOf('replace', 'cancel')]],
  notTransmitted: [...refusal, ['request', oneOf('new', 'replace', 'cancel')]],
  accepted: answer,
  rejected: refusal,
  filled: [
    ...answer,
    ['side', side],
    ['execId', integer],
    ['lastPrice', integer],
    ['lastQty', atLeast(1)],
    ['cumQty', atLeast(1)],
    ['leavesQty', atLeast(0)],
    ['liquidity', oneOf('maker', 'taker')],
    ['fee', integer],
    ['cause', oneOf('trade', 'cross', 'take', 'unknown')],
    ['causeRow', integer],
    ['queueBefore', number],
    ['queueAfter', number],
  ],
  replaced: [...answer, ['price', integer], ['qty', atLeast(1)], ['leavesQty', atLeast(0)]],
  replaceRejected: refusal,
  cancelRejected: refusal,
  canceled: answer,
  expired: refusal,
  account: [...head, ['position', integer], ['balance', integer]],
  funded: [...head, ['position', integer], ['mark', text], ['rate', text], ['amount', integer]],
}
const kinds = oneOf(...Object.keys(CHECKS))

export type WrongField = {
  readonly field: string
  readonly found: unknown
  readonly needed: string
}

/**
 * The first field of a record that is missing or does not hold what it must, or null. What an
 * adapter does not know it may not make up: a liquidity is `maker` or `taker`.
 */
export function wrongRecordField(record: ExecutionFeedbackRecord): WrongField | null {
  if (record === null || typeof record !== 'object') {
    return { field: 'record', found: record, needed: 'an object' }
  }
  const values = record as unknown as Readonly<Record<string, unknown>>
  const checks = Object.hasOwn(CHECKS, record.kind) ? CHECKS[record.kind] : null
  if (checks === null) return { field: 'kind', found: record.kind, needed: kinds.needed }
  for (const [field, { accepts, needed }] of checks) {
    if (!accepts(values[field])) return { field, found: values[field], needed }
  }
  return null
}
