import type { Instrument, RiskLimits } from '@escapement/core'
import type { NaiveBook } from './naive-book.ts'
import { valueAt } from './naive-money.ts'
import type { NaiveAccount } from './naive-orders.ts'
import { add, minus, nearestEven, type Rational, ratio, tenTo, ZERO } from './rational.ts'

/** Equity after one Event, null when it cannot be told, and the limits that held then. */
export type Sample = {
  readonly time: number
  readonly equity: Rational | null
  readonly risk: RiskLimits
}
type Point = { readonly time: number; readonly equity: Rational }

/** Cash, fees, funding and position at the mid, in money units; a flat account needs no mid. */
export function equityUnits(
  { position, cash, fees, funding }: NaiveAccount,
  book: NaiveBook,
  instrument: Instrument,
): bigint | null {
  const flat = cash - fees + funding
  if (position === 0) return flat
  const mid2 = book.mid2()
  if (mid2 === null) return null
  const value = nearestEven(valueAt(instrument, position, mid2))
  return flat + (instrument.kind === 'inverse' ? -value : value)
}

/** Equity of all instruments together, in the quote currency. */
export function equityOf(
  accounts: readonly NaiveAccount[],
  books: readonly NaiveBook[],
  instruments: readonly Instrument[],
): Rational | null {
  let total: Rational = ZERO
  for (const [index, account] of accounts.entries()) {
    const instrument = instruments[index]!
    const units = equityUnits(account, books[index]!, instrument)
    if (units === null) return null
    total = add(total, ratio(units, tenTo(instrument.quoteDecimals)))
  }
  return total
}

export type Losses = { readonly drawdown: Rational | null; readonly rolling: Rational | null }

/** Losses of the last sample against the first known equity and that of the window's start. */
export function lossesOf(samples: readonly Sample[]): Losses {
  const last = samples.at(-1)
  if (last?.equity == null) return { drawdown: null, rolling: null }
  const known = samples.filter(({ equity }) => equity !== null)
  const first = known[0]?.equity ?? last.equity
  const start = last.time - (last.risk.maxRollingLoss?.windowNs ?? 0)
  const points = pointsOf(samples)
  const before = points.findLast(({ time }) => time <= start) ?? points[0]
  return {
    drawdown: minus(first, last.equity),
    rolling: minus(before?.equity ?? last.equity, last.equity),
  }
}

/** D-009: at most 256 samples a window, and none from before it but the last. */
function pointsOf(samples: readonly Sample[]): readonly Point[] {
  let points: Point[] = []
  for (const { time, equity, risk } of samples) {
    const windowNs = risk.maxRollingLoss?.windowNs
    if (windowNs === undefined || equity === null) continue
    const previous = points.at(-1)
    if (previous !== undefined && (time - previous.time) * 256 < windowNs) continue
    points.push({ time, equity })
    const start = points.findLastIndex((point) => point.time <= time - windowNs)
    if (start > 0) points = points.slice(start)
  }
  return points
}
