import {
  type CoreConfiguration,
  type CoreEvent,
  type DenialReason,
  defaultControlRules,
  type Intent,
  type OrderFilled,
  type OrderKey,
  type RateLimits,
  type RiskLimits,
  type Side,
  seconds,
  type TimeInForce,
} from '@escapement/core'
import { ask, bid, trade, viewOf } from '../../kit/market.ts'
import type { SideName, Vector, VectorEvent, VectorIntent } from './format.ts'
import { exact } from './grid.ts'
import { intentLots, intentTicks, type Listed, lotsOf, ticksOf, unitsOf } from './instruments.ts'

/**
 * The mapping of the corpus onto our Events and Configuration, in one place.
 *
 *     market              market.snapshot: a book of the corpus is always whole
 *     trade               market.updated with one TRADE row
 *     order_submitted     order.submitted, then order.accepted. Submitted alone if its next report is
 *                         a rejection and nothing is asked of it before: a venue rejects only what
 *                         it has not accepted. For an order that is open: order.replaced, the
 *                         reference's only acknowledgement of a REPLACE
 *     order_canceled, order_rejected, order_expired, fill     the report of the same name; a
 *                         rejection of an accepted order is order.canceled; one for a NEW that was
 *                         handed over without a record comes after order.submitted
 *     account_feedback    account.updated: position and balance; our other figures come from fills
 *     control_time        control.time, due when it says it was, else when it came
 *     unsupported         a record whose type we do not know
 *     mark_sent           the Runtime handed the Intent over. What the step before dispatched and
 *                         this one does not mark is a dispatch.failed before the step's Event; a
 *                         mark without a dispatch is an intent.dispatched record
 *     now_ns              the step is decided at its last Event; where now is later than that
 *                         Event, a control.signal at now is the last one
 *     wakeup              every Event but the last is reduced alone; the decision is made once
 *     an order id         a key; a NEW of an id whose order has ended, was denied or never left is
 *                         the next generation and has a key of its own, since ours are used once
 *     nanoseconds         since the earliest time that the vector names
 *
 * Times, keys and instruments are resolved by the caller (`drive.ts`).
 */
export function configurationOf(
  { configuration: { risk = {}, rate_limits = {} } }: Vector,
  instruments: Iterable<Listed>,
): CoreConfiguration {
  return {
    version: 'v1',
    instruments: [...instruments].map(({ instrument }) => instrument),
    namespaces: ['vector'],
    risk: riskOf(risk),
    rateLimits: present<RateLimits>({
      orders: decimalOf(rate_limits.max_orders_per_sec),
      cancels: decimalOf(rate_limits.max_cancels_per_sec),
    }),
    control: {
      ...defaultControlRules,
      tradingEnabled: risk.trading_enabled ?? true,
      // The reference keeps every lifecycle record.
      terminalOrdersKept: 1_000_000,
    },
  }
}

function riskOf(risk: NonNullable<Vector['configuration']['risk']>): RiskLimits {
  const { position_limits, notional_limits, quote_limits, max_loss, execution_constraints } = risk
  const { rolling_loss, rolling_loss_window, max_drawdown } = max_loss ?? {}
  const rolling = (rolling_loss ?? null) !== null && (rolling_loss_window ?? null) !== null
  return present<RiskLimits>({
    maxPosition: decimalOf(position_limits?.max_position),
    maxSingleOrderNotional: decimalOf(notional_limits?.max_single_order_notional),
    maxGrossNotional: decimalOf(notional_limits?.max_gross_notional),
    maxActiveQuotes: quote_limits?.max_active_quotes ?? undefined,
    maxGrossQuoteNotional: decimalOf(quote_limits?.max_gross_quote_notional),
    maxNetQuoteNotional: decimalOf(quote_limits?.max_net_quote_notional),
    // Losses of the corpus are negative results, ours are amounts.
    maxDrawdown: decimalOf(negated(max_drawdown)),
    maxRollingLoss: rolling
      ? { amount: exact(-rolling_loss!), windowNs: seconds(rolling_loss_window!) }
      : undefined,
    minOrderNotional: decimalOf(execution_constraints?.min_order_notional),
    postOnlyMode: execution_constraints?.post_only_mode,
  })
}

const negated = (value: number | null | undefined) =>
  value === null || value === undefined ? undefined : -value
const decimalOf = (value: number | null | undefined) =>
  value === null || value === undefined ? undefined : exact(value)

type Optional<T> = { readonly [K in keyof T]: T[K] | undefined }

/** Drops absent fields: `exactOptionalPropertyTypes` tells absent from undefined. */
function present<T extends object>(fields: Optional<Required<T>>): T {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as T
}

const sideOf = (side: SideName | undefined): Side => (side === 'sell' ? -1 : 1)

