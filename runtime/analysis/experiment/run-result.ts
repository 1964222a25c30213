import { CodedError } from '@escapement/core'
import type { Metrics } from '../metrics.ts'
import type { SharpeSample } from './deflated-sharpe.ts'

export type ParameterValue = string | number | boolean

/** One run of many. */
export type RunResult = {
  /** Names it; each run has another one. */
  readonly id: string
  readonly status: 'done' | 'failed'
  /** What this run had otherwise than the others, by name. */
  readonly parameters: Readonly<Record<string, ParameterValue>>
  /** Of a run that is done; see `metricsOf`. */
  readonly metrics: Metrics
  readonly sharpe: SharpeSample | null
}

/** The criterion's value of a run that is done; null of any other, or where it is not known. */
export const criterionOf = ({ status, metrics }: RunResult, criterion: string): number | null =>
  status === 'done' ? (metrics[criterion] ?? null) : null

/** By code units, which is the same in every locale. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** @throws ESC_STATISTICS naming an id that two runs have */
export function requireUnique(runs: readonly RunResult[]): void {
  const ids = new Set<string>()
  for (const { id } of runs) {
    if (ids.has(id)) {
      throw new CodedError('ESC_STATISTICS', {
        field: 'id',
        found: `${id} twice`,
        needed: 'an id of its own for each run',
      })
    }
    ids.add(id)
  }
}

/** @throws ESC_STATISTICS when a run that is done has no such metric, known or not */
export function requireCriterion(runs: readonly RunResult[], criterion: string): void {
  for (const { status, metrics, id } of runs) {
    if (status !== 'done' || Object.hasOwn(metrics, criterion)) continue
    throw new CodedError('ESC_STATISTICS', {
      field: criterion,
      found: `no such metric in run ${id}`,
      needed: Object.keys(metrics).sort(byText).join(', '),
    })
  }
}
