import { CodedError, NANOS_PER_MILLI, NANOS_PER_SECOND, RowFlag, RowKind } from '@escapement/core'
import { type CaptureLine, forEachLine } from './lines.ts'
import { MessageTable } from './message-table.ts'
import { type BinanceMarket, type BinanceMessage, decodeMessage } from './messages.ts'

/** A capture in order of arrival, nothing corrected yet. */
export type CollectedCapture = {
  readonly market: BinanceMarket
  readonly symbol: string
  readonly table: MessageTable
  /** Epoch seconds from which the times of the messages count. */
  readonly baseSeconds: number
  readonly chainGaps: number
}

/**
 * Reads every line into a table of rows and messages.
 * @throws ESC_BINANCE_LINE, ESC_BINANCE_MESSAGE, ESC_BINANCE_SYMBOL, ESC_DATA_UNIT, ESC_DATA_EMPTY
 */
export function collectCapture(text: Uint8Array, symbol?: string, file?: string): CollectedCapture {
  const collector = new Collector(symbol, file)
  forEachLine(text, (line) => collector.take(line), file)
  return collector.finish()
}

class Collector {
  readonly #table: MessageTable
  readonly #file: string | undefined
  #baseSeconds: number | undefined
  #market: BinanceMarket | undefined
  #symbol: string | undefined
  #lastId: number | undefined
  #chainGaps = 0

  constructor(symbol: string | undefined, file: string | undefined) {
    this.#table = new MessageTable(file)
    this.#symbol = symbol
    this.#file = file
  }

  take(line: CaptureLine): void {
    const message = decodeMessage(line, this.#file)
    this.#check(message, line.line)
    this.#baseSeconds ??= line.seconds
    const firstRow = this.#table.length
    this.#append(message, line.line)
    const endRow = this.#table.length
    if (endRow === firstRow || message.type === 'bookTicker') return
    const { exchMs } = message
    this.#table.messages.push({
      line: line.line,
      firstRow,
      endRow,
      exchTime:
        exchMs === undefined ? Number.NaN : (exchMs - this.#baseSeconds * 1000) * NANOS_PER_MILLI,
      localTime: (line.seconds - this.#baseSeconds) * NANOS_PER_SECOND + line.nanos,
      updateId: message.type === 'depth' ? message.lastId : Number.NaN,
      snapshotId: message.type === 'snapshot' ? message.lastId : Number.NaN,
      again: false,
    })
  }

  finish(): CollectedCapture {
    const market = this.#market
    const baseSeconds = this.#baseSeconds
    if (this.#table.length === 0 || market === undefined || baseSeconds === undefined) {
      throw new CodedError('ESC_DATA_EMPTY', {
        ...this.#place(),
        needed: 'a line with depth, a trade or a snapshot',
      })
    }
    return {
      market,
      symbol: this.#symbol ?? '',
      table: this.#table,
      baseSeconds,
      chainGaps: this.#chainGaps,
    }
  }

  #append(message: BinanceMessage, line: number): void {
    const table = this.#table
    switch (message.type) {
      case 'depth':
        table.appendLevels(RowKind.DEPTH, RowFlag.BUY, message.bids, line)
        table.appendLevels(RowKind.DEPTH, RowFlag.SELL, message.asks, line)
        if (this.#lastId !== undefined && this.#lastId !== message.previousId) this.#chainGaps++
        this.#lastId = message.lastId
        return
      case 'trade': {
        if (!message.fromBook) return
        const side = message.buyerIsMaker ? RowFlag.SELL : RowFlag.BUY
        table.append(RowKind.TRADE, side, message.price, message.qty, line)
        return
      }
      case 'snapshot':
        table.appendSnapshotSide(RowFlag.BUY, message.bids, line)
        table.appendSnapshotSide(RowFlag.SELL, message.asks, line)
        return
      case 'bookTicker':
        return
    }
  }

  #check(message: BinanceMessage, line: number): void {
    this.#market ??= message.market
    if (message.market !== this.#market) {
      throw new CodedError('ESC_BINANCE_MESSAGE', {
        ...this.#place(line),
        found: `a ${message.type} of ${message.market}`,
        needed: `${this.#market}, the market of the lines before`,
      })
    }
    if (message.type === 'snapshot') return
    this.#symbol ??= message.symbol
    if (message.symbol !== this.#symbol) {
      throw new CodedError('ESC_BINANCE_SYMBOL', {
        ...this.#place(line),
        field: 's',
        found: JSON.stringify(message.symbol),
        needed: JSON.stringify(this.#symbol),
      })
    }
  }

  #place(line?: number): { readonly file?: string; readonly line?: number } {
    return {
      ...(this.#file === undefined ? {} : { file: this.#file }),
      ...(line === undefined ? {} : { line }),
    }
  }
}