const TIME_IN_FORCE: { readonly [name: string]: TimeInForce } = {
  GTC: 'GTC',
  IOC: 'IOC',
  FOK: 'FOK',
  POST_ONLY: 'postOnly',
}

export function intentOf(intent: VectorIntent, listed: Listed, key: OrderKey): Intent {
  const instrument = listed.index
  if (intent.type === 'cancel') return { type: 'intent.cancel', key, instrument }
  const side = sideOf(intent.side)
  const price = intentTicks(listed, intent.price!, side)
  const qty = intentLots(listed, intent.qty!)
  if (intent.type === 'replace') return { type: 'intent.replace', key, instrument, price, qty }
  const orderType = intent.order_type ?? 'limit'
  const timeInForce = TIME_IN_FORCE[intent.tif ?? 'GTC']!
  return { type: 'intent.new', key, instrument, side, orderType, timeInForce, price, qty }
}

/** A book; an instrument without valid metadata is none of ours (index -1). */
export function bookOf(event: VectorEvent, listed: Listed, time: number, exch: number): CoreEvent {
  const bids = (event.bids ?? []).map(([price, qty]) => ({
    ...bid(ticksOf(listed, price), unitsOf(listed, qty)),
    exchTime: exch,
  }))
  const asks = (event.asks ?? []).map(([price, qty]) => ({
    ...ask(ticksOf(listed, price), unitsOf(listed, qty)),
    exchTime: exch,
  }))
  const rows = [...bids, ...asks]
  const instrument = listed.valid ? listed.index : -1
  const view = viewOf(rows, time)
  return { type: 'market.snapshot', time, instrument, view, from: 0, to: rows.length }
}

export function tradeOf(event: VectorEvent, listed: Listed, time: number, exch: number): CoreEvent {
  const { price = 0, qty = 0 } = event
  const row = trade(sideOf(event.side), ticksOf(listed, price), unitsOf(listed, qty))
  const view = viewOf([{ ...row, exchTime: exch }], time)
  return { type: 'market.updated', time, instrument: listed.index, view, from: 0, to: 1 }
}

export function submittedOf(
  event: VectorEvent,
  listed: Listed,
  key: OrderKey,
  time: number,
): CoreEvent {
  return {
    type: 'order.submitted',
    time,
    key,
    instrument: listed.index,
    side: sideOf(event.side),
    orderType: event.order_type ?? 'limit',
    timeInForce: TIME_IN_FORCE[event.tif ?? 'GTC']!,
    price: ticksOf(listed, event.price!),
    qty: lotsOf(listed, event.qty!),
  }
}

/** The reported cumulative quantity counts; what this execution added follows from ours. */
export function fillOf(
  event: VectorEvent,
  listed: Listed,
  key: OrderKey,
  before: { readonly cumQty: number; readonly qty: number },
  times: { readonly time: number; readonly exchTime: number; readonly execId: number },
): OrderFilled {
  const cumQty = lotsOf(listed, event.cum_qty!)
  const leavesQty = Math.max(0, before.qty - cumQty)
  return {
    type: 'order.filled',
    time: times.time,
    exchTime: times.exchTime,
    key,
    instrument: listed.index,
    side: sideOf(event.side),
    execId: times.execId,
    lastPrice: ticksOf(listed, event.price!),
    // A repeated report says again what it said before; an execution of nothing does not exist.
    lastQty: cumQty > before.cumQty ? cumQty - before.cumQty : Math.max(1, cumQty),
    cumQty,
    leavesQty,
    liquidity: event.liquidity === 'taker' ? 'taker' : 'maker',
    fee: 0,
    cause: 'unknown',
    causeRow: -1,
    queueBefore: 0,
    queueAfter: 0,
  }
}

export function accountOf(
  listed: Listed,
  time: number,
  { position, balance }: { readonly position: number; readonly balance: number },
): CoreEvent {
  return {
    type: 'account.updated',
    time,
    exchTime: time,
    instrument: listed.index,
    position: lotsOf(listed, position),
    balance: Math.round(balance * 10 ** listed.instrument.quoteDecimals),
  }
}

/**
 * Names of reasons are a convention (README, section 1), also inside a normative vector. `REFUSED`
 * is what the reference does after Risk, in its execution control, and we in Risk.
 */
const REASONS: { readonly [ours in DenialReason]?: readonly string[] } = {
  INVALID_QTY: ['INVALID_QTY', 'dropped_by_policy'],
  DROPPED_BY_POLICY: ['dropped_by_policy'],
  UNKNOWN_ORDER: ['ORDER_NOT_FOUND'],
}
export const sameReason = (ours: string, theirs: string): boolean =>
  (REASONS[ours as DenialReason] ?? [ours]).includes(theirs)
