/**
 * Market data of any format. The hash is computed once more here from its documented layout, and
 * one file in every format gives the same rows under whatever name it has.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { MarketRows } from '@escapement/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dataHash } from '../../adapters/market-data/data-hash.ts'
import { readMarketData, readMarketRows } from '../../adapters/market-data/read.ts'
import { type WritableFormat, writeMarketRows } from '../../adapters/market-data/write.ts'
import { fixtures } from '../kit/fixtures.ts'
import { captureOf, futures } from './capture-lines.ts'
import { arbitraryRows, type RowSpec, refusal, rowsOf, temporaryDirectory } from './kit.ts'

const row: RowSpec = { kind: 1, flags: 7, exch: 0, local: 5, price: 1005, qty: 3 }
const rows = rowsOf([
  row,
  { ...row, flags: 11, exch: 2 ** 40 + 1, local: 2 ** 41 + 3, price: 1006 },
])

describe('dataHash', () => {
  test('is SHA-256 of the layout in docs/formats.md', () => {
    fc.assert(
      fc.property(arbitraryRows, (any) => {
        expect(dataHash(any)).toBe(createHash('sha256').update(canonical(any)).digest('hex'))
      }),
    )
  })

  test('is the same on every machine and Node major', () => {
    expect(dataHash(rows)).toBe('2fccdbf7a2fbd2d1d68faa83dbf8eca56a72789b389656fb834a1e1ac169115d')
  })

  test('changes with the origin, the units, and every column of every row', () => {
    const hashes = [
      rows,
      { ...rows, originNs: rows.originNs + 1n },
      { ...rows, priceDecimals: 2 },
      { ...rows, qtyDecimals: 2 },
      ...[
        { kind: 2 },
        { flags: 3 },
        { exch: 1 },
        { local: 6 },
        { price: -1 },
        { qty: 2 ** 40 },
      ].map((change) =>
        rowsOf([
          { ...row, ...change },
          { ...row, exch: 9, local: 9 },
        ]),
      ),
    ].map((changed) => dataHash(changed))
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})

describe('formats', () => {
  const capture = captureOf(
    futures.depth(5, 2, { ids: [1, 2], b: [['10.10', '1.000']], a: [['10.40', '0.500']] }),
    futures.trade(6, 3, '10.40', '0.125', false),
  )

  test('one capture gives one hash in every format, whatever the file is called', () => {
    const directory = temporaryDirectory()
    const source = join(directory, 'source')
    writeFileSync(source, capture)
    const original = readMarketData(source)
    expect(original).toMatchObject({ format: 'capture', symbol: 'BTCUSDT' })
    const formats: WritableFormat[] = ['npz', 'npy', 'dataset']
    for (const format of formats) {
      const path = join(directory, 'copy.bin')
      writeMarketRows(path, original.rows, format)
      expect(readMarketData(path).format).toBe(format)
      expect(dataHash(readMarketRows(path))).toBe(dataHash(original.rows))
      writeFileSync(path, gzipSync(readFileSync(path)))
      expect(dataHash(readMarketRows(path))).toBe(dataHash(original.rows))
    }
  })

  test('provenance names the source file and its hash, and a dataset passes it on', () => {
    const directory = temporaryDirectory()
    const source = join(directory, 'btc.gz')
    const packed = gzipSync(capture)
    writeFileSync(source, packed)
    const { rows: converted, provenance, symbol } = readMarketData(source, { stitch: true })
    expect(provenance).toEqual({
      source: { file: 'btc.gz', sha256: createHash('sha256').update(packed).digest('hex') },
      options: { stitch: true },
    })
    const path = join(directory, 'btc.arrow')
    writeMarketRows(path, converted, 'dataset', { symbol: symbol!, provenance })
    expect(readMarketData(path)).toMatchObject({ format: 'dataset', symbol: 'BTCUSDT', provenance })
    expect(refusal(() => readMarketRows(path, { symbol: 'ETHUSDT' })).code).toBe(
      'ESC_BINANCE_SYMBOL',
    )
  })

  test('units asked for are given by every format, or refused with the row', () => {
    const directory = temporaryDirectory()
    const path = join(directory, 'data')
    for (const format of ['npz', 'npy', 'dataset'] as const) {
      writeMarketRows(path, rows, format)
      const finer = readMarketRows(path, { units: { priceDecimals: 3, qtyDecimals: 4 } })
      expect([finer.price[1], finer.qty[1]]).toEqual([100_600, 30])
      const coarser = refusal(() =>
        readMarketRows(path, { units: { priceDecimals: 0, qtyDecimals: 3 } }),
      )
      expect(coarser).toMatchObject({ row: 0, found: '100.5', file: path })
      expect(coarser.code).toBe(format === 'dataset' ? 'ESC_DATA_UNIT' : 'ESC_NPZ_UNIT')
    }
  })

  test('an empty file, an unknown format, and a damaged gzip are refused by name', () => {
    const path = join(temporaryDirectory(), 'data')
    const refuses = (bytes: Uint8Array | string) => {
      writeFileSync(path, bytes)
      return refusal(() => readMarketRows(path))
    }
    expect(refuses('')).toMatchObject({ code: 'ESC_DATA_EMPTY', file: path })
    expect(refuses('time,price\n')).toMatchObject({ code: 'ESC_DATA_FORMAT', file: path })
    expect(refuses(gzipSync('time,price\n'))).toMatchObject({ code: 'ESC_DATA_FORMAT' })
    expect(refuses(gzipSync(capture).subarray(0, 60))).toMatchObject({
      code: 'ESC_DATA_READ',
      file: path,
    })
    expect(refusal(() => readMarketRows(`${path}.missing`)).code).toBe('ESC_DATA_READ')
  })

  test.skipIf(!fixtures.available)(
    'a real capture gives one hash as capture, npz and dataset',
    () => {
      const path = join(temporaryDirectory(), 'spot.arrow')
      const name = fixtures.path('data/binance/spot_btcusdt_20240808')
      const fromCapture = readMarketRows(`${name}.gz`)
      writeMarketRows(path, fromCapture, 'dataset')
      const hashes = [fromCapture, readMarketRows(`${name}.npz`), readMarketRows(path)].map(
        dataHash,
      )
      expect(new Set(hashes).size).toBe(1)
    },
  )
})

/** The layout of docs/formats.md, one value after another. */
function canonical(any: MarketRows): Uint8Array {
  const name = Buffer.from('escapement/market-rows/1\n')
  const bytes = Buffer.alloc(name.length + 24 + 32 * any.length)
  let at = name.copy(bytes)
  at = bytes.writeBigInt64LE(any.originNs, at)
  at = bytes.writeUInt32LE(any.priceDecimals, at)
  at = bytes.writeUInt32LE(any.qtyDecimals, at)
  at = bytes.writeBigUInt64LE(BigInt(any.length), at)
  for (let i = 0; i < any.length; i++) {
    at = bytes.writeUInt8(any.kind[i]!, at)
    at = bytes.writeUInt8(any.flags[i]!, at)
    at = bytes.writeUInt16LE(0, at)
    at = bytes.writeInt32LE(any.price[i]!, at)
    at = bytes.writeBigInt64LE(BigInt(any.exchTime[i]!), at)
    at = bytes.writeBigInt64LE(BigInt(any.localTime[i]!), at)
    at = bytes.writeBigInt64LE(BigInt(any.qty[i]!), at)
  }
  return bytes
}
