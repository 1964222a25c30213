import { decimal, formatDecimal, type Instrument, powerOfTen } from '@escapement/core'
import type { EquityPoint, Recording } from '../../actors/recorder.actor.ts'
import type { Segment } from './windows.ts'

/** One segment of a run that went through it. */
export type SegmentResult = Segment & {
  readonly decisions: number
  readonly fills: number
  /** Lots held of each instrument at its last decision, of the last segment at the end of the run. */
  readonly positionLots: readonly number[]
  /** Of all instruments at the same time, or when it was last known; 0 before it ever was. */
  readonly equity: string
  /** Since the segment before; all of them together are the equity of the last one. */
  readonly change: string
}

/** Where an account stands. */
export type Standing = Pick<EquityPoint, 'position' | 'equity'>

/**
 * Divides what a run recorded among the segments of its window. The run knows nothing of it: state
 * is carried through, and with other segments it is the same run. What was under way at its end, such
 * as reports of the last fills, belongs to the last segment. `closing` is by instrument.
 */
export function segmentResults(
  segments: readonly Segment[],
  { fills, equity }: Recording,
  instruments: readonly Instrument[],
  closing: readonly Standing[],
  origin: bigint,
): readonly SegmentResult[] {
  const series = instruments.map((_, i) => equity[i] ?? [])
  const decimals = Math.max(...instruments.map(({ quoteDecimals }) => quoteDecimals))
  const timeOf = (ns: string | null, open: number) =>
    ns === null ? open : Number(BigInt(ns) - origin)
  let before = 0n
  return segments.map((segment, index) => {
    const from = timeOf(segment.startNs, -Infinity)
    const isLast = index === segments.length - 1
    const to = isLast ? Infinity : timeOf(segment.endNs, Infinity)
    const isWithin = ({ time }: { readonly time: number }) => time >= from && time < to
    const points = series.map((all, i) => {
      return isLast ? [...all, closing[i]!] : all.filter(({ time }) => time < to)
    })
    const after = total(points, instruments, decimals)
    const change = after - before
    before = after
    return {
      ...segment,
      decisions: series[0]!.filter(isWithin).length,
      fills: fills.filter(({ fill }) => isWithin(fill)).length,
      positionLots: points.map((known) => known.at(-1)?.position ?? 0),
      equity: formatDecimal(decimal(after, decimals)),
      change: formatDecimal(decimal(change, decimals)),
    }
  })
}

/** An account whose book has an empty side is worth what it was when last known. */
function total(
  points: readonly (readonly Standing[])[],
  instruments: readonly Instrument[],
  decimals: number,
): bigint {
  return points.reduce((sum, known, i) => {
    const equity = known.findLast((point) => point.equity !== null)?.equity ?? 0n
    return sum + equity * powerOfTen(decimals - instruments[i]!.quoteDecimals)
  }, 0n)
}
