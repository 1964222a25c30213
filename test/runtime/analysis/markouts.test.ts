import { BUY, RowKind, SELL } from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { markoutStatistics, markouts } from '../../../runtime/analysis/markouts.ts'
import {
  lastAt,
  type MidSeries,
  midsOfMarket,
  midsOfSamples,
} from '../../../runtime/analysis/mid-series.ts'
import { backtestOf, market } from '../../kit/backtest.ts'
import { inverse, linear } from '../../kit/configuration.ts'
import { fill, point } from './kit.ts'

const mids: MidSeries = {
  time: [100, 200, 300],
  bid: [100, 104, Number.NaN],
  ask: [102, 105, Number.NaN],
  end: 400,
  isComplete: true,
}
const exch = ({ exchTime }: { exchTime: number }) => exchTime
const valuesAt = (fills: Parameters<typeof markouts>[0], horizons: number[], series = mids) =>
  markouts(fills, series, exch, linear, horizons).map(({ value }) => value)

describe('a markout is what closing at the mid would have made', () => {
  it('after a buy and after a sell, between two ticks as well', () => {
    // 3 lots of 0.0001 USDT a tick, in units of 10^-8.
    expect(valuesAt([fill(150, BUY, 100, 3)], [0, 50])).toEqual([30_000n, 135_000n])
    expect(valuesAt([fill(150, SELL, 102, 3)], [0, 50])).toEqual([30_000n, -75_000n])
  })

  it('of an inverse contract in its own currency', () => {
    const [found] = markouts([fill(150, BUY, 100, 1_000)], mids, exch, inverse, [50])
    // 1000 USD bought at 50.00 and closed at 52.25: 20 - 19.13875598 BTC.
    expect(found!.value).toBe(86_124_402n)
  })

  it('is unknown before the first mid, over an empty side, and after the last time', () => {
    expect(valuesAt([fill(50, BUY, 100, 1)], [49, 50])).toEqual([null, 10_000n])
    expect(valuesAt([fill(300, BUY, 100, 1)], [0, 100, 101])).toEqual([null, null, null])
  })

  it('is unknown from samples if none was taken since the fill', () => {
    const samples = midsOfSamples([point(100, 0n), point(200, 0n, [104, 105])])
    expect(valuesAt([fill(150, BUY, 100, 1)], [10, 50], samples)).toEqual([null, 45_000n])
  })

  it('sums up over instruments, in basis points of what was traded', () => {
    const some = markouts(
      [fill(150, BUY, 100, 3), fill(390, BUY, 100, 1)],
      mids,
      exch,
      linear,
      [50],
    )
    expect(markoutStatistics([some, some], [linear, linear], [1n, 1n])).toEqual([
      // 4.5 ticks of 100, known for one of the two fills.
      { horizonNs: 50, known: 2, fills: 4, value: 270_000n, basisPoints: 450 },
    ])
    const [unknown] = markoutStatistics([some.slice(1)], [linear], [1n])
    expect(unknown).toMatchObject({ known: 0, basisPoints: null })
  })
})

describe('mids of a market', () => {
  const { exchange } = backtestOf(market(3, 5)).feed[0]!

  it('have an entry where the touch changes, and nowhere else', () => {
    const series = midsOfMarket(exchange)
    expect(series.time.length).toBeGreaterThan(20)
    expect(series.end).toBe(exchange.time[exchange.length - 1])
    for (let i = 1; i < series.time.length; i++) {
      expect(series.time[i]).toBeGreaterThan(series.time[i - 1]!)
      const isSame =
        Object.is(series.bid[i], series.bid[i - 1]) && Object.is(series.ask[i], series.ask[i - 1])
      expect(isSame).toBe(false)
    }
  })

  it('take rows of one time as one change, and a side that empties as unknown', () => {
    const rows = [
      [10, RowKind.DEPTH, BUY, 5, 1],
      [10, RowKind.DEPTH, SELL, 8, 1],
      [20, RowKind.TRADE, BUY, 8, 1],
      [30, RowKind.DEPTH, BUY, 5, 0],
      [40, RowKind.DEPTH, BUY, 6, 2],
    ] as const
    const column = (at: number) => rows.map((row) => row[at]!)
    const time = Float64Array.from(column(0))
    const series = midsOfMarket({
      ...{ length: rows.length, time, exchTime: time },
      kind: Uint8Array.from(column(1)),
      side: Int8Array.from(column(2)),
      price: Int32Array.from(column(3)),
      qty: Float64Array.from(column(4)),
      row: Uint32Array.from(rows.keys()),
    })
    expect(series).toEqual({
      time: [10, 30, 40],
      bid: [5, Number.NaN, 6],
      ask: [8, Number.NaN, 8],
      end: 40,
      isComplete: true,
    })
  })
})

describe('the last entry at or before a time', () => {
  it.each([
    [9, -1],
    [10, 0],
    [11, 0],
    [20, 2],
    [99, 3],
  ])('of 10, 20, 20, 30 at %s is entry %s', (at, entry) => {
    expect(lastAt([10, 20, 20, 30], at)).toBe(entry)
  })
})
