import type { Random } from '@escapement/core'
import { BookSide } from './book-side.ts'
import { exponential } from './exponential.ts'
import type { SyntheticSettings } from './options.ts'

/** Trades and cancels leave a side this many levels; a leap of the price may leave fewer, never 0. */
const MIN_LEVELS = 5
/** A market order walks at most this many levels. */
const MAX_WALK = 6
/** Share of market orders that go towards the fair price when it lies beyond the touch. */
const INFORMED = 0.9

export type TradeVisitor = (tick: number, lots: number, buy: boolean) => void

/**
 * Limit orders, cancels and market orders on a book around a fair price. Never crossed: an order
 * that would take rests one tick before the other side. Quotes that the fair price has passed are
 * cancelled or taken, which is what makes the book follow it.
 */
export class OrderFlow {
  readonly bids: BookSide
  readonly asks: BookSide
  readonly #random: Random
  readonly #depth: number
  readonly #orderLots: number

  constructor(random: Random, settings: SyntheticSettings) {
    const { depthTicks, midTicks, orderLots } = settings
    this.#random = random
    this.#depth = depthTicks
    this.#orderLots = orderLots
    this.bids = new BookSide(depthTicks, -midTicks)
    this.asks = new BookSide(depthTicks, midTicks + 1)
    for (const side of [this.bids, this.asks]) {
      const best = side.best
      for (let distance = 0; distance < depthTicks; distance++) {
        if (distance < MIN_LEVELS || random.unit() < 0.5) side.set(best + distance, this.#lots())
      }
    }
  }

  /** One market order, level by level; true when anything was traded. */
  marketOrder(fairTick: number, visit: TradeVisitor): boolean {
    const buy = this.#direction(fairTick)
    const side = buy ? this.asks : this.bids
    let left = this.#lots()
    let walked = 0
    for (; left > 0 && walked < MAX_WALK && side.levels > MIN_LEVELS; walked++) {
      const key = side.best
      const there = side.get(key)
      const taken = Math.min(left, there)
      side.set(key, there - taken)
      left -= taken
      visit(buy ? key : -key, taken, buy)
    }
    return walked > 0
  }

  /** `count` limit orders and cancels, after makers have withdrawn quotes that became too good. */
  limitOrders(fairTick: number, count: number): void {
    this.#withdraw(this.asks, fairTick - 1)
    this.#withdraw(this.bids, -(fairTick + 2))
    for (let i = 0; i < count; i++) {
      const buy = this.#random.unit() < 0.5
      const side = buy ? this.bids : this.asks
      // Sparse sides attract orders, crowded ones cancels: the number of levels finds its level.
      const missing = (this.#depth - 2 * side.levels) / this.#depth
      if (this.#random.unit() < Math.min(0.9, Math.max(0.2, 0.5 + missing / 2))) {
        const other = buy ? this.asks : this.bids
        const fair = buy ? -fairTick : fairTick + 1
        this.#limit(side, Math.max(fair, 1 - other.best))
      } else {
        this.#cancel(side)
      }
    }
  }

  settle(): void {
    this.bids.settle()
    this.asks.settle()
  }

  #limit(side: BookSide, front: number): void {
    const u = this.#random.unit()
    const key = side.clamp(front + Math.floor(u * u * u * this.#depth))
    side.set(key, side.get(key) + this.#lots())
  }

  #cancel(side: BookSide): void {
    const u = this.#random.unit()
    const key = side.levelFrom(side.best + Math.floor(u * u * (side.worst - side.best + 1)))
    const there = side.get(key)
    const all = there === 1 || this.#random.unit() < 0.5
    if (!all) side.set(key, there - this.#random.integer(1, there - 1))
    else if (side.levels > MIN_LEVELS) side.set(key, 0)
  }

  #withdraw(side: BookSide, upTo: number): void {
    while (side.best <= upTo && side.levels > MIN_LEVELS) side.set(side.best, 0)
  }

  #direction(fairTick: number): boolean {
    const u = this.#random.unit()
    if (this.asks.best <= fairTick) return u < INFORMED
    if (-this.bids.best > fairTick) return u >= INFORMED
    return u < 0.5
  }

  #lots(): number {
    return 1 + Math.floor(exponential(this.#random) * this.#orderLots)
  }
}
