/**
 * State without a Core around it, for suites that must not need one: no import here reaches Risk
 * or Execution Control, which `apart.test.ts` checks.
 */
import type { OwnRiskLimits, RateLimits, RiskLimits } from '../../../core/configuration.ts'
import { defaultControlRules } from '../../../core/configuration.ts'
import { parseDecimal } from '../../../core/decimal.ts'
import type { Anomaly, CoreEvent, OrderReport } from '../../../core/events.ts'
import type { Instrument } from '../../../core/instrument.ts'
import type { CancelIntent, NewIntent, ReplaceIntent } from '../../../core/intents.ts'
import type { OrderTerms } from '../../../core/orders.ts'
import { reduceReport, reduceSubmitted } from '../../../core/reduce/reduce-execution.ts'
import { State } from '../../../core/state/state.ts'
import { BUY, SELL } from '../../../core/units.ts'

export const d = parseDecimal

/** Linear, of tick 1, lot 1 and contract 1. */
export const linear: Instrument = {
  symbol: 'ONE',
  kind: 'linear',
  tickSize: d('1'),
  lotSize: d('1'),
  contractSize: d('1'),
  quote: 'USD',
  quoteDecimals: 2,
  qtyDecimals: 0,
}

export type Parts = {
  readonly risk?: RiskLimits
  readonly rateLimits?: RateLimits
  readonly instruments?: readonly Instrument[]
  readonly ownRisk?: readonly (OwnRiskLimits | null)[]
  readonly ownRates?: readonly (RateLimits | null)[]
}

/** One strategy, or one for each own risk; every instrument is quoted 99 at 101. */
export function world(parts: Parts = {}): State {
  const { ownRisk, ownRates, instruments = [linear] } = parts
  const namespaces = ownRisk?.map((_, i) => `s${i}`) ?? ['test']
  const state = State.initial(
    {
      version: '1',
      instruments,
      namespaces,
      risk: parts.risk ?? {},
      ...(ownRisk === undefined ? {} : { ownRisk }),
      rateLimits: parts.rateLimits ?? {},
      ...(ownRates === undefined ? {} : { ownRates }),
      control: defaultControlRules,
    },
    namespaces.map(() => null),
  )
  for (const { book } of state.market) {
    book.set(BUY, 99, 5)
    book.set(SELL, 101, 5)
  }
  return state
}

export const terms = (key: number, parts: Partial<OrderTerms> = {}): OrderTerms => ({
  key,
  instrument: 0,
  side: BUY,
  orderType: 'limit',
  timeInForce: 'GTC',
  price: 90,
  qty: 1,
  ...parts,
})
export const place = (key: number, parts: Partial<OrderTerms> = {}): NewIntent => ({
  type: 'intent.new',
  ...terms(key, parts),
})
export const change = (key: number, price: number, qty: number): ReplaceIntent => ({
  type: 'intent.replace',
  key,
  instrument: 0,
  price,
  qty,
})
export const withdraw = (key: number): CancelIntent => ({
  type: 'intent.cancel',
  key,
  instrument: 0,
})

/** An accepted order, by its Events. */
export function working(state: State, key: number, parts: Partial<OrderTerms> = {}): void {
  reduceSubmitted(state, { type: 'order.submitted', time: 0, ...terms(key, parts) })
  report(state, { type: 'order.accepted', time: 0, exchTime: 0, key })
}

export function filled(state: State, key: number, qty: number): void {
  const { instrument, side, price, cumQty, leavesQty } = state.execution.orders.get(key)!
  report(state, {
    type: 'order.filled',
    time: 0,
    exchTime: 0,
    key,
    instrument,
    side,
    execId: 1,
    lastPrice: price,
    lastQty: qty,
    cumQty: cumQty + qty,
    leavesQty: leavesQty - qty,
    liquidity: 'maker',
    fee: 0,
    cause: 'unknown',
    causeRow: -1,
    queueBefore: 0,
    queueAfter: 0,
  })
}

export function report(state: State, event: Extract<CoreEvent, OrderReport>): void {
  const anomalies: Anomaly[] = []
  reduceReport(state, event, anomalies)
  if (anomalies.length > 0) throw new Error(`the world made an anomaly: ${anomalies[0]!.kind}`)
}
