import { DecimalText } from '../market-data/decimal-text.ts'
import { MAX_DECIMALS, powerOfTen } from '../market-data/decimals.ts'
import { forEachLine } from './lines.ts'
import { decodeMessage, refusal } from './messages.ts'

/** Best bid and offer by update id: the venue's own word on the book, to test a book against. */
export type BookTickers = {
  readonly length: number
  readonly updateId: Float64Array
  /** Prices and quantities as decimals: the float64 nearest to the text. */
  readonly bidPrice: Float64Array
  readonly bidQty: Float64Array
  readonly askPrice: Float64Array
  readonly askQty: Float64Array
}

/**
 * The bookTicker messages of a capture, in order of arrival. A depth message that ends on the same
 * update id must leave a book with this top.
 * @throws ESC_BINANCE_LINE, ESC_BINANCE_MESSAGE
 */
export function decodeBookTickers(text: Uint8Array, file?: string): BookTickers {
  const columns: number[][] = [[], [], [], [], []]
  const decimal = new DecimalText()
  const push = (column: number, value: string, line: number): void => {
    if (!decimal.read(value) || decimal.scale > MAX_DECIMALS) {
      throw refusal(line, file)('bookTicker', value, 'a plain decimal')
    }
    columns[column]!.push(decimal.digits / powerOfTen(decimal.scale))
  }
  forEachLine(
    text,
    (line) => {
      const message = decodeMessage(line, file)
      if (message.type !== 'bookTicker') return
      columns[0]!.push(message.lastId)
      push(1, message.bid[0], line.line)
      push(2, message.bid[1], line.line)
      push(3, message.ask[0], line.line)
      push(4, message.ask[1], line.line)
    },
    file,
  )
  const [updateId, bidPrice, bidQty, askPrice, askQty] = columns.map((column) =>
    Float64Array.from(column),
  )
  return {
    length: columns[0]!.length,
    updateId: updateId!,
    bidPrice: bidPrice!,
    bidQty: bidQty!,
    askPrice: askPrice!,
    askQty: askQty!,
  }
}
