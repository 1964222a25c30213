import {
  BUY,
  CodedError,
  type MarketView,
  type Nanos,
  NO_ASK,
  NO_BID,
  type OrderColumns,
  type PriceTicks,
  type QtyLots,
  type QtyUnits,
  RowKind,
  SELL,
  type Side,
  WHOLE_SIDE,
} from '@escapement/core'
import type { Desk } from './desk.ts'
import type { OrderQueue } from './order-queue.ts'
import type { OwnOrder } from './own-order.ts'
import { roundHalfAway } from './rounding.ts'

/** What rows do whatever the queue is known from; `rows.ts` has it. */
export type RowEffects = {
  /** Takes in rows that can concern no own order; returns the first not taken in. */
  follow(view: MarketView, from: number, end: number, horizon: Nanos): number
  /** A quote reaches own orders of the other side. */
  cross(side: Side, price: PriceTicks, view: MarketView, row: number): void
  /** Executes up to `left` lots of an order; returns the lots. */
  give(order: OwnOrder, left: QtyLots, before: number, exchTime: Nanos, row: number): QtyLots
  /** A CLEAR of one side or both. */
  clear(side: number, bound: PriceTicks, view: MarketView, row: number): void
}

/**
 * What rows do to own orders when the queue is known order by order.
 *
 * Cost: a row without own orders is as without this model; else a look at the orders of its level.
 * @source README.md, "Market by order"
 */
export class OrderRows {
  readonly #desk: Desk
  readonly #queue: OrderQueue
  readonly #effects: RowEffects
  /** A CLEAR came, and since then nothing but CLEAR and ADD: a snapshot is being read. */
  #inSnapshot = false

  constructor(desk: Desk, queue: OrderQueue, effects: RowEffects) {
    this.#desk = desk
    this.#queue = queue
    this.#effects = effects
  }

  /**
   * As `Rows.advance`.
   * @throws ESC_CONFIG_INVALID when the view has no rows of orders
   */
  advance(view: MarketView, from: number, end: number, horizon: Nanos): number {
    const { orders } = view
    if (orders === undefined) {
      throw new CodedError('ESC_CONFIG_INVALID', {
        field: 'venue.queue.model',
        found: 'l3Fifo with data that have no rows of single orders',
        needed: 'market by order, or another model',
      })
    }
    const next =
      this.#desk.concerned || this.#queue.isApart
        ? this.#watch(view, orders, from, end, horizon)
        : this.#effects.follow(view, from, end, horizon)
    this.#queue.seen = next
    return next
  }

