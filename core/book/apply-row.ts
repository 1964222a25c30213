import { RowKind } from '../market-rows.ts'
import type { MarketView } from '../market-view.ts'
import { BUY, SELL, type Side } from '../units.ts'
import type { Book } from './book.ts'

/** What a market row does to a book: levels and clears move it, a trade does not. */
export function applyRow(
  book: Pick<Book, 'set' | 'clear'>,
  { kind, side, price, qty }: MarketView,
  row: number,
): void {
  const of = side[row]!
  switch (kind[row]) {
    case RowKind.DEPTH:
    case RowKind.SNAPSHOT:
      book.set(of as Side, price[row]!, qty[row]!)
      break
    case RowKind.CLEAR:
      // A CLEAR that names no side clears both.
      if (of !== SELL) book.clear(BUY, price[row]!)
      if (of !== BUY) book.clear(SELL, price[row]!)
  }
}
