import { CodedError } from '@escapement/core'
import { type ReturnSums, returnSums } from '../return-sums.ts'

/** Cuts returns into `periods` consecutive parts whose lengths differ by one at most. */
export function splitReturns(returns: readonly bigint[], periods: number): readonly ReturnSums[] {
  if (!Number.isSafeInteger(periods) || periods < 1 || periods > MOST_PERIODS) {
    throw new CodedError('ESC_STATISTICS', {
      field: 'periods',
      found: String(periods),
      needed: `an integer from 1 to ${MOST_PERIODS}`,
    })
  }
  const cut = (part: number) => Math.floor((part * returns.length) / periods)
  return Array.from({ length: periods }, (_, i) => returnSums(returns.slice(cut(i), cut(i + 1))))
}

const MOST_PERIODS = 10_000

/** How far what was good in one period is good in another. */
export type Stability = {
  /** By run, in the order given: share of its known periods with a value above 0; null without any. */
  readonly positiveShare: readonly (number | null)[]
  /** Rank correlation over runs between each period and the next; null where ranks say nothing. */
  readonly consecutive: readonly (number | null)[]
  /** Mean of those that are known. */
  readonly meanCorrelation: number | null
}

/**
 * `values[run][period]` is a metric of one run in one period, null where it is not known; each run
 * has the same periods. Runs without a value in one of two periods are left out of their correlation.
 */
export function stabilityOf(values: readonly (readonly (number | null)[])[]): Stability {
  const periods = values[0]?.length ?? 0
  if (values.some((row) => row.length !== periods)) {
    throw new CodedError('ESC_STATISTICS', {
      field: 'periods',
      found: `runs of ${[...new Set(values.map(({ length }) => length))].join(' and ')} periods`,
      needed: 'the same periods for each run',
    })
  }
  const consecutive = Array.from({ length: Math.max(0, periods - 1) }, (_, period) => {
    const pairs = values.flatMap((row): [number, number][] => {
      const [now, next] = [row[period]!, row[period + 1]!]
      return now === null || next === null ? [] : [[now, next]]
    })
    return rankCorrelation(pairs)
  })
  const known = consecutive.filter((value) => value !== null)
  return {
    positiveShare: values.map(positiveShare),
    consecutive,
    meanCorrelation: known.length === 0 ? null : sumOf(known) / known.length,
  }
}

function positiveShare(row: readonly (number | null)[]): number | null {
  const known = row.filter((value) => value !== null)
  if (known.length === 0) return null
  return known.filter((value) => value > 0).length / known.length
}

/**
 * Spearman's rank correlation, ties at the mean of their ranks; null below two pairs, or if all
 * values of a side are equal.
 * @source C. Spearman, The Proof and Measurement of Association between Two Things, 1904
 */
export function rankCorrelation(pairs: readonly (readonly [number, number])[]): number | null {
  const left = midranks(pairs.map(([value]) => value))
  const right = midranks(pairs.map(([, value]) => value))
  const mean = (pairs.length + 1) / 2
  let [both, ofLeft, ofRight] = [0, 0, 0]
  for (let i = 0; i < pairs.length; i++) {
    const [a, b] = [left[i]! - mean, right[i]! - mean]
    both += a * b
    ofLeft += a * a
    ofRight += b * b
  }
  if (ofLeft === 0 || ofRight === 0) return null
  return both / Math.sqrt(ofLeft * ofRight)
}

function midranks(values: readonly number[]): readonly number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!)
  const ranks = new Array<number>(values.length).fill(0)
  for (let from = 0; from < order.length; ) {
    let to = from + 1
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + 1 + to) / 2
    from = to
  }
  return ranks
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
