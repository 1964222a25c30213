/**
 * Binance captures. The rules of conversion, each on a capture of a few lines; the real captures
 * are compared with the reference conversion in binance-fixtures.test.ts.
 */
import { RowFlag, RowKind } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { decodeBookTickers } from '../../adapters/binance/book-ticker.ts'
import { type BinanceOptions, decodeCapture } from '../../adapters/binance/decode.ts'
import { BASE_MS, captureOf, futures, spot } from './capture-lines.ts'
import { type RowSpec, specsOf } from './kit.ts'

const { EXCHANGE, LOCAL, BUY, SELL } = RowFlag
const { DEPTH, TRADE, CLEAR, SNAPSHOT } = RowKind
const BOTH = EXCHANGE | LOCAL
const MS = 1_000_000

const rowsIn = (lines: readonly string[], options: BinanceOptions = {}): RowSpec[] =>
  specsOf(decodeCapture(captureOf(...lines), options).rows)
/** What and how much, without times. */
const brief = (rows: readonly RowSpec[]) =>
  rows.map(({ kind, flags, price, qty }) => [kind, flags, price, qty])

describe('rows', () => {
  test('depth gives bids and then asks, in order of the message, at T and not at E', () => {
    const update = futures.depth(5, 2, {
      ids: [1, 2],
      b: [
        ['10.10', '1.000'],
        ['10.30', '0.000'],
      ],
      a: [['10.40', '0.500']],
    })
    const { rows, market, symbol } = decodeCapture(captureOf(update))
    expect([market, symbol, rows.originNs]).toEqual([
      'usdm',
      'BTCUSDT',
      BigInt(BASE_MS + 2) * 1_000_000n,
    ])
    expect([rows.priceDecimals, rows.qtyDecimals]).toEqual([1, 1])
    expect(specsOf(rows)).toEqual([
      { kind: DEPTH, flags: BOTH | BUY, exch: 0, local: 3 * MS, price: 101, qty: 10 },
      { kind: DEPTH, flags: BOTH | BUY, exch: 0, local: 3 * MS, price: 103, qty: 0 },
      { kind: DEPTH, flags: BOTH | SELL, exch: 0, local: 3 * MS, price: 104, qty: 5 },
    ])
  })

  test('a trade has the side of its taker, and only trades that took from the book count', () => {
    const rows = rowsIn([
      futures.trade(1, 0, '10.1', '1', true),
      futures.trade(2, 1, '10.2', '2', false),
      futures.trade(3, 2, '0', '0', false, 'NA'),
    ])
    expect(brief(rows)).toEqual([
      [TRADE, BOTH | SELL, 101, 1],
      [TRADE, BOTH | BUY, 102, 2],
    ])
  })

  test('a snapshot clears each side to its deepest price before its levels; bookTicker is left out', () => {
    const rows = rowsIn([
      futures.ticker(0, 7),
      futures.snapshot(
        1,
        0,
        9,
        [
          ['10', '1'],
          ['8', '2'],
          ['9', '3'],
        ],
        [['11', '4']],
      ),
      futures.snapshot(2, 1, 10, [], [['12', '5']]),
    ])
    expect(brief(rows)).toEqual([
      [CLEAR, BOTH | BUY, 8, 0],
      [SNAPSHOT, BOTH | BUY, 10, 1],
      [SNAPSHOT, BOTH | BUY, 8, 2],
      [SNAPSHOT, BOTH | BUY, 9, 3],
      [CLEAR, BOTH | SELL, 11, 0],
      [SNAPSHOT, BOTH | SELL, 11, 4],
      [CLEAR, BOTH | SELL, 12, 0],
      [SNAPSHOT, BOTH | SELL, 12, 5],
    ])
  })

  test('decimals are read from the text: digits that no float64 holds survive', () => {
    const update = futures.depth(1, 0, { ids: [1, 1], b: [['0.10', '9007199254.740991']] })
    const { rows } = decodeCapture(captureOf(update))
    expect([rows.qtyDecimals, rows.qty[0]]).toEqual([6, 9_007_199_254_740_991])
  })

  test('units asked for are used though coarser ones would do', () => {
    const update = futures.trade(1, 0, '10', '3', true)
    const { rows } = decodeCapture(captureOf(update), {
      units: { priceDecimals: 2, qtyDecimals: 3 },
    })
    expect([rows.priceDecimals, rows.price[0], rows.qtyDecimals, rows.qty[0]]).toEqual([
      2, 1000, 3, 3000,
    ])
  })

  test('updates that do not continue the one before are counted', () => {
    const lines = [
      futures.depth(1, 0, { ids: [1, 2], b: [['1', '1']] }),
      futures.depth(2, 1, { ids: [4, 5], pu: 2, b: [['1', '2']] }),
      futures.depth(3, 2, { ids: [8, 9], pu: 7, b: [['1', '3']] }),
    ]
    expect(decodeCapture(captureOf(...lines)).chainGaps).toBe(1)
  })
})

