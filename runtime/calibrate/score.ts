import type { Nanos } from '@escapement/core'
import { NEVER_FILLED, type Trial } from './predict.ts'

/** How a model's predictions compare with what happened. Times in ns. */
export type Score = {
  /** Mean of {@link lossOf}: how long, on average, the model was wrong about an order. */
  readonly meanLossNs: number
  readonly bothFilled: number
  readonly onlyActual: number
  readonly onlyPredicted: number
  readonly neither: number
  /** Share of the orders whose outcome was predicted wrongly. */
  readonly misclassified: number
  /** Of the outcomes, if the model errs at the rate at which it did. */
  readonly logLikelihood: number
  /** Of the time of the first execution, where there were both; null without any. */
  readonly meanAbsErrorNs: number | null
  readonly medianAbsErrorNs: number | null
}

/**
 * For how much of its time the model was wrong about whether the order had been executed:
 * |min(predicted, horizon) − min(actual, horizon)|, which is the Brier score of a forecast that is
 * sure of a time, integrated over the order's time.
 */
export function lossOf({ stay, horizon }: Trial, predicted: Nanos): Nanos {
  const actual = Math.min(stay.filledAt ?? NEVER_FILLED, horizon)
  return Math.abs(Math.min(predicted, horizon) - actual)
}

export function scoreOf(trials: readonly Trial[], predicted: Float64Array): Score {
  let loss = 0
  const counts = { bothFilled: 0, onlyActual: 0, onlyPredicted: 0, neither: 0 }
  const errors: number[] = []
  trials.forEach((trial, i) => {
    const { stay, horizon } = trial
    loss += lossOf(trial, predicted[i]!)
    const isActual = stay.filledAt !== null && stay.filledAt <= horizon
    const isPredicted = predicted[i]! <= horizon
    if (isActual && isPredicted) {
      counts.bothFilled++
      errors.push(Math.abs(predicted[i]! - stay.filledAt))
    } else if (isActual) counts.onlyActual++
    else if (isPredicted) counts.onlyPredicted++
    else counts.neither++
  })
  const { length } = trials
  const wrong = counts.onlyActual + counts.onlyPredicted
  const rate = (wrong + 0.5) / (length + 1)
  return {
    meanLossNs: loss / length,
    ...counts,
    misclassified: wrong / length,
    logLikelihood: wrong * Math.log(rate) + (length - wrong) * Math.log(1 - rate),
    meanAbsErrorNs: errors.length === 0 ? null : errors.reduce((a, b) => a + b, 0) / errors.length,
    medianAbsErrorNs: median(errors),
  }
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