  #watch(
    view: MarketView,
    orders: OrderColumns,
    from: number,
    end: number,
    horizon: Nanos,
  ): number {
    const { time, kind, side, price } = view
    const { reporter, recorded } = this.#desk
    const { sent } = reporter
    let row = from
    for (; row < end && time[row]! <= horizon; row++) {
      const what = kind[row]!
      if (this.#inSnapshot && what !== RowKind.CLEAR && orders.what[row] !== RowKind.ADD) {
        this.#endSnapshot()
      }
      if (what === RowKind.DEPTH) this.#level(view, orders, row)
      else if (what === RowKind.CLEAR) {
        if (recorded !== null) recorded.seek(row)
        this.#clear(side[row]!, price[row]!, view, row)
      } else if (recorded !== null) recorded.seek(row)
      if (reporter.sent !== sent) return row + 1
    }
    return row
  }

  /** A row of an order: first its level, then the queue there, then who executes. */
  #level(view: MarketView, orders: OrderColumns, row: number): void {
    const { book, consumed, quirks } = this.#desk
    const of = view.side[row]! as Side
    const at = view.price[row]!
    const size = view.qty[row]!
    const bestBefore = of === BUY ? book.bestBid : book.bestAsk
    const isFill = orders.what[row] === RowKind.FILL
    const previous = this.#setLevel(of, at, size, row, isFill && quirks.l3IgnoresSizes)
    this.#moveQueue(of, at, orders, view, row)
    if (orders.what[row] === RowKind.ADD) this.#addToSnapshot(of, at, row)
    if (previous !== null && previous !== size) consumed.reset(of, at)
    if (isFill) this.#fill(of, at, orders, view, row)
    if (previous === null || this.#desk.own(of === BUY ? SELL : BUY).best > of * at) return
    const improved = of === BUY ? book.bestBid > bestBefore : book.bestAsk < bestBefore
    const renewed = !quirks.takesConsumeNothing && size > 0 && previous !== size
    if (improved || renewed) this.#effects.cross(of, at, view, row)
    if (size > 0) this.#leaveNothingAhead(of === BUY ? SELL : BUY, at)
  }

  /** Returns what the level displayed before, or null when the row leaves that as it is. */
  #setLevel(
    side: Side,
    price: PriceTicks,
    size: QtyUnits,
    row: number,
    isKept: boolean,
  ): QtyUnits | null {
    const { book, recorded } = this.#desk
    const { real, isApart } = this.#queue
    if (isApart) real.set(side, price, size)
    if (isKept) return null
    return recorded === null ? book.set(side, price, size) : recorded.seek(row)
  }

  /** What left a place is not ahead any more of who stands behind it. */
  #moveQueue(
    side: Side,
    price: PriceTicks,
    { place, gone }: OrderColumns,
    view: MarketView,
    row: number,
  ): void {
    const from = place[row]!
    const left = gone[row]!
    if (left === 0) return
    const { watch } = this.#desk
    const level = this.#desk.own(side).at(price)
    if (level === undefined) return
    for (const order of level) {
      if (order.since <= from) continue
      const before = order.front
      this.#queue.set(order, order.ahead - left)
      if (watch === null) continue
      const exchTime = view.time[row]!
      const previous = view.qty[row]! + left
      watch.moved(order, { exchTime, row: view.row[row]!, before, previous })
    }
  }

  /**
   * Somebody executed against an order: ours that stand ahead of it would have come first. What one
   * of them gets, the next does not get again.
   */
  #fill(side: Side, price: PriceTicks, orders: OrderColumns, view: MarketView, row: number): void {
    const desk = this.#desk
    const own = desk.own(side)
    if (own.best > own.rank(price)) return
    const { eachOrderGetsWholeTrade, l3IgnoresSizes } = desk.quirks
    const size = roundHalfAway(orders.gone[row]! / desk.lotUnits)
    let given = 0
    for (const order of own.reached(price)) {
      if (order.price === price && order.since > orders.place[row]!) continue
      let left = eachOrderGetsWholeTrade ? size : size - given
      if (l3IgnoresSizes) left = Number.POSITIVE_INFINITY
      given += this.#effects.give(order, left, order.front, view.time[row]!, view.row[row]!)
    }
  }

  #clear(side: number, bound: PriceTicks, view: MarketView, row: number): void {
    const { real, isApart } = this.#queue
    this.#effects.clear(side, bound, view, row)
    this.#inSnapshot = true
    for (const of of [BUY, SELL] as const) {
      if (side === -of) continue
      if (isApart) real.clear(of, bound)
      this.#leaveNothingAhead(of, bound === WHOLE_SIDE ? (of === BUY ? NO_BID : NO_ASK) : bound)
    }
  }

  /** No real order of `side` stands at `price` or better. */
  #leaveNothingAhead(side: Side, price: PriceTicks): void {
    for (const order of this.#desk.own(side).reached(price)) this.#queue.set(order, 0)
  }

  /** Own orders that a CLEAR displaced stand behind what the snapshot adds. */
  #addToSnapshot(side: Side, price: PriceTicks, row: number): void {
    if (!this.#inSnapshot) return
    const level = this.#desk.own(side).at(price)
    if (level === undefined) return
    for (const order of level) {
      if (!order.displaced) continue
      order.since = row + 1
      this.#queue.set(order, this.#queue.real.qtyAt(side, price))
    }
  }

  #endSnapshot(): void {
    this.#inSnapshot = false
    for (const order of this.#desk.orders.values()) order.displaced = false
  }
}
