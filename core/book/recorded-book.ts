import { AssertionFailure } from '../errors.ts'
import { BUY, type PriceTicks, type QtyUnits, type Side } from '../units.ts'
import { type Book, NO_ASK, NO_BID } from './book.ts'
import type { BookRecording } from './book-recording.ts'
import { type LevelHistory, placeOf, qtyAfter } from './level-history.ts'

/**
 * A book that is read from a recording: its owner says up to which row, and nothing is applied.
 *
 * Cost: a row, however many are passed, is one assignment; a level is two binary searches, over
 * the prices of its side and over its own changes.
 */
export class RecordedBook implements Book {
  readonly #recording: BookRecording
  /** The row seen last; -1 before the first. */
  #row = -1

  constructor(recording: BookRecording) {
    this.#recording = recording
  }

  /** Moves on to where the book is after `row`; returns what the row's level had before it. */
  seek(row: number): QtyUnits {
    this.#row = row
    return this.#recording.previous[row]!
  }

  /** Numbers of the rows' Market Events, each one above the one before. */
  get events(): Int32Array {
    return this.#recording.events
  }

  /** Trades among rows [from, to). */
  tradesIn(from: number, to: number): number {
    const { trades } = this.#recording
    return to === 0 ? 0 : trades[to - 1]! - (from === 0 ? 0 : trades[from - 1]!)
  }

  /** Row of the last trade before row `to`; -1 where there is none. */
  lastTradeBefore(to: number): number {
    return to === 0 ? -1 : this.#recording.lastTrade[to - 1]!
  }

  get bestBid(): PriceTicks {
    return this.#row < 0 ? NO_BID : this.#recording.bestBid[this.#row]!
  }

  get bestAsk(): PriceTicks {
    return this.#row < 0 ? NO_ASK : this.#recording.bestAsk[this.#row]!
  }

  get digestLow(): number {
    return this.#row < 0 ? 0 : this.#recording.digestLow[this.#row]!
  }

  get digestHigh(): number {
    return this.#row < 0 ? 0 : this.#recording.digestHigh[this.#row]!
  }

  qtyAt(side: Side, price: PriceTicks): QtyUnits {
    const history = this.#side(side)
    const k = placeOf(history, price)
    return history.prices[k] === price ? qtyAfter(history, k, this.#row) : 0
  }

  levels(
    side: Side,
    limit: number,
    visit: (price: PriceTicks, qty: QtyUnits) => boolean | undefined,
  ): void {
    const best = side === BUY ? this.bestBid : this.bestAsk
    if (best === NO_BID || best === NO_ASK) return
    const history = this.#side(side)
    const { prices } = history
    let seen = 0
    for (let k = placeOf(history, best); k >= 0 && k < prices.length; k -= side) {
      const qty = qtyAfter(history, k, this.#row)
      if (qty === 0) continue
      if (seen++ === limit || visit(prices[k]!, qty) === false) return
    }
  }

  depth(side: Side): number {
    let count = 0
    this.levels(side, Number.POSITIVE_INFINITY, () => {
      count++
      return true
    })
    return count
  }

  set(): never {
    throw new AssertionFailure('a recorded book is read, not written')
  }

  clear(): never {
    return this.set()
  }

  setTouch(): never {
    return this.set()
  }

  #side(side: Side): LevelHistory {
    return side === BUY ? this.#recording.bids : this.#recording.asks
  }
}
