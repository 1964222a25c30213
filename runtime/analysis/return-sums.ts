import { ratio, signedRoot } from './exact-ratio.ts'

/**
 * Sums of powers of returns, exact: all that mean, deviation, skewness, kurtosis, Sharpe and Sortino
 * ratio need. Those of two stretches of time add up, so a run of several segments has the ratios
 * that it would have in one piece. Returns are money units per interval.
 */
export type ReturnSums = {
  readonly count: number
  readonly first: bigint
  readonly second: bigint
  readonly third: bigint
  readonly fourth: bigint
  /** Of the squares of negative returns. */
  readonly downside: bigint
}

export const noReturns: ReturnSums = {
  count: 0,
  first: 0n,
  second: 0n,
  third: 0n,
  fourth: 0n,
  downside: 0n,
}

/** The sums over `returns`, in any order. */
export function returnSums(returns: readonly bigint[]): ReturnSums {
  let [first, second, third, fourth, downside] = [0n, 0n, 0n, 0n, 0n]
  for (const value of returns) {
    if (value === 0n) continue
    const square = value * value
    first += value
    second += square
    third += square * value
    fourth += square * square
    if (value < 0n) downside += square
  }
  return { count: returns.length, first, second, third, fourth, downside }
}

/** The sums over two stretches that do not overlap. */
export const addSums = (a: ReturnSums, b: ReturnSums): ReturnSums => ({
  count: a.count + b.count,
  first: a.first + b.first,
  second: a.second + b.second,
  third: a.third + b.third,
  fourth: a.fourth + b.fourth,
  downside: a.downside + b.downside,
})

/** Mean return in money units; null without returns. */
export const meanOf = ({ count, first }: ReturnSums): number | null => ratio(first, BigInt(count))

/** Sample deviation in money units, of n - 1 degrees of freedom; null below two returns. */
export function deviationOf(sums: ReturnSums): number | null {
  const n = BigInt(sums.count)
  return signedRoot(1n, centralSecond(sums), n * (n - 1n))
}

/**
 * Mean over sample deviation, for a benchmark of 0; null below two returns, or if all are equal.
 * @source W. F. Sharpe, The Sharpe Ratio, J. Portfolio Management 21(1), 1994
 */
export function sharpeOf(sums: ReturnSums): number | null {
  const n = BigInt(sums.count)
  return signedRoot(sums.first, sums.first * sums.first * (n - 1n), n * centralSecond(sums))
}

/**
 * Mean over the root of the mean squared shortfall below 0; null if no return was negative.
 * @source F. A. Sortino, L. N. Price, Performance Measurement in a Downside Risk Framework, 1994
 */
export function sortinoOf({ count, first, downside }: ReturnSums): number | null {
  return signedRoot(first, first * first, BigInt(count) * downside)
}

/** Third standardised moment of the population; null if all returns are equal. */
export function skewnessOf(sums: ReturnSums): number | null {
  const { first, second, third } = sums
  const n = BigInt(sums.count)
  const central = n * n * third - 3n * n * first * second + 2n * first * first * first
  const spread = centralSecond(sums)
  return signedRoot(central, central * central, spread * spread * spread)
}

/** Fourth standardised moment of the population, 3 for a normal one; null if all are equal. */
export function kurtosisOf(sums: ReturnSums): number | null {
  const { first, second, third, fourth } = sums
  const n = BigInt(sums.count)
  const square = first * first
  const central =
    n * n * n * fourth -
    4n * n * n * first * third +
    6n * n * square * second -
    3n * square * square
  const spread = centralSecond(sums)
  return ratio(central, spread * spread)
}

/** n^2 times the population variance. */
const centralSecond = ({ count, first, second }: ReturnSums): bigint =>
  BigInt(count) * second - first * first
