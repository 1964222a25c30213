import { CodedError, type Nanos } from '@escapement/core'
import type { Drawdown } from './drawdown.ts'
import { type EquitySeries, lagOneCorrelation, sampledReturns } from './equity-series.ts'
import { ratio } from './exact-ratio.ts'
import {
  deviationOf,
  kurtosisOf,
  meanOf,
  type ReturnSums,
  returnSums,
  sharpeOf,
  skewnessOf,
  sortinoOf,
} from './return-sums.ts'

/**
 * Of returns in money per interval. The base is constant, so ratios do not depend on the capital; a
 * ratio is per interval unless it says `annual`.
 */
export type ReturnStatistics = {
  readonly intervalNs: Nanos
  /** Intervals in a year; null if nothing was to be annualised. */
  readonly intervalsPerYear: number | null
  readonly sums: ReturnSums
  /** Money units. */
  readonly mean: number | null
  readonly deviation: number | null
  readonly skewness: number | null
  /** 3 of a normal distribution. */
  readonly kurtosis: number | null
  /** Of each return with the next: ratios of returns that are correlated must not be annualised by the root of time. */
  readonly autocorrelation: number | null
  readonly sharpe: number | null
  /** Of the Sharpe ratio, for independent normal returns. */
  readonly sharpeError: number | null
  readonly sortino: number | null
  /** Sum of the returns over the maximum drawdown. */
  readonly returnOverDrawdown: number | null
  readonly annualSharpe: number | null
  readonly annualSortino: number | null
  /** Annual return over the maximum drawdown. */
  readonly calmar: number | null
}

/** @throws ESC_STATISTICS when the interval or the days of a year cannot be used */
export function returnStatistics(
  series: EquitySeries,
  drawdown: Drawdown | null,
  intervalNs: Nanos,
  daysPerYear?: number,
): ReturnStatistics {
  const returns = sampledReturns(series, { intervalNs })
  const sums = returnSums(returns)
  const sharpe = sharpeOf(sums)
  const sortino = sortinoOf(sums)
  const intervalsPerYear = yearOf(intervalNs, daysPerYear)
  const annual = (perInterval: number | null, factor: number) =>
    perInterval === null || intervalsPerYear === null ? null : perInterval * factor
  const root = Math.sqrt(intervalsPerYear ?? 0)
  const depth = drawdown?.value ?? 0n
  return {
    intervalNs,
    intervalsPerYear,
    sums,
    mean: meanOf(sums),
    deviation: deviationOf(sums),
    skewness: skewnessOf(sums),
    kurtosis: kurtosisOf(sums),
    autocorrelation: lagOneCorrelation(returns),
    sharpe,
    sharpeError: sharpe === null ? null : sharpeErrorOf(sharpe, sums.count),
    sortino,
    returnOverDrawdown: ratio(sums.first, depth),
    annualSharpe: annual(sharpe, root),
    annualSortino: annual(sortino, root),
    calmar: annual(ratio(sums.first, BigInt(sums.count) * depth), intervalsPerYear ?? 0),
  }
}

/**
 * Standard error of a Sharpe ratio of `count` independent, normal returns.
 * @source A. W. Lo, The Statistics of Sharpe Ratios, Financial Analysts Journal 58(4), 2002, eq. 9
 */
const sharpeErrorOf = (sharpe: number, count: number): number =>
  Math.sqrt((1 + (sharpe * sharpe) / 2) / count)

const NANOS_PER_DAY = 86_400_000_000_000

function yearOf(intervalNs: Nanos, daysPerYear: number | undefined): number | null {
  if (daysPerYear === undefined) return null
  if (Number.isFinite(daysPerYear) && daysPerYear > 0) {
    return (daysPerYear * NANOS_PER_DAY) / intervalNs
  }
  throw new CodedError('ESC_STATISTICS', {
    field: 'daysPerYear',
    found: String(daysPerYear),
    needed: 'a positive number, such as 365 for a market that never closes',
  })
}
