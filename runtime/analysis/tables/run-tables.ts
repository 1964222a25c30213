import {
  assert,
  type Decimal,
  decimal,
  formatOrderKey,
  type Instrument,
  MoneyRule,
  multiply,
  type Nanos,
  type OrderKey,
  orderNamespace,
  type Side,
} from '@escapement/core'
import type { Table } from '../../../actors/ports.ts'
import type { EquityPoint } from '../../../actors/recorder.actor.ts'
import { moneyDecimals } from '../equity-series.ts'
import { lastAt } from '../mid-series.ts'
import type { OrderHistory, RunEvents } from '../order-history.ts'
import { markoutsOf, type RunRecord, type StatisticsOptions } from '../run-statistics.ts'
import {
  decisionsSchema,
  equitySchema,
  fillsSchema,
  markoutsSchema,
  ordersSchema,
  quotesSchema,
} from './schemas.ts'
import { type Scales, tableOf } from './table.ts'

/** A run with what turns its numbers into names and times. */
export type NamedRun = {
  readonly record: RunRecord
  readonly events: RunEvents
  readonly namespaces: readonly string[]
  /** Epoch ns of the session's time 0. */
  readonly originNs: bigint
}

/** The tables of what happened, in the order of docs/tables.md; `metricsTable` is one more. */
export function runTables(run: NamedRun, options: StatisticsOptions = {}): readonly Table[] {
  const rows = new RowWriter(run)
  const { instruments } = run.record
  return [
    tableOf('fills', fillsSchema, rows.fills(), scalesOf(instruments)),
    tableOf('orders', ordersSchema, rows.orders(), scalesOf(instruments)),
    tableOf('equity', equitySchema, rows.equity(), scalesOf(instruments)),
    tableOf('decisions', decisionsSchema, rows.decisions(), scalesOf(instruments)),
    tableOf('quotes', quotesSchema, rows.quotes(), scalesOf(instruments)),
    tableOf('markouts', markoutsSchema, rows.markouts(options), scalesOf(instruments)),
  ]
}

/** As fine as the finest of the instruments. */
export const scalesOf = (instruments: readonly Instrument[]): Scales => ({
  price: Math.max(0, ...instruments.map(({ tickSize }) => tickSize.scale)),
  qty: Math.max(0, ...instruments.map(({ lotSize }) => lotSize.scale)),
  money: moneyDecimals(instruments),
})

class RowWriter {
  readonly #run: NamedRun
  readonly #money: readonly MoneyRule[]

  constructor(run: NamedRun) {
    this.#run = run
    this.#money = run.record.instruments.map((instrument) => new MoneyRule(instrument))
  }

