import { CodedError } from '@escapement/core'
import { type Deflation, deflationOf, probabilisticSharpe } from './deflated-sharpe.ts'
import {
  byText,
  criterionOf,
  type RunResult,
  requireCriterion,
  requireUnique,
} from './run-result.ts'

export type Criterion = {
  /** Name of a metric. */
  readonly metric: string
  readonly order: 'highest' | 'lowest'
  /** What was tried in all, if more than these runs: earlier sweeps count. */
  readonly trials?: number
}

export type RankedRun = {
  /** From 1; equal values have ranks of their own, by id. */
  readonly rank: number
  readonly id: string
  readonly value: number
  readonly sharpe: number | null
  /** Probability that its true Sharpe ratio is above 0, given the number of trials. */
  readonly deflatedSharpe: number | null
}

/** A ranking never comes without what it is worth: the number of trials deflates its Sharpe ratios. */
export type Ranking = Deflation & {
  readonly metric: string
  readonly order: 'highest' | 'lowest'
  /** Best first. */
  readonly ranked: readonly RankedRun[]
  /** Ids of runs that failed, or whose criterion is not known; they count as trials. */
  readonly unranked: readonly string[]
}

/**
 * Ranks runs by one metric, ties by id in code-unit order. The order in which runs are given does not
 * matter.
 * @throws ESC_STATISTICS for an id given twice, an unknown metric, or fewer trials than runs
 */
export function rankRuns(runs: readonly RunResult[], criterion: Criterion): Ranking {
  const { metric, order, trials = runs.length } = criterion
  requireUnique(runs)
  requireCriterion(runs, metric)
  requireTrials(trials, runs.length)
  const inOrder = [...runs].sort((a, b) => byText(a.id, b.id))
  const deflation = deflationOf(
    inOrder.flatMap(({ sharpe, status }) => (status === 'done' && sharpe !== null ? sharpe : [])),
    trials,
  )
  const found = inOrder.flatMap((run) => {
    const value = criterionOf(run, metric)
    return value === null ? [] : [{ run, value }]
  })
  const sign = order === 'highest' ? -1 : 1
  // Sorting is stable, so equal values keep the order of their ids.
  found.sort((a, b) => sign * (a.value - b.value))
  const ranked = found.map(({ run, value }, i) => rankedRun(i + 1, run, value, deflation))
  const known = new Set(ranked.map(({ id }) => id))
  const unranked = inOrder.map(({ id }) => id).filter((id) => !known.has(id))
  return { metric, order, ...deflation, ranked, unranked }
}

function rankedRun(
  rank: number,
  { id, sharpe }: RunResult,
  value: number,
  { expectedMaximum }: Deflation,
): RankedRun {
  const isKnown = sharpe !== null && expectedMaximum !== null
  return {
    rank,
    id,
    value,
    sharpe: sharpe?.sharpe ?? null,
    deflatedSharpe: isKnown ? probabilisticSharpe(sharpe, expectedMaximum) : null,
  }
}

function requireTrials(trials: number, runs: number): void {
  if (Number.isSafeInteger(trials) && trials >= runs) return
  throw new CodedError('ESC_STATISTICS', {
    field: 'trials',
    found: String(trials),
    needed: `an integer of at least ${runs}, the runs that are given`,
  })
}
