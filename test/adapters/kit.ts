import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CodedError, type ErrorCode, type ErrorFacts, type MarketRows } from '@escapement/core'
import fc from 'fast-check'
import { onTestFinished } from 'vitest'
import { allocateColumns, marketRows } from '../../adapters/market-data/columns.ts'

/** A directory that is removed when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'escapement-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Code and facts of the CodedError that `run` must throw. */
export function refusal(run: () => unknown): ErrorFacts & { readonly code: ErrorCode } {
  try {
    run()
  } catch (error) {
    if (error instanceof CodedError) return { code: error.code, ...error.facts }
    throw error
  }
  throw new Error('nothing was refused')
}

export type RowSpec = {
  readonly kind: number
  readonly flags: number
  readonly exch: number
  readonly local: number
  readonly price: number
  readonly qty: number
  readonly orderId?: bigint
}

/** Rows from one object a row: for tests only. */
export function rowsOf(
  specs: readonly RowSpec[],
  { originNs = 1_723_161_256_298_000_001n, priceDecimals = 1, qtyDecimals = 3 } = {},
): MarketRows {
  const columns = allocateColumns(
    specs.length,
    specs.some(({ orderId }) => orderId !== undefined),
  )
  specs.forEach((spec, row) => {
    columns.kind[row] = spec.kind
    columns.flags[row] = spec.flags
    columns.exchTime[row] = spec.exch
    columns.localTime[row] = spec.local
    columns.price[row] = spec.price
    columns.qty[row] = spec.qty
    if (columns.orderId !== undefined) columns.orderId[row] = spec.orderId ?? 0n
  })
  return marketRows(columns, originNs, priceDecimals, qtyDecimals)
}

/** The rows as objects, to compare and to read in a failure. */
export function specsOf(rows: MarketRows): RowSpec[] {
  return Array.from({ length: rows.length }, (_, row) => ({
    kind: rows.kind[row]!,
    flags: rows.flags[row]!,
    exch: rows.exchTime[row]!,
    local: rows.localTime[row]!,
    price: rows.price[row]!,
    qty: rows.qty[row]!,
  }))
}

const WHOLE = 0x7fffffff
const kindAndFlags = fc.oneof(
  fc.record({ kind: fc.constantFrom(1, 4), side: fc.constantFrom(4, 8) }),
  fc.record({ kind: fc.constantFrom(2, 3), side: fc.constantFrom(0, 4, 8) }),
)

/** Valid rows: both views non-decreasing, the smallest time 0, any decimals from 0 to 12. */
export const arbitraryRows: fc.Arbitrary<MarketRows> = fc
  .record({
    originNs: fc.bigInt({ min: 1n << 32n, max: 1n << 61n }),
    priceDecimals: fc.nat({ max: 12 }),
    qtyDecimals: fc.nat({ max: 12 }),
    lag: fc.nat({ max: 2 ** 40 }),
    rows: fc.array(
      fc.record({
        what: kindAndFlags,
        seen: fc.constantFrom(1, 2, 3),
        exchStep: fc.oneof(fc.constant(0), fc.nat({ max: 2 ** 36 })),
        localStep: fc.oneof(fc.constant(0), fc.nat({ max: 2 ** 36 })),
        price: fc.integer({ min: -WHOLE + 1, max: WHOLE - 1 }),
        whole: fc.boolean(),
        qty: fc.oneof(fc.nat({ max: 1000 }), fc.nat({ max: 1e12 })),
      }),
      { minLength: 1, maxLength: 40 },
    ),
  })
  .map(({ originNs, priceDecimals, qtyDecimals, lag, rows }) => {
    let exch = 0
    let local = lag
    const specs = rows.map(({ what, seen, exchStep, localStep, price, whole, qty }, index) => {
      exch += index === 0 ? 0 : exchStep
      local += localStep
      const units = what.kind === 3 && whole ? WHOLE : price
      return { kind: what.kind, flags: seen | what.side, exch, local, price: units, qty }
    })
    return rowsOf(specs, { originNs, priceDecimals, qtyDecimals })
  })