  fills() {
    return this.#run.record.fills.map(({ position, fill }) => ({
      position,
      time_ns: this.#time(fill.time),
      exch_time_ns: this.#time(fill.exchTime),
      instrument: this.#symbol(fill.instrument),
      ...this.#order(fill.key),
      exec_id: fill.execId,
      side: sideText(fill.side),
      ...this.#price(fill.instrument, fill.lastPrice),
      ...this.#qty(fill.instrument, fill.lastQty),
      cum_lots: fill.cumQty,
      leaves_lots: fill.leavesQty,
      value: this.#amount(
        fill.instrument,
        this.#money[fill.instrument]!.amount(fill.lastPrice, fill.lastQty),
      ),
      liquidity: fill.liquidity,
      fee: this.#amount(fill.instrument, BigInt(fill.fee)),
      cause: fill.cause,
      cause_row: fill.causeRow < 0 ? null : fill.causeRow,
      queue_before: fill.queueBefore,
      queue_after: fill.queueAfter,
    }))
  }

  orders() {
    return this.#run.events.orders.map((order) => {
      const { submitted } = order
      const { instrument, orderType } = submitted
      const isPriced = orderType === 'limit'
      return {
        ...this.#order(submitted.key),
        instrument: this.#symbol(instrument),
        side: sideText(submitted.side),
        order_type: orderType,
        time_in_force: submitted.timeInForce,
        position: order.position,
        submitted_ns: this.#time(submitted.time),
        accepted_ns: this.#timeOrNull(order.acceptedAt),
        accepted_exch_ns: this.#timeOrNull(order.acceptedExchTime),
        first_fill_ns: this.#timeOrNull(order.firstFillAt),
        first_fill_exch_ns: this.#timeOrNull(order.firstFillExchTime),
        ended_ns: this.#timeOrNull(order.endedAt),
        ...(isPriced ? this.#price(instrument, order.price) : NO_PRICE),
        ...this.#qty(instrument, order.qty),
        filled_lots: order.filledQty,
        fills: order.fills,
        replaces: order.replaces,
        end: order.end,
        reason: order.reason,
      }
    })
  }

  equity() {
    return this.#run.record.equity.flatMap((points, instrument) =>
      points.map((point) => {
        const { qty: position, qty_lots: position_lots } = this.#qty(instrument, point.position)
        const isKnown = hasTouch(point)
        const bid = isKnown ? this.#price(instrument, point.bid) : NO_PRICE
        const ask = isKnown ? this.#price(instrument, point.ask) : NO_PRICE
        return {
          time_ns: this.#time(point.time),
          instrument: this.#symbol(instrument),
          position,
          position_lots,
          equity: point.equity === null ? null : this.#amount(instrument, point.equity),
          bid: bid.price,
          bid_ticks: bid.price_ticks,
          ask: ask.price,
          ask_ticks: ask.price_ticks,
        }
      }),
    )
  }

  decisions() {
    const { events, record } = this.#run
    const orders = new Map<OrderKey, OrderHistory>()
    for (const order of events.orders) orders.set(order.submitted.key, order)
    const times = record.equity.map((points) => points.map(({ time }) => time))
    return events.requests.map(({ position, time, key, kind, outcome, reason }) => {
      const terms = orders.get(key)?.submitted
      const isNew = kind === 'new' && terms !== undefined
      const isPriced = isNew && terms.orderType === 'limit'
      const index = terms?.instrument ?? -1
      const seen = record.equity[index]?.[lastAt(times[index] ?? [], time)]
      const touch = seen !== undefined && hasTouch(seen) ? seen : null
      return {
        position,
        time_ns: this.#time(time),
        ...this.#order(key),
        request: kind,
        outcome,
        reason,
        instrument: terms === undefined ? null : this.#symbol(index),
        side: terms === undefined ? null : sideText(terms.side),
        ...(isPriced ? this.#price(index, terms.price) : NO_PRICE),
        qty_lots: isNew ? terms.qty : null,
        bid_ticks: touch?.bid ?? null,
        ask_ticks: touch?.ask ?? null,
      }
    })
  }

  quotes() {
    return this.#run.events.quotes.map(({ order, price, qty, from, until, filledQty, end }) => ({
      ...this.#order(order.key),
      instrument: this.#symbol(order.instrument),
      side: sideText(order.side),
      ...this.#price(order.instrument, price),
      ...this.#qty(order.instrument, qty),
      from_exch_ns: this.#time(from),
      until_exch_ns: this.#timeOrNull(until),
      filled_lots: filledQty,
      end,
    }))
  }

  markouts({ horizons }: StatisticsOptions) {
    const { record } = this.#run
    const mids = record.mids === undefined ? 'samples' : 'market'
    return record.instruments.flatMap((_, instrument) =>
      markoutsOf(record, instrument, horizons).map(({ fill, horizonNs, touch, value }) => ({
        order: this.#order(fill.key).order,
        instrument: this.#symbol(instrument),
        exec_id: fill.execId,
        exch_time_ns: this.#time(fill.exchTime),
        horizon_ns: horizonNs,
        mids,
        bid_ticks: touch?.bid ?? null,
        ask_ticks: touch?.ask ?? null,
        value: value === null ? null : this.#amount(instrument, value),
      })),
    )
  }

  #instrument(index: number): Instrument {
    const instrument = this.#run.record.instruments[index]
    assert(instrument !== undefined, `the run has no instrument ${index}`)
    return instrument
  }

  #symbol(index: number): string {
    return this.#instrument(index).symbol
  }

  #order(key: OrderKey) {
    const { namespaces } = this.#run
    const index = orderNamespace(key)
    const strategy = namespaces[index] ?? String(index)
    return { strategy, order: formatOrderKey(key, namespaces) }
  }

  #time(time: Nanos): bigint {
    return this.#run.originNs + BigInt(time)
  }

  #timeOrNull(time: Nanos | null): bigint | null {
    return time === null ? null : this.#time(time)
  }

  #price(index: number, ticks: number): { price: Decimal; price_ticks: number } {
    const { tickSize } = this.#instrument(index)
    return { price: multiply(decimal(BigInt(ticks), 0), tickSize), price_ticks: ticks }
  }

  #qty(index: number, lots: number): { qty: Decimal; qty_lots: number } {
    const { lotSize } = this.#instrument(index)
    return { qty: multiply(decimal(BigInt(lots), 0), lotSize), qty_lots: lots }
  }

  #amount(index: number, units: bigint): Decimal {
    return decimal(units, this.#instrument(index).quoteDecimals)
  }
}

const NO_PRICE = { price: null, price_ticks: null }

const hasTouch = ({ bid, ask }: EquityPoint): boolean => bid !== 0 || ask !== 0

const sideText = (side: Side): string => (side === 1 ? 'buy' : 'sell')
