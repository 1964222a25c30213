import type { Metrics } from '../metrics.ts'

/** What a metric has to reach, or must not pass. */
export type Threshold = {
  readonly metric: string
  readonly bound: 'atLeast' | 'atMost'
  readonly value: number
}

export type ThresholdResult = Threshold & {
  readonly found: number | null
  /** How far on the right side of the bound, negative on the wrong one; null where unknown. */
  readonly margin: number | null
  readonly passes: boolean
}

export type Evaluation = {
  /** Whether every threshold is met; one whose metric is not known is not met. */
  readonly passes: boolean
  /** In the order of the thresholds. */
  readonly results: readonly ThresholdResult[]
}

/** Holds metrics against thresholds. A metric at its bound passes. */
export function evaluate(metrics: Metrics, thresholds: readonly Threshold[]): Evaluation {
  const results = thresholds.map((threshold): ThresholdResult => {
    const found = metrics[threshold.metric] ?? null
    const sign = threshold.bound === 'atLeast' ? 1 : -1
    const margin = found === null ? null : sign * (found - threshold.value)
    return { ...threshold, found, margin, passes: margin !== null && margin >= 0 }
  })
  return { passes: results.every(({ passes }) => passes), results }
}
