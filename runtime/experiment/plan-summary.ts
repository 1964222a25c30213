import { type Plan, planHash } from './plan.ts'

/** A plan in figures, and what a person should look at before it is run. */
export type PlanSummary = {
  readonly schema: 'escapement/plan-summary-1'
  readonly id: string
  readonly planHash: string
  readonly keys: readonly string[]
  readonly points: number
  readonly groups: number
  readonly segments: number
  readonly runs: number
  readonly markets: number
  readonly warnings: readonly string[]
}

const MANY_RUNS = 500
const MANY_SEGMENTS = 50

export function summarisePlan(plan: Plan): PlanSummary {
  const segments = plan.groups.reduce((sum, group) => sum + group.segments.length, 0)
  const counts = {
    points: plan.points.length,
    groups: plan.groups.length,
    segments,
    runs: plan.runs.length,
    markets: new Set(plan.runs.map(({ market }) => market)).size,
  }
  return {
    schema: 'escapement/plan-summary-1',
    id: plan.id,
    planHash: planHash(plan),
    keys: plan.keys,
    ...counts,
    warnings: warningsOf(plan, counts),
  }
}

type Counts = Pick<PlanSummary, 'runs' | 'segments' | 'markets' | 'points'>

function warningsOf({ keys }: Plan, { runs, segments, markets, points }: Counts): string[] {
  const warnings: string[] = []
  if (runs > MANY_RUNS) warnings.push(`${runs} runs are more than ${MANY_RUNS}`)
  if (segments > MANY_SEGMENTS) {
    warnings.push(`${segments} segments are more than ${MANY_SEGMENTS}`)
  }
  if (keys.length === 0) warnings.push('nothing is swept: one point, the configuration as it is')
  if (markets > 1 && markets * 2 > points) {
    warnings.push(`${markets} markets for ${points} points: few runs share a market`)
  }
  return warnings
}
