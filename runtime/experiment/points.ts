import { CodedError, type ErrorFacts } from '@escapement/core'
import { placing } from '../config/placing.ts'
import { checkConfig } from '../config/read-config.ts'
import type { BacktestConfig } from '../config/schema.ts'
import { withValue } from './config-path.ts'
import { randomSearch } from './random-search.ts'
import type { Experiment } from './read-experiment.ts'
import { type Axis, sweepAxis } from './sweep-axis.ts'

/** One combination of swept values, and the whole configuration that it makes. */
export type Point = {
  /** `sweep_0000` and on. */
  readonly id: string
  /** By key, in sorted order. */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly config: BacktestConfig
}

/** The points of an experiment before any of them is made. */
export type Grid = { readonly axes: readonly Axis[]; readonly count: number }

/**
 * Keys in sorted order; their values are combined with the last key fastest, and samples of a random
 * search come last of all. No sweep at all is one point, the configuration as it is.
 * @throws ESC_SWEEP_KEY, ESC_SWEEP_SPEC
 */
export function gridOf({ config, experiment }: Experiment): Grid {
  const keys = Object.keys(experiment.sweeps).sort()
  const grid = keys.map((key) => sweepAxis(config, key, experiment.sweeps[key]))
  const { axes: drawn, length: samples } =
    experiment.random === undefined
      ? { axes: [], length: 1 }
      : randomSearch(config, experiment.random)
  requireApart([...grid, ...drawn])
  const axes: Axis[] = []
  let stride = samples
  for (const axis of [...grid].reverse()) {
    axes.unshift(strided(axis, stride))
    stride *= axis.length
  }
  for (const axis of drawn) axes.push(strided(axis, 1))
  return { axes: axes.sort((a, b) => (a.key < b.key ? -1 : 1)), count: stride }
}

/** The same axis, indexed by the number of the point. */
const strided = (axis: Axis, stride: number): Axis => ({
  ...axis,
  at: (index) => axis.at(Math.floor(index / stride) % axis.length),
})

/** @throws ESC_SWEEP_KEY when one key is, or is part of, another: their order would decide */
function requireApart(axes: readonly Axis[]): void {
  for (const [i, { key, path }] of axes.entries()) {
    const other = axes.find((axis, j) => {
      return i !== j && axis.path.length <= path.length && axis.path.every((s, k) => s === path[k])
    })
    if (other === undefined) continue
    throw new CodedError('ESC_SWEEP_KEY', {
      field: `experiment.sweeps.${key}`,
      found: `${other.key}, which holds it, is swept as well`,
      needed: 'one of both',
    })
  }
}

/**
 * All points in order, each checked as a configuration of its own.
 * @throws ESC_CONFIG_INVALID and its sisters, saying which point makes what wrong
 */
export function pointsOf({ config }: Experiment, { axes, count }: Grid): readonly Point[] {
  const width = Math.max(4, String(count - 1).length)
  return Array.from({ length: count }, (_, index) => {
    const id = `sweep_${String(index).padStart(width, '0')}`
    const values = axes.map(({ key, at }) => [key, at(index)] as const)
    const changed = axes.reduce((made, { path }, i) => withValue(made, path, values[i]![1]), config)
    const parameters = Object.fromEntries(values)
    const place = pointPlace(axes, { id, parameters })
    return { id, parameters, config: placing(place, () => checkConfig(changed, 'the experiment')) }
  })
}

/** Adds to an error of a point which keys made it, and all values of the point. */
export const pointPlace =
  (axes: readonly Axis[], { id, parameters }: Pick<Point, 'id' | 'parameters'>) =>
  ({ field = 'the configuration' }: ErrorFacts): ErrorFacts => {
    if (axes.length === 0) return { field }
    const values = Object.entries(parameters).map(([key, value]) => {
      return `${key} = ${JSON.stringify(value)}`
    })
    return { field: sweptField(axes, field), hint: `${id} has ${values.join(', ')}` }
  }

/** Names the swept keys that hold the wrong field, or all where none does. */
function sweptField(axes: readonly Axis[], field: string): string {
  const steps = (path: string) => `${path.replace(/\[(\d+)\]/g, '.$1')}.`
  const holding = axes.filter(({ key }) => steps(field).startsWith(steps(key)))
  const keys = (holding.length > 0 ? holding : axes).map(({ key }) => key)
  return keys[0] === field ? field : `${field}, swept by ${keys.join(', ')}`
}
