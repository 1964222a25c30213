/**
 * npz. Rows written and read again are the same rows, whatever their units; what numpy's layout
 * says is checked against bytes laid out by hand, not by our own writer.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RowFlag, RowKind, WHOLE_SIDE } from '@escapement/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dataHash } from '../../adapters/market-data/data-hash.ts'
import { normaliseDecimals } from '../../adapters/market-data/decimals.ts'
import { validateMarketRows } from '../../adapters/market-data/validate.ts'
import { decodeNpz } from '../../adapters/npz/decode.ts'
import { encodeNpy, encodeNpz } from '../../adapters/npz/encode.ts'
import { readNpz, writeNpz } from '../../adapters/npz/npz.ts'
import { fixtures } from '../kit/fixtures.ts'
import { arbitraryRows, rowsOf, specsOf, temporaryDirectory } from './kit.ts'
import { BOTH, type Event, npyOf } from './npy-bytes.ts'

const bid: Event = { ev: BOTH + 2 ** 29 + 1, exch: 1_000n, local: 2_000n, px: 100.5, qty: 0.003 }
const ask: Event = { ev: BOTH + 2 ** 28 + 1, exch: 1_001n, local: 2_001n, px: 100.6, qty: 12 }

describe('reading', () => {
  test('the coarsest powers of ten that hold every price and every quantity are the units', () => {
    const rows = decodeNpz(npyOf([bid, ask]))
    expect([rows.priceDecimals, rows.qtyDecimals]).toEqual([1, 3])
    expect(specsOf(rows)).toEqual([
      {
        kind: RowKind.DEPTH,
        flags: 1 | 2 | RowFlag.BUY,
        exch: 0,
        local: 1_000,
        price: 1005,
        qty: 3,
      },
      {
        kind: RowKind.DEPTH,
        flags: 1 | 2 | RowFlag.SELL,
        exch: 1,
        local: 1_001,
        price: 1006,
        qty: 12_000,
      },
    ])
  })

  test('units of the configuration are kept though coarser ones would do', () => {
    const rows = decodeNpz(npyOf([bid]), { units: { priceDecimals: 2, qtyDecimals: 5 } })
    expect([rows.priceDecimals, rows.price[0], rows.qtyDecimals, rows.qty[0]]).toEqual([
      2, 10_050, 5, 300,
    ])
  })

  test('nanoseconds beyond 2^53 are not rounded, and the origin is the smallest of all times', () => {
    const start = 1_723_161_256_298_000_001n
    const rows = decodeNpz(
      npyOf([
        { ...bid, exch: start + 2n, local: start + 3n },
        { ...ask, exch: start + 4n, local: start + 2n ** 33n },
        { ...ask, ev: 2 ** 31 + 2 ** 28 + 2, exch: start + 5n, local: start },
      ]),
    )
    expect(rows.originNs).toBe(start)
    expect([...rows.exchTime]).toEqual([2, 4, 5])
    expect([...rows.localTime]).toEqual([3, 2 ** 33, 0])
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'a clear row with px %d clears the whole side',
    (px) => {
      const rows = decodeNpz(npyOf([{ ...bid, ev: BOTH + 2 ** 29 + 3, px, qty: 0 }]))
      expect(rows.price[0]).toBe(WHOLE_SIDE)
    },
  )

  test('a best bid and offer row is left out and neither its times nor its values count', () => {
    const bbo: Event = {
      ev: BOTH + 2 ** 29 + 5,
      exch: 1n,
      local: 1n,
      px: 0.123456,
      qty: Number.NaN,
    }
    expect(specsOf(decodeNpz(npyOf([bbo, bid, bbo])))).toEqual(specsOf(decodeNpz(npyOf([bid]))))
  })

  test('a trade without a side and a clear row without a side are kept', () => {
    const rows = decodeNpz(
      npyOf([
        { ...bid, ev: BOTH + 2 },
        { ...bid, ev: BOTH + 3 },
      ]),
    )
    expect([...rows.flags]).toEqual([3, 3])
  })

  test('field names may differ, as numpy makes them up for unnamed fields', () => {
    const bytes = npyOf([bid], { header: (text) => text.replaceAll(/'(ev|px|qty)'/g, "'f_$1'") })
    expect(decodeNpz(bytes).length).toBe(1)
  })
})

describe('writing', () => {
  test('rows written and read again are the same rows in their coarsest units', () => {
    fc.assert(
      fc.property(arbitraryRows, fc.boolean(), (rows, compress) => {
        const expected = normaliseDecimals(rows)
        validateMarketRows(rows)
        expect(decodeNpz(Buffer.concat(encodeNpz(rows, compress)))).toEqual(expected)
        const { priceDecimals, qtyDecimals } = rows
        expect(decodeNpz(encodeNpy(rows), { units: { priceDecimals, qtyDecimals } })).toEqual(rows)
      }),
      { numRuns: 200 },
    )
  })

  test('the bytes are those that numpy lays out', () => {
    const rows = rowsOf(
      [
        { kind: 1, flags: 7, exch: 999, local: 1_999, price: 1005, qty: 3 },
        { kind: 1, flags: 11, exch: 1_000, local: 2_000, price: 1006, qty: 12_000 },
      ],
      { originNs: 1n },
    )
    expect(Buffer.from(encodeNpy(rows))).toEqual(Buffer.from(npyOf([bid, ask])))
  })

  test('npz -> rows -> npz -> rows holds for files, and the ending chooses npy', () => {
    const directory = temporaryDirectory()
    const source = join(directory, 'source.npy')
    writeFileSync(source, npyOf([bid, ask]))
    const rows = readNpz(source)
    for (const name of ['copy.npz', 'copy.npy']) {
      writeNpz(join(directory, name), rows)
      expect(readNpz(join(directory, name))).toEqual(rows)
    }
    expect(readFileSync(join(directory, 'copy.npy'))).toEqual(readFileSync(source))
  })

  test.skipIf(!fixtures.available)('a real file comes back with the same rows', () => {
    const path = join(temporaryDirectory(), 'copy.npz')
    const rows = readNpz(fixtures.path('data/binance/spot_btcusdt_20240808.npz'))
    writeNpz(path, rows)
    expect(dataHash(readNpz(path))).toBe(dataHash(rows))
  })
})
