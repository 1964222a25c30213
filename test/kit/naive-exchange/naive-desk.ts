import type { Side } from '@escapement/core'
import type { FeeRates } from '../../../actors/fill-simulator/fees.ts'
import type { QueueConfig } from '../../../actors/fill-simulator/queue-model.ts'
import type { Quirks } from '../../../actors/fill-simulator/quirks.ts'
import type { VenueInstrument } from '../../../actors/fill-simulator/venue-config.ts'
import { NaiveLevels } from './naive-levels.ts'
import { NaiveRealOrders } from './naive-real-orders.ts'
import { type Cause, feeOf, type NaiveOrder, type NaiveReports } from './naive-reports.ts'

/** A venue's rules for one instrument, with the queue model by name. */
export type NaiveRules = Omit<VenueInstrument, 'queue'> & { readonly queue: QueueConfig }

/** Quirk 1: the reference stops here. */
export class DeadOrderTouched extends Error {}

/** What the venue knows of one instrument: what is displayed, and our orders in a list. */
export class NaiveDesk {
  readonly levels: NaiveLevels
  readonly rules: NaiveRules
  readonly quirks: Quirks
  readonly reports: NaiveReports
  orders: NaiveOrder[] = []
  /** The orders of others, where the market is told order by order. */
  readonly real = new NaiveRealOrders()
  #turns = 0

  constructor(rules: NaiveRules, quirks: Quirks, reports: NaiveReports) {
    this.rules = rules
    this.quirks = quirks
    this.reports = reports
    this.levels = new NaiveLevels(rules.lotUnits, quirks)
  }

  /** Units as the queue formulas want them: a quotient, since a product would round differently. */
  natural(units: number): number {
    return units / Number(`1e${this.rules.instrument.qtyDecimals}`)
  }

  get lot(): number {
    return this.natural(this.rules.lotUnits)
  }

  /** Own orders of a side in queue order: better price, then earlier turn. */
  queue(side: Side): NaiveOrder[] {
    return this.orders
      .filter((order) => order.side === side)
      .sort((a, b) => (b.price - a.price) * side || a.turn - b.turn)
  }

  /** The order stands behind all that is displayed at its price. */
  rest(order: NaiveOrder): void {
    order.front = this.natural(this.levels.units(order.side, order.price))
    order.place = this.real.nextPlace()
    if (this.rules.queue.model === 'l3Fifo') order.front = this.ahead(order)
    order.traded = 0
    order.toBack = false
    order.turn = this.#turns++
    this.orders.push(order)
  }

  /** What is left of the real orders that were placed before ours. */
  ahead({ side, price, place }: NaiveOrder): number {
    return this.natural(this.real.left(side, price, place))
  }

  remove(order: NaiveOrder): void {
    this.orders = this.orders.filter((other) => other !== order)
  }

  execute(time: number, order: NaiveOrder, price: number, lots: number, why: Cause): void {
    order.cum += lots
    order.leaves -= lots
    const { instrument } = this.rules
    const { taker, maker } = this.rules.fees as FeeRates
    const rate = why.cause === 'take' ? taker : maker
    this.reports.filled(time, order, price, lots, feeOf(instrument, rate, lots, price), why)
    if (order.leaves === 0) this.remove(order)
  }
}
