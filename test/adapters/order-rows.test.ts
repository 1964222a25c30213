/**
 * Rows of single orders in files. Ids are unsigned 64-bit numbers and come back exactly from every
 * format; rows without them are as they were before there were any.
 */
import { type MarketRows, RowKind } from '@escapement/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeDataset, encodeDataset } from '../../adapters/dataset/codec.ts'
import { dataHash } from '../../adapters/market-data/data-hash.ts'
import { inUnits } from '../../adapters/market-data/decimals.ts'
import { joinRows } from '../../adapters/market-data/join-rows.ts'
import { validateMarketRows } from '../../adapters/market-data/validate.ts'
import { decodeNpz } from '../../adapters/npz/decode.ts'
import { encodeNpy, encodeNpz } from '../../adapters/npz/encode.ts'
import { type RowSpec, refusal, rowsOf } from './kit.ts'

const { ADD, CANCEL, MODIFY, FILL, DEPTH, TRADE } = RowKind
const LARGEST = 2n ** 64n - 1n
const add: RowSpec = {
  kind: ADD,
  flags: 7,
  exch: 0,
  local: 5,
  price: 1005,
  qty: 3,
  orderId: LARGEST,
}
const trade: RowSpec = { ...add, kind: TRADE, orderId: 0n }
const market = (...specs: RowSpec[]): MarketRows => rowsOf(specs)

const ids = fc.oneof(
  fc.bigInt({ min: 0n, max: 3n }),
  fc.bigInt({ min: 2n ** 53n - 1n, max: 2n ** 53n + 3n }),
  fc.bigInt({ min: 0n, max: LARGEST }),
)
const arbitraryOrders = fc
  .array(
    fc.record({
      kind: fc.constantFrom(ADD, CANCEL, MODIFY, FILL, TRADE),
      id: ids,
      seen: fc.constantFrom(1, 2, 3),
      price: fc.integer({ min: 1, max: 1e6 }),
      qty: fc.integer({ min: 1, max: 1e6 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((rows) => {
    const specs = rows.map(({ kind, id, seen, price, qty }, row) => {
      const orderId = kind === TRADE ? 0n : id
      return { kind, flags: seen | 4, exch: row, local: row + 5, price, qty, orderId }
    })
    return rowsOf([add, ...specs])
  })

describe('ids of orders', () => {
  test('come back from a dataset', () => {
    fc.assert(
      fc.property(arbitraryOrders, (rows) => {
        expect(decodeDataset(encodeDataset(rows)).rows).toEqual(rows)
      }),
      { numRuns: 200 },
    )
  })

  test('come back from npy and npz', () => {
    fc.assert(
      fc.property(arbitraryOrders, ({ originNs, ...rows }) => {
        // Times of a file count from its first one.
        const { priceDecimals, qtyDecimals } = rows
        const options = { units: { priceDecimals, qtyDecimals } }
        const given = { originNs, ...rows }
        expect(decodeNpz(encodeNpy(given), options)).toEqual(given)
        expect(decodeNpz(Buffer.concat(encodeNpz(given)), options)).toEqual(given)
      }),
      { numRuns: 200 },
    )
  })

  test('stay with their rows in other units, and joined', () => {
    const rows = market(add, trade)
    expect(inUnits(rows, { priceDecimals: 3, qtyDecimals: 4 }).orderId).toEqual(rows.orderId)
    const later = { ...market({ ...add, orderId: 8n }), originNs: rows.originNs + 10n }
    expect(joinRows([rows, later]).orderId).toEqual(BigUint64Array.of(LARGEST, 0n, 8n))
    const levels = { ...market({ ...add, kind: DEPTH, orderId: 0n }), originNs: later.originNs }
    expect(refusal(() => joinRows([rows, levels]))).toMatchObject({ code: 'ESC_DATA_KIND', row: 2 })
  })

  test('are part of the hash; rows without any have the hash that they always had', () => {
    expect(dataHash(market(add))).not.toBe(dataHash(market({ ...add, orderId: 1n })))
    const { orderId: _, ...level } = { ...add, kind: DEPTH }
    expect(dataHash(rowsOf([level]))).toBe(
      '1f263d192b885365834a909f160b1c98a8ccf3165a92196314e163104f47e909',
    )
    expect(rowsOf([level])).not.toHaveProperty('orderId')
  })

  test('of an npy that names no order are not kept', () => {
    const { orderId: _, ...level } = { ...add, kind: DEPTH }
    const bytes = encodeNpy(rowsOf([level]))
    new DataView(bytes.buffer).setBigUint64(bytes.length - 24, 77n, true)
    expect(decodeNpz(bytes)).not.toHaveProperty('orderId')
  })
})

describe('validation', () => {
  const fine = market(add, { ...add, kind: CANCEL, qty: 0, flags: 3 })

  test('takes a CANCEL of any quantity and side', () => {
    expect(validateMarketRows(fine)).toBe(fine)
  })

  test.each<[string, MarketRows, object]>([
    ['a level', market(add, { ...add, kind: DEPTH, orderId: 0n }), { code: 'ESC_DATA_KIND' }],
    ['an ADD of nothing', market(add, { ...add, qty: 0 }), { code: 'ESC_DATA_QTY' }],
    [
      'a MODIFY to nothing',
      market(add, { ...add, kind: MODIFY, qty: 0 }),
      { code: 'ESC_DATA_QTY' },
    ],
    ['a FILL of nothing', market(add, { ...add, kind: FILL, qty: 0 }), { code: 'ESC_DATA_QTY' }],
    ['an ADD of no side', market(add, { ...add, flags: 3 }), { code: 'ESC_DATA_KIND' }],
    ['a TRADE of an order', market(add, { ...trade, orderId: 7n }), { code: 'ESC_DATA_ORDER' }],
  ])('refuses %s with its row', (_, rows, error) => {
    expect(refusal(() => validateMarketRows(rows, 'd'))).toMatchObject({
      ...error,
      file: 'd',
      row: 1,
    })
  })

  test('refuses a column of ids that is missing or of another length', () => {
    const { orderId, ...without } = fine
    const expected = { code: 'ESC_DATA_FORMAT', field: 'orderId' }
    expect(refusal(() => validateMarketRows(without))).toMatchObject(expected)
    const short = { ...fine, orderId: orderId!.slice(1) }
    expect(refusal(() => validateMarketRows(short))).toMatchObject(expected)
  })
})
