import type { RuleCounts, Tally } from '../report.ts'
import type { Authority } from '../steps/format.ts'
import { count, exact, toFloat } from '../steps/grid.ts'
import { judgeCases } from './cases.ts'

export type GridCase = {
  readonly authority: Authority
  readonly value: number
  readonly unit: number
  readonly side: 'buy' | 'sell'
  readonly exact_price: number
  readonly exact_qty: number
}

/**
 * A price goes down for a buy and up for a sell, a quantity goes down. Our Core has no rounding of
 * its own, since Intents are ticks and lots; this is how the mapping normalises (`steps/grid.ts`).
 */
export const judgeGrid = (cases: readonly GridCase[], counts: RuleCounts): Tally =>
  judgeCases(
    cases,
    ({ value, unit, side }) => `${side} ${value} on ${unit}`,
    ({ value, unit, side, exact_price, exact_qty }) => {
      const grid = exact(unit)
      const { floor, ceil } = count(value, grid)
      const price = (side === 'buy' ? floor : ceil) * toFloat(grid)
      return { expected: [exact_price, exact_qty], found: [price, floor * toFloat(grid)] }
    },
    counts,
  )
