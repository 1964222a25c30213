import { CodedError } from '@escapement/core'
import { canonicalHash } from '../canonical-json.ts'
import { checkConfig } from '../config/read-config.ts'
import type { BacktestConfig } from '../config/schema.ts'
import { pathOf, withValue } from './config-path.ts'
import {
  type CodeIdentity,
  type InputIdentities,
  namedInputs,
  type RunDefinition,
  runDefinition,
} from './definition.ts'
import { type Grid, gridOf, type Point, pointsOf } from './points.ts'
import type { Experiment } from './read-experiment.ts'
import { groupsOf, type RunGroup } from './windows.ts'

/** Most runs of an experiment unless more are allowed by name. */
const MOST_RUNS = 10_000

/**
 * What will be run, as plain data and nothing else: equal inputs give equal bytes. An executor
 * takes its runs, the finalizers its groups.
 */
export type Plan = {
  readonly schema: 'escapement/plan-1'
  readonly id: string
  readonly description: string
  readonly code: CodeIdentity
  readonly inputs: InputIdentities
  /** The configuration that every point varies. */
  readonly config: BacktestConfig
  /** Swept keys, in the order in which points count through them. */
  readonly keys: readonly string[]
  readonly policy: 'continuous' | 'independent'
  readonly warmUpSeconds: number
  readonly groups: readonly RunGroup[]
  readonly points: readonly { readonly id: string; readonly values: readonly unknown[] }[]
  /** Every point in every group, group by group. */
  readonly runs: readonly PlannedRun[]
}

export type PlannedRun = {
  readonly id: string
  readonly group: string
  readonly sweep: string
  readonly identity: string
  readonly market: string
}

/** An experiment whose points are known; what they name is still to be identified. */
export type Draft = {
  readonly source: Experiment
  readonly grid: Grid
  readonly points: readonly Point[]
  readonly groups: readonly RunGroup[]
}

/**
 * The first half of planning: all points, each checked.
 * @throws ESC_EXPERIMENT_RUNS before any point is made, when there are more runs than `maxRuns`
 * @throws ESC_SWEEP_KEY, ESC_SWEEP_SPEC, ESC_EXPERIMENT_WINDOW, ESC_CONFIG_INVALID and its sisters
 */
export function draftExperiment(source: Experiment, maxRuns: number = MOST_RUNS): Draft {
  const grid = gridOf(source)
  const groups = groupsOf(source)
  requireWindowIsFixed(grid)
  const runs = grid.count * groups.length
  if (runs > maxRuns) {
    throw new CodedError('ESC_EXPERIMENT_RUNS', {
      field: 'experiment.sweeps',
      found: `${runs} runs`,
      needed: `at most ${maxRuns}`,
      hint: `--max-runs ${runs} allows them`,
    })
  }
  return { source, grid, groups, points: pointsOf(source, grid) }
}

/** Files and modules that the points name, each once, sorted. */
export function inputsNamed({ points }: Draft) {
  const named = points.map(({ config }) => namedInputs(config))
  const sorted = (names: readonly string[]) => [...new Set(names)].sort()
  return {
    files: sorted(named.flatMap(({ files }) => files)),
    modules: sorted(named.flatMap(({ modules }) => modules)),
  }
}

/** The second half: with what was named identified, the plan follows, a pure function. */
export function planExperiment(draft: Draft, inputs: InputIdentities, code: CodeIdentity): Plan {
  const { source, grid, points, groups } = draft
  const { id, description, segments, warmUpSeconds } = source.experiment
  const about = { experiment: id, inputs, code }
  return {
    schema: 'escapement/plan-1',
    id,
    description,
    code,
    inputs,
    config: source.config,
    keys: grid.axes.map(({ key }) => key),
    policy: segments.policy,
    warmUpSeconds,
    groups,
    points: points.map(({ id: sweep, parameters }) => {
      return { id: sweep, values: Object.values(parameters) }
    }),
    runs: groups.flatMap((group) =>
      points.map((point) => {
        const { id: run, sweep, identity, market } = define(about, group, point)
        return { id: run, group: group.id, sweep, identity, market }
      }),
    ),
  }
}

export const planHash = (plan: Plan): string => canonicalHash(plan)

/** Makes the definitions of a plan's runs, each self-contained. */
export function definer(plan: Plan): (run: PlannedRun) => RunDefinition {
  const { keys, config, id, inputs, code } = plan
  const about = { experiment: id, inputs, code }
  const groups = new Map(plan.groups.map((group) => [group.id, group]))
  const points = new Map(plan.points.map((point) => [point.id, point.values]))
  const paths = keys.map((key) => pathOf(config, key))
  return ({ group, sweep }) => {
    const values = points.get(sweep)!
    const changed = paths.reduce((made, path, i) => withValue(made, path, values[i]), config)
    const parameters = Object.fromEntries(keys.map((key, i) => [key, values[i]]))
    const point = { id: sweep, parameters, config: checkConfig(changed, 'the plan') }
    return define(about, groups.get(group)!, point)
  }
}

function define(
  about: Pick<RunDefinition, 'experiment' | 'code'> & { readonly inputs: InputIdentities },
  { id: group, startNs, endNs, measuredFromNs, segments }: RunGroup,
  { id: sweep, parameters, config }: Point,
): RunDefinition {
  const hasWindow = startNs !== null || endNs !== null
  const window = {
    ...(startNs === null ? {} : { start: startNs }),
    ...(endNs === null ? {} : { end: endNs }),
  }
  return runDefinition({
    ...about,
    group,
    sweep,
    parameters,
    config: hasWindow ? { ...config, window } : config,
    measuredFromNs,
    segments,
  })
}

/** A sweep of the window makes windows by itself; the experiment must not cut them as well. */
function requireWindowIsFixed({ axes }: Grid): void {
  const swept = axes.find(({ path }) => path[0] === 'window')
  if (swept === undefined) return
  throw new CodedError('ESC_SWEEP_KEY', {
    field: `experiment.sweeps.${swept.key}`,
    found: 'the window',
    needed: 'splits, which are windows by name',
  })
}
