import type {
  ExecutionFeedbackRecord,
  ExecutionFeedbackRecordSource,
} from '../../actors/feedback-record.ts'

type Loose<T> = T extends unknown ? Omit<T, 'sourceSequence' | 'exchTime' | 'instrument'> : never
export type LooseRecord = Loose<ExecutionFeedbackRecord>

/** A record of instrument 0, seen by the Venue when it was received. */
export const recordOf = (sourceSequence: number, parts: LooseRecord): ExecutionFeedbackRecord =>
  ({ sourceSequence, exchTime: parts.time, instrument: 0, ...parts }) as ExecutionFeedbackRecord

/** What every record of order `key` says, received at `time`. */
export const about = (key: number, time = 0) => ({ time, key, venueOrderId: null })

const terms = { side: 1, orderType: 'limit', timeInForce: 'GTC', price: 100, qty: 10 } as const
const execution = {
  side: 1,
  execId: 1,
  lastPrice: 100,
  lastQty: 4,
  cumQty: 4,
  leavesQty: 6,
  liquidity: 'maker',
  fee: -3,
  cause: 'trade',
  causeRow: 7,
  queueBefore: 1.5,
  queueAfter: 0,
} as const

/** One record of each kind, about order 1 where it is about an order. */
export const oneOfEach: readonly LooseRecord[] = [
  { kind: 'newTransmitted', ...about(1), ...terms },
  { kind: 'changeTransmitted', ...about(1), request: 'replace' },
  { kind: 'changeTransmitted', ...about(1), request: 'cancel' },
  { kind: 'notTransmitted', ...about(1), request: 'cancel', reason: 'down' },
  { kind: 'accepted', ...about(1) },
  { kind: 'rejected', ...about(1), reason: 'no' },
  { kind: 'filled', ...about(1), ...execution },
  { kind: 'replaced', ...about(1), price: 99, qty: 12, leavesQty: 8 },
  { kind: 'replaceRejected', ...about(1), reason: 'no' },
  { kind: 'cancelRejected', ...about(1), reason: 'no' },
  { kind: 'canceled', ...about(1) },
  { kind: 'expired', ...about(1), reason: 'ioc' },
  { kind: 'account', time: 0, position: -2, balance: 5 },
  { kind: 'funded', time: 0, position: -2, mark: '10.5', rate: '0.01', amount: 5 },
]

/** A source that gives each list at one drain, as it is: nothing is numbered or checked. */
export function sourceOf(
  ...drains: readonly (readonly ExecutionFeedbackRecord[])[]
): ExecutionFeedbackRecordSource {
  const left = [...drains]
  return { name: 'scripted', drain: () => left.shift() ?? [] }
}
