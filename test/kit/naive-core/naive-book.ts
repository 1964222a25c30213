import { BUY, type MarketEvent, RowKind, SELL, type Side, WHOLE_SIDE } from '@escapement/core'

/** A book as two plain maps from price to quantity. */
export class NaiveBook {
  readonly bids = new Map<number, number>()
  readonly asks = new Map<number, number>()
  lastTrade: { readonly price: number; readonly qty: number; readonly side: number } | null = null

  apply(event: MarketEvent): void {
    if (event.type === 'market.snapshot') {
      this.bids.clear()
      this.asks.clear()
    }
    for (let row = event.from; row < event.to; row += 1) this.#row(event, row)
  }

  bestBid(): number | null {
    return this.bids.size === 0 ? null : Math.max(...this.bids.keys())
  }

  bestAsk(): number | null {
    return this.asks.size === 0 ? null : Math.min(...this.asks.keys())
  }

  /** Twice the mid, so that it stays an integer; null when a side is empty. */
  mid2(): number | null {
    const bid = this.bestBid()
    const ask = this.bestAsk()
    return bid === null || ask === null ? null : bid + ask
  }

  /** Levels from the best outward. */
  levels(side: Side): [number, number][] {
    return [...this.#side(side)].sort(([a], [b]) => (side === BUY ? b - a : a - b))
  }

  #row({ view }: MarketEvent, row: number): void {
    const side = view.side[row]!
    const price = view.price[row]!
    const qty = view.qty[row]!
    switch (view.kind[row]) {
      case RowKind.TRADE:
        this.lastTrade = { price, qty, side }
        return
      case RowKind.CLEAR:
        if (side !== SELL) this.#clear(BUY, price)
        if (side !== BUY) this.#clear(SELL, price)
        return
      default:
        this.#set(side as Side, price, qty)
    }
  }

  /** A quote that reaches or passes older ones of the other side removes them (D-003). */
  #set(side: Side, price: number, qty: number): void {
    if (qty === 0) {
      this.#side(side).delete(price)
      return
    }
    this.#side(side).set(price, qty)
    const other = this.#side(side === BUY ? SELL : BUY)
    for (const level of [...other.keys()]) {
      if (side === BUY ? level <= price : level >= price) other.delete(level)
    }
  }

  #clear(side: Side, bound: number): void {
    const levels = this.#side(side)
    for (const level of [...levels.keys()]) {
      if (bound === WHOLE_SIDE || (side === BUY ? level >= bound : level <= bound)) {
        levels.delete(level)
      }
    }
  }

  #side(side: Side): Map<number, number> {
    return side === BUY ? this.bids : this.asks
  }
}
