/** Where a set of integers lies. Quantiles are of the set itself: the smallest value that is not less than that share of them (nearest rank). */
export type Distribution = {
  readonly count: number
  readonly min: number
  readonly mean: number
  readonly median: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** Null of an empty set. @source R. J. Hyndman, Y. Fan, Sample Quantiles, 1996, definition 1 */
export function distributionOf(values: readonly number[]): Distribution | null {
  if (values.length === 0) return null
  const sorted = Float64Array.from(values).sort()
  const count = sorted.length
  const quantile = (percent: number) => sorted[Math.ceil((percent * count) / 100) - 1]!
  let sum = 0n
  for (const value of sorted) sum += BigInt(value)
  return {
    count,
    min: sorted[0]!,
    mean: Number(sum) / count,
    median: quantile(50),
    p90: quantile(90),
    p99: quantile(99),
    max: sorted[count - 1]!,
  }
}
