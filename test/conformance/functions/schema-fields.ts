import { formatDecimal } from '@escapement/core'
import type { Json } from '../steps/format.ts'
import { isObject } from '../steps/format.ts'
import { exact } from '../steps/grid.ts'

/** A value of the reference's payload as ours; what cannot be one stays as it is and is refused. */
type Converter = (value: Json | undefined) => unknown
type Fields = { readonly [path: string]: readonly [field: string, convert: Converter] }

/** Numbers that JSON cannot say: `{"$int": ...}` and `{"$float": ...}`. */
function plain(value: Json | undefined): unknown {
  if (!isObject(value)) return value
  if (typeof value.$float === 'string') return Number(value.$float)
  // Far from the epoch, but near its own session's origin.
  return typeof value.$int === 'string' ? Number(BigInt(value.$int) % 1_000_000_000n) + 1 : value
}

/** Time since an origin of 1 ns: the reference's times begin at 1, ours at 0. */
const time: Converter = (value) => {
  const number = plain(value)
  return typeof number === 'number' ? number - 1 : number
}
/** Half a unit is one tick, one lot, one unit of money. */
const halves: Converter = (value) => {
  const number = plain(value)
  return typeof number === 'number' ? number * 2 : number
}
/** Fees of the bases are quarters. */
const quarters: Converter = (value) => {
  const number = halves(value)
  return typeof number === 'number' ? number * 2 : number
}
/** A name that can be resolved: any text but the empty one. */
const orderId: Converter = (value) => (typeof value === 'string' && value !== '' ? 1 : undefined)
const instrument: Converter = (value) => (typeof value === 'string' && value !== '' ? 0 : 'unknown')

const word =
  (words: { readonly [theirs: string]: unknown }): Converter =>
  (value) =>
    typeof value === 'string' ? (words[value] ?? value) : undefined
const side = word({ buy: 1, sell: -1 })
const orderType = word({})
const timeInForce = word({ POST_ONLY: 'postOnly' })
const liquidity = word({ unknown: 'maker' })

const order: Fields = {
  ts_ns_local_feedback: ['time', time],
  instrument: ['named', instrument],
  client_order_id: ['key', orderId],
}

export const EVENT_FIELDS: { readonly [base: string]: Fields } = {
  MarketEvent: { ts_ns_local: ['time', time], instrument: ['named', instrument] },
  ControlTimeEvent: {
    ts_ns_local_control: ['time', time],
    due_ts_ns_local: ['due', (value) => time(value ?? 1)],
  },
  OrderSubmittedEvent: {
    ts_ns_local_dispatch: ['time', time],
    instrument: ['instrument', instrument],
    client_order_id: ['key', orderId],
    side: ['side', side],
    order_type: ['orderType', orderType],
    'intended_price.value': ['price', halves],
    'intended_qty.value': ['qty', halves],
    time_in_force: ['timeInForce', timeInForce],
  },
  OrderCanceledEvent: order,
  OrderRejectedEvent: order,
  OrderExpiredEvent: order,
  FillEvent: {
    ts_ns_exch: ['exchTime', time],
    ts_ns_local: ['time', time],
    instrument: ['instrument', instrument],
    client_order_id: ['key', orderId],
    side: ['side', side],
    'filled_price.value': ['lastPrice', halves],
    'cum_filled_qty.value': ['cumQty', halves],
    'remaining_qty.value': ['leavesQty', halves],
    liquidity_flag: ['liquidity', liquidity],
    'fee.amount': ['fee', quarters],
  },
  OrderExecutionFeedbackEvent: {
    ts_ns_local_feedback: ['time', time],
    instrument: ['instrument', instrument],
    position: ['position', halves],
    balance: ['balance', halves],
  },
}

/** An amount as decimal text; null is "no limit" for them, absent for us. */
const amount: Converter = (value) => {
  const number = plain(value) ?? undefined
  return typeof number === 'number' && Number.isFinite(number)
    ? formatDecimal(exact(number))
    : number
}
/** Their losses are negative results. */
const loss: Converter = (value) => amount(typeof value === 'number' ? -value : value)
const whole: Converter = (value) => plain(value) ?? undefined

export const RISK_FIELDS: Fields = {
  trading_enabled: ['control.tradingEnabled', (value) => value],
  'position_limits.max_position': ['risk.maxPosition', amount],
  'notional_limits.max_gross_notional': ['risk.maxGrossNotional', amount],
  'notional_limits.max_single_order_notional': ['risk.maxSingleOrderNotional', amount],
  'quote_limits.max_gross_quote_notional': ['risk.maxGrossQuoteNotional', amount],
  'quote_limits.max_net_quote_notional': ['risk.maxNetQuoteNotional', amount],
  'quote_limits.max_active_quotes': ['risk.maxActiveQuotes', whole],
  'order_rate_limits.max_orders_per_second': ['rateLimits.ordersPerSecond', amount],
  'order_rate_limits.max_cancels_per_second': ['rateLimits.cancelsPerSecond', amount],
  'max_loss.max_drawdown': ['risk.maxDrawdown', loss],
  'max_loss.rolling_loss': ['risk.rollingAmount', loss],
  'max_loss.rolling_loss_window': ['risk.rollingWindow', whole],
}
