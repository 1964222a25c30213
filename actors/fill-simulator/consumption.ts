import { type PriceTicks, type QtyUnits, SELL, type Side } from '@escapement/core'

/**
 * Displayed size that own takes used up: a small overlay on a book that may be shared. It holds
 * until the size of that level next changes; a row that repeats the size does not reset it.
 */
export class Consumption {
  readonly #bids = new Map<PriceTicks, QtyUnits>()
  readonly #asks = new Map<PriceTicks, QtyUnits>()

  get empty(): boolean {
    return this.#bids.size === 0 && this.#asks.size === 0
  }

  /** What was taken from the level of `side` at `price`. */
  at(side: Side, price: PriceTicks): QtyUnits {
    return (side === SELL ? this.#asks : this.#bids).get(price) ?? 0
  }

  take(side: Side, price: PriceTicks, qty: QtyUnits): void {
    const levels = side === SELL ? this.#asks : this.#bids
    levels.set(price, (levels.get(price) ?? 0) + qty)
  }

  /** The level changed: what it shows now is all there again. */
  reset(side: Side, price: PriceTicks): void {
    const levels = side === SELL ? this.#asks : this.#bids
    levels.delete(price)
  }
}
