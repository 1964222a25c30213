import { WHOLE_SIDE } from '../market-rows.ts'
import { BUY, type PriceTicks, type QtyUnits, SELL, type Side } from '../units.ts'

/** "No price" on an empty bid or ask side: below and above every tick. */
export const NO_BID: PriceTicks = -0x80000000
/** See {@link NO_BID}. */
export const NO_ASK: PriceTicks = 0x7fffffff

/**
 * A price-level book of one instrument, in integer ticks and quantity units.
 *
 * A level that a newer quote of the other side reaches or passes is removed: the newer side wins.
 */
export type Book = {
  /** Best bid, or {@link NO_BID}. */
  readonly bestBid: PriceTicks
  /** Best ask, or {@link NO_ASK}. */
  readonly bestAsk: PriceTicks
  /** Displayed quantity of a level of `side`, or 0. */
  qtyAt(side: Side, price: PriceTicks): QtyUnits
  /** Sets a level's new total quantity (0 removes it); returns the previous one. */
  set(side: Side, price: PriceTicks, qty: QtyUnits): QtyUnits
  /** Makes one bid and one ask the whole book; they do not meet, and neither is empty. */
  setTouch(bid: PriceTicks, bidQty: QtyUnits, ask: PriceTicks, askQty: QtyUnits): void
  /** Removes the levels of `side` from the best up to and including `bound` (`WHOLE_SIDE`: all). */
  clear(side: Side, bound: PriceTicks): void
  /** Calls `visit` from the best level outward until it returns false or `limit` levels are seen. */
  levels(
    side: Side,
    limit: number,
    visit: (price: PriceTicks, qty: QtyUnits) => boolean | undefined,
  ): void
  /** Number of levels of a side. */
  depth(side: Side): number
  /** Order-independent digest of all levels, kept up to date: two 32-bit halves. */
  readonly digestLow: number
  readonly digestHigh: number
}

/** Removes levels from the best inward of the side, one by one: what `clear` does in any book. */
export function clearSide(book: Book, side: Side, bound: PriceTicks): void {
  if (side === BUY) {
    const to = bound === WHOLE_SIDE ? NO_BID : bound
    while (book.bestBid !== NO_BID && book.bestBid >= to) book.set(BUY, book.bestBid, 0)
  } else {
    while (book.bestAsk !== NO_ASK && book.bestAsk <= bound) book.set(SELL, book.bestAsk, 0)
  }
}

/** What `setTouch` does in any book. */
export function replaceByTouch(
  book: Book,
  bid: PriceTicks,
  bidQty: QtyUnits,
  ask: PriceTicks,
  askQty: QtyUnits,
): void {
  book.clear(BUY, WHOLE_SIDE)
  book.clear(SELL, WHOLE_SIDE)
  book.set(BUY, bid, bidQty)
  book.set(SELL, ask, askQty)
}
