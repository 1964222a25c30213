import { CodedError } from '@escapement/core'
import { addSums, noReturns, type ReturnSums, sharpeOf, sortinoOf } from '../return-sums.ts'
import type { RunStatistics } from '../run-statistics.ts'
import { criterionOf, type RunResult, requireCriterion } from './run-result.ts'

/** Several segments of one run as one. Money in units of 10^-decimals of the currency. */
export type SegmentTotals = {
  readonly segments: number
  readonly currency: string
  readonly decimals: number
  readonly pnl: bigint
  readonly fees: bigint
  readonly funding: bigint
  readonly turnover: bigint
  readonly fills: number
  readonly trips: number
  readonly hitRatio: number | null
  readonly returns: ReturnSums
  readonly sharpe: number | null
  readonly sortino: number | null
  /** The deepest within one segment: a fall that goes on in the next one is deeper. */
  readonly deepestDrawdown: bigint | null
}

/**
 * Segments to run. Sums and counts add up; ratios are made again from the added sums, never averaged;
 * of drawdowns the deepest stays. Segments do not overlap, and an unknown profit counts as none.
 * @throws ESC_STATISTICS when currency, money unit or sampling interval differ
 */
export function aggregateSegments(segments: readonly RunStatistics[]): SegmentTotals {
  const [first] = segments
  let [pnl, fees, funding, turnover] = [0n, 0n, 0n, 0n]
  let [fills, trips, wins] = [0, 0, 0]
  let returns = noReturns
  let deepest: bigint | null = null
  for (const segment of segments) {
    requireSame(first!, segment)
    pnl += segment.pnl ?? 0n
    fees += segment.trading.fees
    funding += segment.trading.funding
    turnover += segment.trading.turnover
    fills += segment.trading.fills
    trips += segment.trips.trips
    wins += segment.trips.wins
    returns = addSums(returns, segment.returns.sums)
    const depth = segment.drawdown?.value ?? null
    if (depth !== null && (deepest === null || depth > deepest)) deepest = depth
  }
  return {
    segments: segments.length,
    currency: first?.currency ?? '',
    decimals: first?.decimals ?? 0,
    ...{ pnl, fees, funding, turnover, fills, trips },
    hitRatio: trips === 0 ? null : wins / trips,
    returns,
    sharpe: sharpeOf(returns),
    sortino: sortinoOf(returns),
    deepestDrawdown: deepest,
  }
}

const UNITS = ['currency', 'decimals'] as const

function requireSame(first: RunStatistics, segment: RunStatistics): void {
  const differing = UNITS.find((field) => first[field] !== segment[field])
  const isOther = first.returns.intervalNs !== segment.returns.intervalNs
  if (differing === undefined && !isOther) return
  const valueIn = (of: RunStatistics) =>
    String(differing === undefined ? of.returns.intervalNs : of[differing])
  throw new CodedError('ESC_STATISTICS', {
    field: differing ?? 'intervalNs',
    found: valueIn(segment),
    needed: `${valueIn(first)}, as of the first segment`,
  })
}

/** One criterion over the runs of an experiment. */
export type ExperimentSummary = {
  /** Everything that was tried. */
  readonly trials: number
  readonly done: number
  readonly failed: number
  /** Runs that are done and whose criterion is not known. */
  readonly unknown: number
  readonly min: number | null
  /** The lower middle one of an even number. */
  readonly median: number | null
  readonly mean: number | null
  readonly max: number | null
  /** Share of the known values above 0. */
  readonly positiveShare: number | null
}

/**
 * Runs to experiment: where the values of one criterion lie. Runs of an experiment are alternatives,
 * so nothing of them is added up.
 * @throws ESC_STATISTICS for an unknown metric
 */
export function summariseExperiment(
  runs: readonly RunResult[],
  criterion: string,
): ExperimentSummary {
  requireCriterion(runs, criterion)
  const failed = runs.filter(({ status }) => status === 'failed').length
  const values = runs
    .map((run) => criterionOf(run, criterion))
    .filter((value) => value !== null)
    .sort((a, b) => a - b)
  const count = values.length
  const share = (sum: number) => (count === 0 ? null : sum / count)
  return {
    trials: runs.length,
    done: runs.length - failed,
    failed,
    unknown: runs.length - failed - count,
    min: values[0] ?? null,
    median: values[Math.ceil(count / 2) - 1] ?? null,
    mean: share(values.reduce((sum, value) => sum + value, 0)),
    max: values.at(-1) ?? null,
    positiveShare: share(values.filter((value) => value > 0).length),
  }
}
