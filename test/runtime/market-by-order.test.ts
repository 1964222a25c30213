/**
 * Market by order in the whole runtime: both observers see the levels that depth rows would have told
 * them, and a backtest on it is as repeatable as any, alone and as one of several worlds.
 */
import { applyRow, BUY, type MarketRows, type MarketView, SELL, WindowBook } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { validateMarketRows } from '../../adapters/market-data/validate.ts'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import { syntheticOrders } from '../../adapters/synthetic/synthetic-orders.ts'
import { runBacktest } from '../../runtime/backtest.ts'
import { runWorlds } from '../../runtime/worlds.ts'
import { refusal } from '../adapters/kit.ts'
import { backtestOf } from '../kit/backtest.ts'

const options = { seed: 11, durationSeconds: 10, rowsPerSecond: 1_000 }
const orders = syntheticOrders(options)
const levels = syntheticMarket(options)
const venueOf = (rows: MarketRows, model: 'l3Fifo' | 'riskAverse') =>
  backtestOf(rows, { venue: { queue: { model } } })

/** Digest of the book after each time. */
function booksOf(view: MarketView): Map<number, string> {
  const book = new WindowBook()
  const books = new Map<number, string>()
  for (let row = 0; row < view.length; row++) {
    applyRow(book, view, row)
    const touch = `${book.bestBid} ${book.bestAsk} ${book.depth(BUY)} ${book.depth(SELL)}`
    books.set(view.time[row]!, `${touch} ${book.digestLow} ${book.digestHigh}`)
  }
  return books
}

describe('market by order', () => {
  test('gives both observers the books that its levels would', () => {
    const told = venueOf(validateMarketRows(orders), 'l3Fifo').feed[0]!
    const depth = venueOf(levels, 'riskAverse').feed[0]!
    for (const observer of ['exchange', 'local'] as const) {
      const books = booksOf(told[observer])
      expect(books.size).toBeGreaterThan(500)
      expect(
        [...booksOf(depth[observer])].filter(([time, book]) => books.get(time) !== book),
      ).toEqual([])
    }
    expect(told.exchange.orders?.dropped).toBe(0)
  })

  test('makes a backtest with fills, twice the same, and the same as one of several worlds', () => {
    const definition = venueOf(orders, 'l3Fifo')
    const once = runBacktest(definition)
    expect(once.recording.fills.some(({ fill }) => fill.cause === 'trade')).toBe(true)
    expect(runBacktest(venueOf(orders, 'l3Fifo')).eventLogHash).toBe(once.eventLogHash)
    const depth = { ...venueOf(orders, 'riskAverse'), feed: definition.feed }
    const [first, second] = [...runWorlds([definition, depth])]
    expect(first!.eventLogHash).toBe(once.eventLogHash)
    expect(second!.eventLogHash).toBe(runBacktest(depth).eventLogHash)
    expect(second!.eventLogHash).not.toBe(once.eventLogHash)
  })

  test('is asked for by l3Fifo: levels are refused before anything runs', () => {
    expect(refusal(() => venueOf(levels, 'l3Fifo'))).toMatchObject({
      code: 'ESC_CONFIG_INVALID',
      field: 'venue.queue.model',
    })
  })
})
