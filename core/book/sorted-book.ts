import { BUY, type PriceTicks, type QtyUnits, type Side } from '../units.ts'
import { type Book, clearSide, NO_ASK, NO_BID, replaceByTouch } from './book.ts'
import { levelHashHigh, levelHashLow, levelWord } from './level-hash.ts'

/** One side as two parallel arrays, best level last, so that the touch changes at the cheap end. */
type Levels = { readonly prices: PriceTicks[]; readonly qtys: QtyUnits[] }

/**
 * A book for thin or wide markets: a few levels, any price range, a few hundred bytes.
 *
 * Cost: a binary search and a splice an update; use `WindowBook` where the touch is busy.
 */
export class SortedBook implements Book {
  digestLow = 0
  digestHigh = 0
  readonly #bids: Levels = { prices: [], qtys: [] }
  readonly #asks: Levels = { prices: [], qtys: [] }

  get bestBid(): PriceTicks {
    return this.#bids.prices.at(-1) ?? NO_BID
  }

  get bestAsk(): PriceTicks {
    return this.#asks.prices.at(-1) ?? NO_ASK
  }

  qtyAt(side: Side, price: PriceTicks): QtyUnits {
    const { prices, qtys } = this.#side(side)
    const at = place(prices, side, price)
    return prices[at] === price ? qtys[at]! : 0
  }

  set(side: Side, price: PriceTicks, qty: QtyUnits): QtyUnits {
    const { prices, qtys } = this.#side(side)
    const at = place(prices, side, price)
    const previous = prices[at] === price ? qtys[at]! : 0
    if (previous > 0) this.#digest(side, price, previous, -1)
    if (qty > 0) {
      this.#digest(side, price, qty, 1)
      if (previous > 0) qtys[at] = qty
      else {
        prices.splice(at, 0, price)
        qtys.splice(at, 0, qty)
      }
      this.#uncross(side, price)
    } else if (previous > 0) {
      prices.splice(at, 1)
      qtys.splice(at, 1)
    }
    return previous
  }

  clear(side: Side, bound: PriceTicks): void {
    clearSide(this, side, bound)
  }

  setTouch(bid: PriceTicks, bidQty: QtyUnits, ask: PriceTicks, askQty: QtyUnits): void {
    replaceByTouch(this, bid, bidQty, ask, askQty)
  }

  levels(
    side: Side,
    limit: number,
    visit: (price: PriceTicks, qty: QtyUnits) => boolean | undefined,
  ): void {
    const { prices, qtys } = this.#side(side)
    const end = Math.max(0, prices.length - limit)
    for (let i = prices.length - 1; i >= end; i--) {
      if (visit(prices[i]!, qtys[i]!) === false) return
    }
  }

  depth(side: Side): number {
    return this.#side(side).prices.length
  }

  #side(side: Side): Levels {
    return side === BUY ? this.#bids : this.#asks
  }

  /** The newer side wins: levels of the other side that `price` reaches or passes are removed. */
  #uncross(side: Side, price: PriceTicks): void {
    if (side === BUY) while (this.bestAsk <= price) this.set(-1, this.bestAsk, 0)
    else while (this.bestBid >= price) this.set(BUY, this.bestBid, 0)
  }

  #digest(side: Side, price: PriceTicks, qty: QtyUnits, sign: 1 | -1): void {
    const word = levelWord(side, price, qty)
    this.digestLow = (this.digestLow + sign * levelHashLow(word)) | 0
    this.digestHigh = (this.digestHigh + sign * levelHashHigh(word)) | 0
  }
}

/** Index at which `price` stands or would be inserted: worst level first. */
function place(prices: readonly PriceTicks[], side: Side, price: PriceTicks): number {
  let low = 0
  let high = prices.length
  while (low < high) {
    const middle = (low + high) >> 1
    const worse = side === BUY ? prices[middle]! < price : prices[middle]! > price
    if (worse) low = middle + 1
    else high = middle
  }
  return low
}
