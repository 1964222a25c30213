import {
  draftExperiment,
  inputsNamed,
  type Plan,
  planExperiment,
} from '../../runtime/experiment/plan.ts'
import { checkExperiment, type Experiment } from '../../runtime/experiment/read-experiment.ts'
import { smallConfig } from './cli-config.ts'

/** The market maker of the small configuration with its parameters written out, to be swept. */
export function experimentConfig(
  block: Readonly<Record<string, unknown>> = {},
  changes: Readonly<Record<string, unknown>> = {},
) {
  const strategy = {
    module: 'builtin:market-maker',
    params: { intervalMs: 100, offsetTicks: 0, qtyLots: 10, maxPositionLots: 100 },
  }
  const experiment = { version: 1, id: 'grid', ...block }
  return { ...smallConfig(), strategy, ...changes, experiment }
}

export const experimentOf = (...parts: Parameters<typeof experimentConfig>): Experiment =>
  checkExperiment(experimentConfig(...parts), 'e.yaml')

export const code = { software: 'escapement test', source: '00', dependencies: '11' }

/** A plan whose inputs are made up: nothing is read. */
export function planOf(experiment: Experiment, maxRuns?: number): Plan {
  const draft = draftExperiment(experiment, maxRuns)
  const { files, modules } = inputsNamed(draft)
  const made = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, `hash of ${name}`]))
  return planExperiment(draft, { files: made(files), strategies: made(modules) }, code)
}

/** The swept values of every point, in order. */
export const valuesOf = (plan: Plan) => plan.points.map(({ values }) => values)
