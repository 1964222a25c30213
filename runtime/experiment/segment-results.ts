import { decimal, formatDecimal, type Instrument } from '@escapement/core'
import type { EquityPoint, Recording } from '../../actors/recorder.actor.ts'
import type { Segment } from './windows.ts'

/** One segment of a run that went through it. */
export type SegmentResult = Segment & {
  readonly decisions: number
  readonly fills: number
  /** Lots held of each instrument at its last decision. */
  readonly positionLots: readonly number[]
  /** At its last decision, of all instruments; null while a book with a position is empty. */
  readonly equity: string | null
  /** The equity's change in the segment: those of all segments make the equity of the run. */
  readonly change: string | null
}

/**
 * Divides what a run recorded among the segments of its window. The run knows nothing of it: state
 * is carried through, and with other segments it is the same run.
 */
export function segmentResults(
  segments: readonly Segment[],
  { fills, equity }: Recording,
  instruments: readonly Instrument[],
  origin: bigint,
): readonly SegmentResult[] {
  const series = instruments.map((_, i) => equity[i] ?? [])
  const decimals = Math.max(...instruments.map(({ quoteDecimals }) => quoteDecimals))
  const timeOf = (ns: string | null, open: number) =>
    ns === null ? open : Number(BigInt(ns) - origin)
  let before: bigint | null = 0n
  return segments.map((segment) => {
    const from = timeOf(segment.startNs, -Infinity)
    const to = timeOf(segment.endNs, Infinity)
    const isWithin = ({ time }: { readonly time: number }) => time >= from && time < to
    const last = series.map((points) => lastBefore(points, to))
    const after = total(last, instruments, decimals)
    const change = after === null || before === null ? null : after - before
    before = after
    return {
      ...segment,
      decisions: series[0]!.filter(isWithin).length,
      fills: fills.filter(({ fill }) => isWithin(fill)).length,
      positionLots: last.map((point) => point?.position ?? 0),
      equity: textOf(after, decimals),
      change: textOf(change, decimals),
    }
  })
}

const lastBefore = (points: readonly EquityPoint[], time: number): EquityPoint | undefined =>
  points.findLast((point) => point.time < time)

/** Before its first decision an account is worth nothing. */
function total(
  points: readonly (EquityPoint | undefined)[],
  instruments: readonly Instrument[],
  decimals: number,
): bigint | null {
  return points.reduce<bigint | null>((sum, point, i) => {
    const equity = point === undefined ? 0n : point.equity
    if (sum === null || equity === null) return null
    return sum + equity * 10n ** BigInt(decimals - instruments[i]!.quoteDecimals)
  }, 0n)
}

const textOf = (units: bigint | null, decimals: number): string | null =>
  units === null ? null : formatDecimal(decimal(units, decimals))
