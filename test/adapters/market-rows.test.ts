/**
 * Rows that adapters hand over. Changing units is lossless or refused, and every promise of the
 * contract of MarketRows is checked: one broken row at a time is named.
 */
import { type MarketRows, parseDecimal } from '@escapement/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecimalText } from '../../adapters/market-data/decimal-text.ts'
import { inUnits, normaliseDecimals } from '../../adapters/market-data/decimals.ts'
import { validateMarketRows } from '../../adapters/market-data/validate.ts'
import { arbitraryRows, type RowSpec, refusal, rowsOf } from './kit.ts'

const row: RowSpec = { kind: 1, flags: 7, exch: 0, local: 5, price: 1005, qty: 3 }
const rows = rowsOf([row, { ...row, flags: 11, exch: 9, local: 9, price: 1006 }])

describe('decimal texts', () => {
  const decimal = new DecimalText()
  const read = (text: string) =>
    decimal.read(text) ? { digits: BigInt(decimal.digits), scale: decimal.scale } : undefined

  test('are read as the exact parser of the Core reads them', () => {
    const digits = fc.stringMatching(/^[0-9]{1,7}$/)
    fc.assert(
      fc.property(digits, fc.option(digits), (whole, fraction) => {
        const text = fraction === null ? whole : `${whole}.${fraction}`
        expect(read(text)).toEqual(parseDecimal(text))
      }),
      { numRuns: 1_000 },
    )
  })

  test.each([
    '',
    '.',
    '1.',
    '.5',
    '-1',
    '+1',
    '1e3',
    ' 1',
    '1 ',
    '1.2.3',
    'NaN',
    '9007199254740993',
  ])('%j is refused', (text) => expect(read(text)).toBeUndefined())

  test('zeros at the end do not use up the 53 bits', () => {
    expect(read('9007199254740991.00000000')).toEqual({ digits: 9007199254740991n, scale: 0 })
  })
})

describe('units', () => {
  test('finer units and back again are the same rows; the coarsest units are a fixed point', () => {
    fc.assert(
      fc.property(arbitraryRows, (any) => {
        const coarse = normaliseDecimals(any)
        const { priceDecimals, qtyDecimals } = any
        expect(inUnits(coarse, { priceDecimals, qtyDecimals })).toEqual(any)
        expect(normaliseDecimals(coarse)).toEqual(coarse)
      }),
    )
  })

  test('a price too large for the finer unit names its row', () => {
    expect(refusal(() => inUnits(rows, { priceDecimals: 9, qtyDecimals: 3 }, 'btc'))).toMatchObject(
      {
        code: 'ESC_DATA_TICK',
        file: 'btc',
        row: 0,
      },
    )
  })
})

describe('validation', () => {
  const broken = (change: Partial<RowSpec>): MarketRows => rowsOf([row, { ...row, ...change }])
  test.each([
    ['ESC_DATA_KIND', { kind: 5 }],
    ['ESC_DATA_KIND', { flags: 3 }],
    ['ESC_DATA_KIND', { flags: 15 }],
    ['ESC_DATA_KIND', { flags: 64 | 7 }],
    ['ESC_DATA_PRICE', { price: 0x7fffffff }],
    ['ESC_DATA_QTY', { qty: -1 }],
    ['ESC_DATA_QTY', { qty: 0.5 }],
    ['ESC_DATA_QTY', { qty: Number.NaN }],
    ['ESC_DATA_TIME', { exch: -1 }],
    ['ESC_DATA_TIME', { local: 4 }],
    ['ESC_DATA_TIME', { local: 2 ** 53 }],
    ['ESC_DATA_TIME', { exch: 0.5 }],
  ] as const)('%s names the row of %o', (code, change) => {
    expect(refusal(() => validateMarketRows(broken(change), 'btc'))).toMatchObject({
      code,
      file: 'btc',
      row: 1,
    })
  })

  test('columns of different length, bad decimals and no rows are refused', () => {
    const shape = (change: Partial<MarketRows>) =>
      refusal(() => validateMarketRows({ ...rows, ...change }))
    expect(shape({ qty: new Float64Array(1) })).toMatchObject({
      code: 'ESC_DATA_FORMAT',
      field: 'qty',
    })
    expect(shape({ priceDecimals: 13 })).toMatchObject({
      code: 'ESC_DATA_FORMAT',
      field: 'priceDecimals',
    })
    expect(refusal(() => validateMarketRows(rowsOf([]))).code).toBe('ESC_DATA_EMPTY')
  })
})
