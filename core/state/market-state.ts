import type { Book } from '../book/book.ts'
import { RecordedBook } from '../book/recorded-book.ts'
import { WindowBook } from '../book/window-book.ts'
import type { ByteReader, ByteWriter } from '../codec.ts'
import type { Digest } from '../digest.ts'
import { BUY, type Nanos, type PriceTicks, type QtyUnits, SELL, type Side } from '../units.ts'

/** Market State of one instrument: its book, its last trade, and when it was last heard of. */
export class InstrumentMarket {
  /** Displayed levels, in ticks and quantity units. */
  readonly book: Book
  /** The same where it is read from a recording; asked once, because `instanceof` is a call. */
  readonly recorded: RecordedBook | null
  /** Ticks; 0 before the first trade. */
  lastTradePrice: PriceTicks = 0
  /** Quantity units (10^-qtyDecimals); 0 before the first trade. */
  lastTradeQty: QtyUnits = 0
  /** Side that took; 0 before the first trade or when the feed does not say. */
  lastTradeSide: Side | 0 = 0
  /** Trades seen so far. */
  tradeCount = 0
  /** Local time of the last row, in ns since the session origin. */
  localTime: Nanos = 0
  /** The Venue's time of the last row, in ns since the session origin. */
  exchTime: Nanos = 0

  constructor(book: Book = new WindowBook()) {
    this.book = book
    this.recorded = book instanceof RecordedBook ? book : null
  }

  /** Adds the book and every other field to `digest`. */
  digest(digest: Digest): void {
    const { book } = this
    digest.u32(book.digestLow).u32(book.digestHigh)
    digest.u32(this.lastTradePrice).int(this.lastTradeQty).u32(this.lastTradeSide)
    digest.int(this.tradeCount).int(this.localTime).int(this.exchTime)
  }

  /** Writes all levels, best first, and every other field. */
  write(writer: ByteWriter): void {
    for (const side of [BUY, SELL] as const) {
      writer.i32(this.book.depth(side))
      this.book.levels(side, Number.POSITIVE_INFINITY, (price, qty) => {
        writer.i32(price).f64(qty)
        return true
      })
    }
    writer.i32(this.lastTradePrice).f64(this.lastTradeQty).i32(this.lastTradeSide)
    writer.f64(this.tradeCount).f64(this.localTime).f64(this.exchTime)
  }

  /**
   * Reads what `write` wrote, into a `WindowBook`.
   * @throws ESC_STATE_RESTORE when bytes are missing.
   */
  static read(reader: ByteReader): InstrumentMarket {
    const market = new InstrumentMarket()
    for (const side of [BUY, SELL] as const) {
      for (let rest = reader.i32(); rest > 0; rest--) {
        const price = reader.i32()
        market.book.set(side, price, reader.f64())
      }
    }
    market.lastTradePrice = reader.i32()
    market.lastTradeQty = reader.f64()
    market.lastTradeSide = reader.i32() as Side | 0
    market.tradeCount = reader.f64()
    market.localTime = reader.f64()
    market.exchTime = reader.f64()
    return market
  }
}
