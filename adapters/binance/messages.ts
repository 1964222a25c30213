import { CodedError } from '@escapement/core'
import { type CaptureLine, isRecord } from './lines.ts'

export type BinanceMarket = 'spot' | 'usdm'
/** Price and quantity as the venue writes them. */
export type Level = readonly [price: string, qty: string]

/** The messages of a capture, in our words. Times are epoch ms; ids are the venue's update ids. */
export type BinanceMessage =
  | {
      readonly type: 'depth'
      readonly market: BinanceMarket
      readonly symbol: string
      readonly exchMs: number
      readonly firstId: number
      readonly lastId: number
      /** Last id of the message before; on spot it follows from `firstId`. */
      readonly previousId: number
      readonly bids: readonly Level[]
      readonly asks: readonly Level[]
    }
  | {
      readonly type: 'trade'
      readonly market: BinanceMarket
      readonly symbol: string
      readonly exchMs: number
      readonly price: string
      readonly qty: string
      readonly buyerIsMaker: boolean
      /** Futures also report fills that no one took from the book, such as insurance fund ones. */
      readonly fromBook: boolean
    }
  | {
      readonly type: 'snapshot'
      readonly market: BinanceMarket
      /** Undefined on spot: its snapshot has no time. */
      readonly exchMs: number | undefined
      readonly lastId: number
      readonly bids: readonly Level[]
      readonly asks: readonly Level[]
    }
  | {
      readonly type: 'bookTicker'
      readonly market: BinanceMarket
      readonly symbol: string
      readonly lastId: number
      readonly bid: Level
      readonly ask: Level
    }

/**
 * Decodes one line of a raw capture of the combined streams depth, trade and bookTicker, or of a
 * REST depth snapshot. The market follows from the fields that only futures have.
 * @throws ESC_BINANCE_MESSAGE naming line and field.
 * @source Binance API: "Diff. Book Depth Streams", "Trade Streams", "Individual Symbol Book Ticker"
 */
export function decodeMessage(line: CaptureLine, file?: string): BinanceMessage {
  const refuse = refusal(line.line, file)
  const { message } = line
  if (message.lastUpdateId !== undefined) return snapshot(message, refuse)
  const data = message.data ?? message
  if (!isRecord(data)) throw refuse('data', data, 'an object')
  if (data.e === 'depthUpdate') return depth(data, refuse)
  if (data.e === 'trade') return trade(data, refuse)
  // The spot stream gives no event name to its book ticker.
  if (data.e === 'bookTicker' || (data.e === undefined && data.B !== undefined)) {
    return bookTicker(data, refuse)
  }
  throw refuse('e', data.e, 'depthUpdate, trade, bookTicker, or a snapshot with lastUpdateId')
}

type Fields = Readonly<Record<string, unknown>>
type Refuse = (field: string, found: unknown, needed: string) => CodedError

/** How an error of this line is made; also used by the reader of numbers. */
export function refusal(line: number, file: string | undefined): Refuse {
  return (field, found, needed) =>
    new CodedError('ESC_BINANCE_MESSAGE', {
      ...(file === undefined ? {} : { file }),
      line,
      field,
      found: found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 60),
      needed,
    })
}

function depth(data: Fields, refuse: Refuse): BinanceMessage {
  const futures = data.pu !== undefined
  const firstId = integer(data, 'U', refuse)
  return {
    type: 'depth',
    market: futures ? 'usdm' : 'spot',
    symbol: text(data, 's', refuse),
    exchMs: integer(data, futures ? 'T' : 'E', refuse),
    firstId,
    lastId: integer(data, 'u', refuse),
    previousId: futures ? integer(data, 'pu', refuse) : firstId - 1,
    bids: levels(data, 'b', refuse),
    asks: levels(data, 'a', refuse),
  }
}

function trade(data: Fields, refuse: Refuse): BinanceMessage {
  const buyerIsMaker = data.m
  if (typeof buyerIsMaker !== 'boolean') throw refuse('m', buyerIsMaker, 'true or false')
  const futures = data.X !== undefined
  return {
    type: 'trade',
    market: futures ? 'usdm' : 'spot',
    symbol: text(data, 's', refuse),
    exchMs: integer(data, 'T', refuse),
    price: text(data, 'p', refuse),
    qty: text(data, 'q', refuse),
    buyerIsMaker,
    fromBook: !futures || data.X === 'MARKET',
  }
}

function snapshot(data: Fields, refuse: Refuse): BinanceMessage {
  const futures = data.T !== undefined
  return {
    type: 'snapshot',
    market: futures ? 'usdm' : 'spot',
    exchMs: futures ? integer(data, 'T', refuse) : undefined,
    lastId: integer(data, 'lastUpdateId', refuse),
    bids: levels(data, 'bids', refuse),
    asks: levels(data, 'asks', refuse),
  }
}

function bookTicker(data: Fields, refuse: Refuse): BinanceMessage {
  return {
    type: 'bookTicker',
    market: data.e === undefined ? 'spot' : 'usdm',
    symbol: text(data, 's', refuse),
    lastId: integer(data, 'u', refuse),
    bid: [text(data, 'b', refuse), text(data, 'B', refuse)],
    ask: [text(data, 'a', refuse), text(data, 'A', refuse)],
  }
}

function text(data: Fields, field: string, refuse: Refuse): string {
  const value = data[field]
  if (typeof value !== 'string') throw refuse(field, value, 'a text')
  return value
}

function integer(data: Fields, field: string, refuse: Refuse): number {
  const value = data[field]
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw refuse(field, value, 'a whole number')
  }
  return value
}

function levels(data: Fields, field: string, refuse: Refuse): readonly Level[] {
  const value = data[field]
  if (!Array.isArray(value)) throw refuse(field, value, 'a list of [price, quantity]')
  for (const level of value as readonly unknown[]) {
    if (!isLevel(level)) throw refuse(field, level, '[price, quantity] as texts')
  }
  return value as readonly Level[]
}

const isLevel = (value: unknown): value is Level =>
  Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'string'
