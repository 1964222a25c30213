/**
 * Columnar dataset. What is written is read back as the same rows without copying columns, and no
 * damaged byte passes unnoticed.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MarketRows } from '@escapement/core'
import { tableFromIPC } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeDataset, encodeDataset } from '../../adapters/dataset/codec.ts'
import { readDataset, writeDataset } from '../../adapters/dataset/dataset.ts'
import type { DatasetInfo } from '../../adapters/dataset/schema.ts'
import { seal } from '../../adapters/dataset/seal.ts'
import { dataHash } from '../../adapters/market-data/data-hash.ts'
import { arbitraryRows, refusal, rowsOf, temporaryDirectory } from './kit.ts'

const rows = rowsOf(
  Array.from({ length: 100 }, (_, i) => ({
    kind: 1,
    flags: i % 2 === 0 ? 7 : 11,
    exch: i * 1_000,
    local: i * 1_000 + 77,
    price: 617_000 + i,
    qty: i,
  })),
)
const info: DatasetInfo = {
  symbol: 'BTCUSDT',
  provenance: { source: { file: 'btc.gz', sha256: '00ff'.repeat(16) }, options: { stitch: true } },
}
const file = 'btc.arrow'

describe('round trip', () => {
  test('any valid rows come back as they were, in their own units', () => {
    fc.assert(
      fc.property(arbitraryRows, (any) => {
        expect(decodeDataset(encodeDataset(any)).rows).toEqual(any)
      }),
    )
  })

  test('symbol, provenance and hash come back, and equal input gives equal bytes', () => {
    const bytes = encodeDataset(rows, info)
    expect(decodeDataset(bytes)).toEqual({ ...info, rows, dataHash: dataHash(rows) })
    expect(encodeDataset(rows, info)).toEqual(bytes)
    expect(decodeDataset(encodeDataset(rows))).not.toHaveProperty('symbol')
  })

  test('columns are views on the bytes; bytes that are not aligned are copied once', () => {
    const bytes = new Uint8Array(encodeDataset(rows))
    expect(decodeDataset(bytes).rows.qty.buffer).toBe(bytes.buffer)
    const shifted = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3)
    expect(decodeDataset(shifted).rows).toEqual(rows)
  })

  test('the schema is readable by others: names, types, metadata', () => {
    const { schema } = tableFromIPC(encodeDataset(rows, info))
    expect(schema.fields.map(({ name, type, nullable }) => [name, String(type), nullable])).toEqual(
      [
        ['kind', 'Uint8', false],
        ['flags', 'Uint8', false],
        ['exchTime', 'Float64', false],
        ['localTime', 'Float64', false],
        ['price', 'Int32', false],
        ['qty', 'Float64', false],
      ],
    )
    expect(Object.fromEntries(schema.metadata)).toEqual({
      format: 'escapement/market-rows',
      version: '1',
      originNs: '1723161256298000001',
      priceDecimals: '1',
      qtyDecimals: '3',
      rows: '100',
      dataHash: dataHash(rows),
      symbol: 'BTCUSDT',
      provenance: JSON.stringify(info.provenance),
    })
  })
})

describe('files', () => {
  test('writing replaces the file whole and leaves no temporary one', () => {
    const directory = temporaryDirectory()
    const path = join(directory, file)
    writeFileSync(path, 'what was there before')
    writeDataset(path, rows, info)
    expect(readDataset(path).rows).toEqual(rows)
    expect(readdirSync(directory)).toEqual([file])
  })

  test('rows that break the contract are not written', () => {
    const path = join(temporaryDirectory(), file)
    const back = rowsOf([
      { kind: 1, flags: 7, exch: 5, local: 5, price: 1, qty: 1 },
      { kind: 1, flags: 7, exch: 4, local: 6, price: 1, qty: 1 },
    ])
    expect(refusal(() => writeDataset(path, back))).toMatchObject({ code: 'ESC_DATA_TIME', row: 1 })
    expect(refusal(() => readFileSync(readDataset(path).dataHash)).code).toBe('ESC_DATA_READ')
  })

  test('a directory that does not exist is refused', () => {
    const path = join(temporaryDirectory(), 'missing', file)
    expect(refusal(() => writeDataset(path, rows))).toMatchObject({
      code: 'ESC_OUTPUT',
      file: path,
    })
  })
})

describe('damage', () => {
  const bytes = encodeDataset(rows, info)
  const refuses = (damaged: Uint8Array) => refusal(() => decodeDataset(damaged, file))
  /** The dataset as another writer would have made it: changed, and sealed again. */
  const edited = (from: string, to: string): Uint8Array => {
    const text = Buffer.from(bytes).toString('latin1').replaceAll(from, to)
    const at = text.indexOf('ESCSEAL1')
    const { kind, qty } = decodeDataset(new Uint8Array(bytes)).rows
    const plain = Buffer.from(text.slice(0, at) + text.slice(at + 32), 'latin1')
    return seal(plain, kind.byteOffset, qty.byteOffset + qty.byteLength)
  }

  test('a changed value is found by the hash, which names both', () => {
    const damaged = Uint8Array.from(bytes)
    const qty = decodeDataset(damaged).rows.qty
    new Float64Array(damaged.buffer, qty.byteOffset, qty.length)[7] = 8
    expect(refuses(damaged)).toMatchObject({
      code: 'ESC_DATASET_HASH',
      file,
      needed: dataHash(rows),
    })
  })

  test('metadata changed without sealing again are refused before they are read', () => {
    const text = Buffer.from(bytes).toString('latin1')
    const changed = Buffer.from(text.replaceAll('BTCUSDT', 'ETHUSDT'), 'latin1')
    expect(refuses(changed)).toMatchObject({ code: 'ESC_DATASET_READ', found: 'damaged metadata' })
    const unsealed = Buffer.from(text.replace('ESCSEAL1', 'ESCSEAL2'), 'latin1')
    expect(refuses(unsealed)).toMatchObject({ code: 'ESC_DATASET_READ', found: 'no seal' })
  })

  test('a changed origin is found by the hash', () => {
    expect(refuses(edited('1723161256298000001', '1723161256298000002')).code).toBe(
      'ESC_DATASET_HASH',
    )
  })

  test('a file cut anywhere is refused', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(refuses(bytes.subarray(0, length)).code, `cut at ${length}`).toBe('ESC_DATASET_READ')
    }
  })

  test('no flipped bit gives other rows', () => {
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Uint8Array.from(bytes)
      damaged[at] = damaged[at]! ^ 0x10
      let read: MarketRows | undefined
      try {
        read = decodeDataset(damaged).rows
      } catch (error) {
        expect(error).toMatchObject({ name: 'CodedError' })
      }
      // Bytes that fill up between columns may change; nothing is read from them.
      if (read !== undefined) expect(dataHash(read)).toBe(dataHash(rows))
    }
  })

  test.each([
    ['another format', 'escapement/market-rows', 'escapement/other--rows', 'metadata format'],
    ['a key that is missing', 'priceDecimals', 'priceDecimalz', 'metadata priceDecimals'],
    ['provenance that is no JSON', '{"source"', '["source"', 'metadata provenance'],
    ['another column', 'exchTime', 'exchTyme', 'column 2'],
  ])('%s is refused by name', (_, from, to, field) => {
    expect(refuses(edited(from, to))).toMatchObject({ code: 'ESC_DATASET_READ', file, field })
  })
})
