import { CodedError, type Instrument, type Nanos, powerOfTen } from '@escapement/core'
import type { EquityPoint } from '../../actors/recorder.actor.ts'
import { ratio } from './exact-ratio.ts'

/**
 * What an account is worth over time, where it is known: units of 10^-decimals.
 *
 * Layout: entry i of `time` (never going back) belongs to entry i of `value`.
 */
export type EquitySeries = {
  readonly time: readonly Nanos[]
  readonly value: readonly bigint[]
}

/** The finest money unit of several instruments, in which their sums are exact. */
export const moneyDecimals = (instruments: readonly Instrument[]): number =>
  Math.max(0, ...instruments.map(({ quoteDecimals }) => quoteDecimals))

/**
 * The sum over all instruments at each decision at which all of them are known; a decision at which
 * one is not gives no entry. `equity` is by instrument, one point a decision.
 */
export function accountSeries(
  equity: readonly (readonly EquityPoint[])[],
  instruments: readonly Instrument[],
): EquitySeries {
  const decimals = moneyDecimals(instruments)
  const factors = instruments.map(({ quoteDecimals }) => powerOfTen(decimals - quoteDecimals))
  const time: Nanos[] = []
  const value: bigint[] = []
  const [first = []] = equity
  for (let i = 0; i < first.length; i++) {
    let total: bigint | null = 0n
    for (let of = 0; of < equity.length && total !== null; of++) {
      const worth: bigint | null | undefined = equity[of]![i]?.equity
      total = worth === null || worth === undefined ? null : total + worth * factors[of]!
    }
    if (total === null) continue
    time.push(first[i]!.time)
    value.push(total)
  }
  return { time, value }
}

/** Which stretch of time is sampled, and how often. */
export type Sampling = {
  /** Length of an interval. */
  readonly intervalNs: Nanos
  /** First point; by default the first known equity. */
  readonly from?: Nanos
  /** No point lies after it; by default the last known equity. */
  readonly until?: Nanos
}

/**
 * What was earned in each interval: the difference of the last known equities at its ends. Points
 * are `from + k * intervalNs`; the last, shorter stretch is left out, and so are intervals that
 * begin before anything is known.
 * @throws ESC_STATISTICS when the interval is no positive integer, or gives over ten million points
 */
export function sampledReturns({ time, value }: EquitySeries, sampling: Sampling): bigint[] {
  const { intervalNs, from = time[0], until = time.at(-1) } = sampling
  checkInterval(intervalNs)
  const returns: bigint[] = []
  if (from === undefined || until === undefined) return returns
  const points = Math.floor((until - from) / intervalNs) + 1
  if (points > MOST_POINTS) {
    throw new CodedError('ESC_STATISTICS', {
      field: 'intervalNs',
      found: `${intervalNs}, which makes ${points} points`,
      needed: `at most ${MOST_POINTS}`,
    })
  }
  let next = 0
  let before: bigint | null = null
  for (let point = 0; point < points; point++) {
    const at = from + point * intervalNs
    while (next < time.length && time[next]! <= at) next++
    const now = next === 0 ? null : value[next - 1]!
    if (before !== null && now !== null) returns.push(now - before)
    before = now
  }
  return returns
}

const MOST_POINTS = 10_000_000

function checkInterval(intervalNs: Nanos): void {
  if (Number.isSafeInteger(intervalNs) && intervalNs > 0) return
  throw new CodedError('ESC_STATISTICS', {
    field: 'intervalNs',
    found: String(intervalNs),
    needed: 'a positive integer of nanoseconds',
  })
}

/** Correlation of each return with the next one; null below three returns, or if all are equal. */
export function lagOneCorrelation(returns: readonly bigint[]): number | null {
  const n = returns.length
  if (n < 3) return null
  let [sum, squares, products] = [0n, 0n, 0n]
  returns.forEach((value, i) => {
    sum += value
    squares += value * value
    if (i > 0) products += value * returns[i - 1]!
  })
  const count = BigInt(n)
  const ends = returns[0]! + returns[n - 1]!
  // Both sides times n^2: sums of (r - mean)(r' - mean) and of (r - mean)^2.
  const covariance =
    count * count * products - count * sum * (2n * sum - ends) + (count - 1n) * sum * sum
  const variance = count * (count * squares - sum * sum)
  return ratio(covariance, variance)
}
