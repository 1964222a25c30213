/**
 * Real captures. Each converted capture equals the reference conversion beside it row for row, and
 * the book built from its rows equals the venue's own bookTicker wherever both end on one update.
 */
import { type MarketRows, RowFlag, RowKind } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { readBookTickers, readCapture } from '../../adapters/binance/capture.ts'
import { dataHash } from '../../adapters/market-data/data-hash.ts'
import { readNpz } from '../../adapters/npz/npz.ts'
import { fixtures } from '../kit/fixtures.ts'

const at = (name: string): string => fixtures.path(`data/binance/${name}`)

describe.skipIf(!fixtures.available)('captures of 2024-08-08', () => {
  test.each([
    { name: 'usdm_btcusdt_20240808', stitch: false, length: 491_973, shift: 1_272_156_851 },
    { name: 'usdm_btcusdt_20240808', stitch: true, length: 492_042, shift: 1_272_156_851 },
    { name: 'spot_btcusdt_20240808', stitch: false, length: 140_019, shift: 1_274_761_454 },
    { name: 'spot_btcusdt_20240808', stitch: true, length: 140_035, shift: 1_274_761_454 },
  ])(
    '$name, stitch $stitch: $length rows equal the reference',
    ({ name, stitch, length, shift }) => {
      const capture = readCapture(at(`${name}.gz`), { stitch, symbol: 'BTCUSDT' })
      const reference = readNpz(at(`${name}${stitch ? '.stitched' : ''}.npz`))
      expect(capture).toMatchObject({ market: name.slice(0, 4), clockShiftNs: shift, chainGaps: 0 })
      expect(capture.rows.length).toBe(length)
      expect(firstDifference(capture.rows, reference)).toBeUndefined()
      expect(dataHash(capture.rows)).toBe(dataHash(reference))
    },
  )

  test.each([
    { name: 'usdm_btcusdt_20240808', common: 629 },
    { name: 'spot_btcusdt_20240808', common: 564 },
  ])('$name: the book equals bookTicker at all $common common update ids', ({ name, common }) => {
    const { rows, updates } = readCapture(at(`${name}.gz`), { stitch: true })
    const tickers = readBookTickers(at(`${name}.gz`))
    const byId = new Map(Array.from(tickers.updateId, (id, index) => [id, index]))
    const book = new NaiveBook(rows)
    let equal = 0
    const different: unknown[] = []
    for (const [index, id] of updates.id.entries()) {
      const ticker = byId.get(id)
      if (ticker === undefined) continue
      book.advance(updates.localTime[index]!)
      const top = book.top()
      const { bidPrice, bidQty, askPrice, askQty } = tickers
      const said = [bidPrice[ticker], bidQty[ticker], askPrice[ticker], askQty[ticker]]
      if (top.every((value, place) => value === said[place])) equal++
      else different.push({ id, top, said })
    }
    expect(different).toEqual([])
    expect(equal).toBe(common)
  })
})

/** The book that the local view shows, in maps. */
class NaiveBook {
  readonly #rows: MarketRows
  readonly #bids = new Map<number, number>()
  readonly #asks = new Map<number, number>()
  #row = 0

  constructor(rows: MarketRows) {
    this.#rows = rows
  }

  advance(localTime: number): void {
    const rows = this.#rows
    for (; this.#row < rows.length; this.#row++) {
      const flags = rows.flags[this.#row]!
      if ((flags & RowFlag.LOCAL) === 0) continue
      if (rows.localTime[this.#row]! > localTime) return
      const kind = rows.kind[this.#row]
      const bid = (flags & RowFlag.BUY) !== 0
      const side = bid ? this.#bids : this.#asks
      const price = rows.price[this.#row]!
      if (kind === RowKind.CLEAR) {
        for (const level of side.keys())
          if (bid ? level >= price : level <= price) side.delete(level)
      } else if (kind !== RowKind.TRADE) {
        if (rows.qty[this.#row] === 0) side.delete(price)
        else side.set(price, rows.qty[this.#row]!)
      }
    }
  }

  top(): number[] {
    const bid = Math.max(...this.#bids.keys())
    const ask = Math.min(...this.#asks.keys())
    const price = 10 ** this.#rows.priceDecimals
    const qty = 10 ** this.#rows.qtyDecimals
    return [bid / price, this.#bids.get(bid)! / qty, ask / price, this.#asks.get(ask)! / qty]
  }
}

function firstDifference(a: MarketRows, b: MarketRows): string | undefined {
  for (const column of ['kind', 'flags', 'exchTime', 'localTime', 'price', 'qty'] as const) {
    for (let row = 0; row < Math.max(a.length, b.length); row++) {
      if (a[column][row] !== b[column][row]) return `${column} of row ${row}`
    }
  }
  return a.originNs === b.originNs ? undefined : 'originNs'
}
