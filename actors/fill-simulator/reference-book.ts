import {
  type Book,
  BUY,
  NO_ASK,
  NO_BID,
  type PriceTicks,
  type QtyUnits,
  SELL,
  type Side,
  WHOLE_SIDE,
} from '@escapement/core'

/** What the Venue asks of a book; it needs no digest. */
export type VenueBook = Pick<Book, 'bestBid' | 'bestAsk' | 'qtyAt' | 'set' | 'clear' | 'levels'>

export type ReferenceBookRules = {
  /** Quantity units of a lot; a level that rounds to no lot is removed. */
  readonly lotUnits: number
  readonly crossedLevelsStay: boolean
  readonly clearSkipsOneLevel: boolean
}

/** Ticks looked at one by one before all levels are scanned; the result is the same. */
const NEAR = 256

/**
 * hftbacktest's hash-map book with its two faults, for comparing fills; never our default.
 *
 * A newer quote that reaches the other side moves that side's best past it, but the levels passed
 * stay stored (`crossedLevelsStay`): they come back with their old size when a search meets them.
 * A CLEAR overlooks the level next to its bound (`clearSkipsOneLevel`).
 * @source README.md, "Quirks"; hftbacktest 0.9.4
 */
export class ReferenceBook implements VenueBook {
  readonly #bids = new LevelMap(BUY)
  readonly #asks = new LevelMap(SELL)
  readonly #rules: ReferenceBookRules

  constructor(rules: ReferenceBookRules) {
    this.#rules = rules
  }

  get bestBid(): PriceTicks {
    return this.#bids.best === WORST ? NO_BID : this.#bids.best
  }

  get bestAsk(): PriceTicks {
    return this.#asks.best === WORST ? NO_ASK : 0 - this.#asks.best
  }

  qtyAt(side: Side, price: PriceTicks): QtyUnits {
    return this.#side(side).qty.get(price * side) ?? 0
  }

  set(side: Side, price: PriceTicks, qty: QtyUnits): QtyUnits {
    const own = this.#side(side)
    const rank = price * side
    const previous = own.qty.get(rank) ?? 0
    if (2 * qty < this.#rules.lotUnits) {
      own.qty.delete(rank)
      if (rank === own.best) own.lookFrom(rank - 1)
      return previous
    }
    own.qty.set(rank, qty)
    if (rank > own.best) {
      own.best = rank
      this.#pass(this.#side(side === BUY ? SELL : BUY), -rank)
    }
    if (rank < own.far) own.far = rank
    return previous
  }

  clear(side: Side, bound: PriceTicks): void {
    const own = this.#side(side)
    if (bound === WHOLE_SIDE) {
      own.qty.clear()
      own.lookFrom(WORST)
      return
    }
    if (own.best === WORST) return
    const to = bound * side
    for (const rank of [...own.qty.keys()]) if (rank >= to && rank <= own.best) own.qty.delete(rank)
    own.lookFrom(this.#rules.clearSkipsOneLevel ? to - 2 : to - 1)
  }

  levels(
    side: Side,
    limit: number,
    visit: (price: PriceTicks, qty: QtyUnits) => boolean | undefined,
  ): void {
    const own = this.#side(side)
    let rank = own.best
    for (let seen = 0; seen < limit && rank !== WORST; seen++) {
      const price = side === BUY ? rank : 0 - rank
      if (visit(price, own.qty.get(rank)!) === false) return
      rank = own.nextFrom(rank - 1)
    }
  }

  /** The other side's best gives way to a newer quote at `rank` of that side. */
  #pass(other: LevelMap, rank: number): void {
    if (other.best < rank) return
    if (!this.#rules.crossedLevelsStay) {
      for (const level of [...other.qty.keys()]) if (level >= rank) other.qty.delete(level)
    }
    // Unlike a removal this leaves `far` as it is: the levels passed are still there.
    other.best = other.nextFrom(rank - 1)
  }

  #side(side: Side): LevelMap {
    return side === BUY ? this.#bids : this.#asks
  }
}

/** No level: worse than every rank. */
const WORST = -0x80000000

/** One side by rank: the price for bids, the negated price for asks, so that higher is better. */
class LevelMap {
  readonly side: Side
  readonly qty = new Map<number, QtyUnits>()
  best = WORST
  /** The worst rank set since the side was last found empty: searches go no farther. */
  far = 0x7fffffff

  constructor(side: Side) {
    this.side = side
  }

  lookFrom(rank: number): void {
    this.best = this.nextFrom(rank)
    if (this.best === WORST) this.far = 0x7fffffff
  }

  /** The best stored rank in [far, from], or WORST. */
  nextFrom(from: number): number {
    const near = Math.max(this.far, from - NEAR)
    for (let rank = from; rank >= near; rank--) if (this.qty.has(rank)) return rank
    if (near === this.far) return WORST
    let best = WORST
    for (const rank of this.qty.keys())
      if (rank <= from && rank >= this.far && rank > best) best = rank
    return best
  }
}
