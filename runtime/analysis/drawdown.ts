import type { Nanos } from '@escapement/core'
import type { EquitySeries } from './equity-series.ts'

/** The deepest fall below what had been reached before. Money units; times are null if none fell. */
export type Drawdown = {
  /** Peak less trough, 0 or more. */
  readonly value: bigint
  /** When the peak was first reached. */
  readonly peakTime: Nanos | null
  readonly troughTime: Nanos | null
  /** When the peak was reached again; null if it was not. */
  readonly recoveryTime: Nanos | null
}

/** Over every known equity, not over sampled points; null without any. Of equal ones, the first. */
export function maxDrawdown({ time, value }: EquitySeries): Drawdown | null {
  if (value.length === 0) return null
  let peak = 0
  let deepest = { peak: 0, trough: 0 }
  let depth = 0n
  for (let i = 1; i < value.length; i++) {
    if (value[i]! > value[peak]!) peak = i
    const fall = value[peak]! - value[i]!
    if (fall <= depth) continue
    depth = fall
    deepest = { peak, trough: i }
  }
  if (depth === 0n) return { value: 0n, peakTime: null, troughTime: null, recoveryTime: null }
  const { trough } = deepest
  const recovery = value.findIndex((worth, i) => i > trough && worth >= value[deepest.peak]!)
  return {
    value: depth,
    peakTime: time[deepest.peak]!,
    troughTime: time[trough]!,
    recoveryTime: recovery < 0 ? null : time[recovery]!,
  }
}
