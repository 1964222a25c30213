import type { ReturnStatistics } from '../return-statistics.ts'
import { normalCdf, normalQuantile } from './normal.ts'

/** What is known of one Sharpe ratio; per interval, not annualised. */
export type SharpeSample = {
  readonly sharpe: number
  /** Number of returns. */
  readonly count: number
  readonly skewness: number
  /** 3 of a normal distribution. */
  readonly kurtosis: number
}

/** The sample of a run; null where its Sharpe ratio is. */
export function sharpeSample(returns: ReturnStatistics): SharpeSample | null {
  const { sharpe, skewness, kurtosis, sums } = returns
  if (sharpe === null || skewness === null || kurtosis === null) return null
  return { sharpe, count: sums.count, skewness, kurtosis }
}

/**
 * Probability that the true Sharpe ratio is above `benchmark`, given its estimate. Null below two
 * returns, or where the moments contradict each other so that the estimate has no error.
 * @source D. H. Bailey, M. Lopez de Prado, The Sharpe Ratio Efficient Frontier, 2012
 */
export function probabilisticSharpe(sample: SharpeSample, benchmark: number): number | null {
  const { sharpe, count, skewness, kurtosis } = sample
  const spread = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe
  if (count < 2 || !(spread > 0)) return null
  return normalCdf(((sharpe - benchmark) * Math.sqrt(count - 1)) / Math.sqrt(spread))
}

/**
 * What the best of `trials` independent Sharpe ratios is expected to be if the true one of each is 0
 * and the estimates have this variance; 0 of a single trial.
 * @source D. H. Bailey, M. Lopez de Prado, The Deflated Sharpe Ratio, 2014
 */
export function expectedMaximumSharpe(trials: number, variance: number): number {
  if (trials < 2) return 0
  const high = normalQuantile(1 - 1 / trials)
  const higher = normalQuantile(1 - 1 / (trials * Math.E))
  return Math.sqrt(variance) * ((1 - EULER) * high + EULER * higher)
}

/** The Euler-Mascheroni constant. */
const EULER = 0.5772156649015329

/**
 * Probability that the true Sharpe ratio is above 0, given that the estimate is the best of `trials`.
 * @source as {@link expectedMaximumSharpe}
 */
export function deflatedSharpe(
  sample: SharpeSample,
  trials: number,
  variance: number,
): number | null {
  return probabilisticSharpe(sample, expectedMaximumSharpe(trials, variance))
}

/** What the number of trials does to every Sharpe ratio among them. */
export type Deflation = {
  /** Everything that was tried, also what failed. */
  readonly trials: number
  /** Of the Sharpe ratios that are known, n - 1 degrees of freedom; null below two. */
  readonly variance: number | null
  /** Of the best one, if none is better than 0. */
  readonly expectedMaximum: number | null
}

/** `trials` is at least the number of samples: what was tried elsewhere before counts as well. */
export function deflationOf(samples: readonly SharpeSample[], trials: number): Deflation {
  const ratios = samples.map(({ sharpe }) => sharpe).sort((a, b) => a - b)
  if (trials === 1) return { trials, variance: null, expectedMaximum: 0 }
  if (ratios.length < 2) return { trials, variance: null, expectedMaximum: null }
  const mean = ratios.reduce((sum, value) => sum + value, 0) / ratios.length
  const squares = ratios.reduce((sum, value) => sum + (value - mean) * (value - mean), 0)
  const variance = squares / (ratios.length - 1)
  return { trials, variance, expectedMaximum: expectedMaximumSharpe(trials, variance) }
}