describe('clock', () => {
  test('the most negative latency becomes zero, and every local time moves as far', () => {
    const { rows, clockShiftNs } = decodeCapture(
      captureOf(
        futures.trade(0, 1_272, '1', '1', true),
        futures.trade(10.5, 1_280, '1', '2', true),
      ),
    )
    expect(clockShiftNs).toBe(1_272 * MS)
    expect([...rows.localTime]).toEqual([0, 10.5 * MS])
    expect([...rows.exchTime]).toEqual([0, 8 * MS])
  })

  test('a clock that is ahead is left alone', () => {
    expect(decodeCapture(captureOf(futures.trade(50, 0, '1', '1', true))).clockShiftNs).toBe(0)
  })
})

describe('order', () => {
  test('a message that the exchange sent earlier and we received later appears once for each view', () => {
    const rows = rowsIn([
      futures.trade(100, 50, '1', '1', true),
      futures.depth(101, 40, {
        ids: [1, 1],
        b: [
          ['2', '2'],
          ['3', '3'],
        ],
      }),
      futures.trade(102, 60, '4', '4', true),
    ])
    expect(rows.map(({ flags, price }) => [flags & BOTH, price])).toEqual([
      [EXCHANGE, 2],
      [EXCHANGE, 3],
      [BOTH, 1],
      [LOCAL, 2],
      [LOCAL, 3],
      [BOTH, 4],
    ])
  })
})

describe('snapshots', () => {
  const before = spot.depth(110, 100, { ids: [1, 5], b: [['10', '1']] })
  const newer = spot.depth(210, 200, { ids: [6, 9], b: [['10', '0']] })
  const stale = (id: number): string => spot.snapshot(220, id, [['10', '7']], [['11', '8']])

  test('a spot snapshot takes the time of the last diff that it contains', () => {
    const rows = rowsIn([before, newer, stale(5)])
    const times = rows.filter(({ kind }) => kind === SNAPSHOT).map(({ exch }) => exch)
    expect(new Set(times)).toEqual(new Set([0]))
  })

  test('a spot snapshot older than every diff is dated one ms before the first', () => {
    const { rows } = decodeCapture(captureOf(before, stale(0)))
    expect(rows.originNs).toBe(BigInt(BASE_MS + 99) * 1_000_000n)
    expect(rows.kind[0]).toBe(CLEAR)
  })

  test('stitching sends newer diffs again after the snapshot, to the local side only', () => {
    const rows = rowsIn([before, newer, stale(5)], { stitch: true })
    const again = rows.at(-1)!
    expect(again).toEqual({
      kind: DEPTH,
      flags: LOCAL | BUY,
      exch: 100 * MS,
      local: 120 * MS,
      price: 10,
      qty: 0,
    })
    expect(rows.slice(0, -1)).toEqual(rowsIn([before, newer, stale(5)]))
  })

  test('stitching changes nothing when the snapshot contains every diff before it', () => {
    expect(rowsIn([before, newer, stale(9)], { stitch: true })).toEqual(
      rowsIn([before, newer, stale(9)]),
    )
  })
})

test('bookTicker messages are read for comparing books', () => {
  const tickers = decodeBookTickers(
    captureOf(futures.trade(1, 0, '1', '1', true), futures.ticker(0, 7)),
  )
  expect(tickers.length).toBe(1)
  expect([tickers.updateId[0], tickers.bidPrice[0], tickers.bidQty[0]]).toEqual([7, 1.5, 2])
  expect([tickers.askPrice[0], tickers.askQty[0]]).toEqual([1.6, 0.25])
})
