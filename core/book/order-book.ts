import { WHOLE_SIDE } from '../market-rows.ts'
import { BUY, type PriceTicks, type QtyUnits, SELL, type Side } from '../units.ts'
import { NO_BID } from './book.ts'
import { WindowBook } from './window-book.ts'

/**
 * The orders of one instrument and the levels that they make up: the one owner of the rule from
 * orders to levels.
 *
 * Layout: one entry an order number (from 1) in four columns, 17 bytes an order; nothing is
 * allocated a row. An order of a level that was removed as a whole is found out when its next row
 * comes: the removal notes the level's price only.
 * Cost: a row is an ordinary book's update and four column writes.
 */
export class OrderBook {
  readonly #levels = new WindowBook({ digested: false })
  readonly #price: Int32Array
  /** Side of an order, 0 for one that nobody knows. */
  readonly #side: Int8Array
  /** An order that was executed wholly stands nowhere, but is known until it is cancelled. */
  readonly #left: Float64Array
  readonly #place: Int32Array
  /** By price: the place before which everything in that level is gone. */
  readonly #goneBids = new Map<PriceTicks, number>()
  readonly #goneAsks = new Map<PriceTicks, number>()

  /** For orders numbered from 1 to `count`. */
  constructor(count: number) {
    this.#price = new Int32Array(count + 1)
    this.#side = new Int8Array(count + 1)
    this.#left = new Float64Array(count + 1)
    this.#place = new Int32Array(count + 1)
  }

  /** The order's side, or 0 when it never was, was cancelled, or went with its level. */
  sideOf(order: number): Side | 0 {
    const side = this.#side[order]! as Side | 0
    if (side === 0 || this.#left[order] === 0) return side
    const gone = this.#gone(side)
    if (gone.size === 0) return side
    const before = gone.get(this.#price[order]!)
    if (before === undefined || this.#place[order]! >= before) return side
    this.#side[order] = 0
    return 0
  }

  /** Ticks of the level that it stands, or stood last, in. */
  priceOf(order: number): PriceTicks {
    return this.#price[order]!
  }

  /** Quantity units that are not executed; 0 for one that was executed wholly. */
  leftOf(order: number): QtyUnits {
    return this.#left[order]!
  }

  /** The place that the order was put at. */
  placeOf(order: number): number {
    return this.#place[order]!
  }

  /** Puts an order that stands nowhere at the tail of a level; returns the level's total. */
  put(order: number, side: Side, price: PriceTicks, qty: QtyUnits, place: number): QtyUnits {
    const total = this.#levels.qtyAt(side, price) + qty
    this.#removeReached(side, price, place)
    this.#levels.set(side, price, total)
    this.#side[order] = side
    this.#price[order] = price
    this.#left[order] = qty
    this.#place[order] = place
    return total
  }

  /** Takes `qty` from what is left of an order, which keeps its place; returns the level's total. */
  take(order: number, qty: QtyUnits): QtyUnits {
    const side = this.#side[order]! as Side
    const price = this.#price[order]!
    const total = this.#levels.qtyAt(side, price) - qty
    this.#levels.set(side, price, total)
    this.#left[order]! -= qty
    return total
  }

  /** The order is not known any more; it stands nowhere. */
  forget(order: number): void {
    this.#side[order] = 0
  }

  /** Removes the levels of `side` up to `bound` with their orders; later orders have `place` up. */
  clear(side: Side, bound: PriceTicks, place: number): void {
    const last = bound === WHOLE_SIDE && side === BUY ? NO_BID : bound
    const gone = this.#gone(side)
    this.#levels.levels(side, Number.POSITIVE_INFINITY, (price) => {
      if (side === BUY ? price < last : price > last) return false
      gone.set(price, place)
      return true
    })
    this.#levels.clear(side, bound)
  }

  /** A quote of `side` at `price`: levels of the other side that it reaches go with their orders. */
  #removeReached(side: Side, price: PriceTicks, place: number): void {
    const { bestBid, bestAsk } = this.#levels
    if (side === BUY ? price < bestAsk : price > bestBid) return
    this.clear(side === BUY ? SELL : BUY, price, place)
  }

  #gone(side: Side): Map<PriceTicks, number> {
    return side === BUY ? this.#goneBids : this.#goneAsks
  }
}
