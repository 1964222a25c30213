import {
  attemptFolder,
  attemptsFolder,
  CANCEL,
  FAILED,
  groupFolder,
  RESULT,
  runFolder,
  summaryFolder,
} from './folders.ts'
import { type Plan, type PlannedRun, planHash } from './plan.ts'
import { publish, publishedFile, publishedManifest } from './publish.ts'
import { type ResultRow, type RunStatus, resultRow, resultsCsv } from './result-row.ts'
import { jsonBytes, type ResultStore } from './result-store.ts'
import { type RunResult, runResultSchema } from './run-result.ts'
import type { RunGroup } from './windows.ts'

export type Counts = {
  readonly expected: number
  readonly completed: number
  readonly failed: number
}

export type GroupOutcome = Counts & {
  readonly id: string
  readonly status: ExperimentStatus
}

/** `success`: all runs have results; `partial`: some; `failed`: none; `canceled`: it was stopped. */
export type ExperimentStatus = 'success' | 'partial' | 'failed' | 'canceled'

export type ExperimentOutcome = Counts & {
  readonly id: string
  readonly status: ExperimentStatus
  readonly planHash: string
  readonly groups: readonly GroupOutcome[]
}

/** A run as the store has it: its marks decide, not what a scheduler believes of it. */
export type FoundRun = {
  readonly run: PlannedRun
  readonly status: RunStatus
  readonly result: RunResult | null
}

/** Looks for the marks of every run of a group, or of all groups, in the order of the plan. */
export async function findRuns(
  plan: Plan,
  store: ResultStore,
  group?: string,
): Promise<readonly FoundRun[]> {
  const found: FoundRun[] = []
  for (const run of plan.runs) {
    if (group !== undefined && run.group !== group) continue
    const result = await resultOf(store, run)
    const isFailed = result === null && (await failedAttempts(store, run.id)) > 0
    const status = result !== null ? 'done' : isFailed ? 'failed' : 'missing'
    found.push({ run, status, result })
  }
  return found
}

/** The result of a run that is marked as done and is the planned one; else null. */
async function resultOf(store: ResultStore, { id, identity }: PlannedRun) {
  const folder = runFolder(id)
  const manifest = await publishedManifest(store, folder)
  const bytes = manifest && (await publishedFile(store, folder, manifest, RESULT))
  if (bytes === null) return null
  const result = runResultSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  return result.identity === identity ? result : null
}

/** How often a run has failed, by the evidence that was left whole. */
export async function failedAttempts(store: ResultStore, run: string): Promise<number> {
  const names = await store.list(attemptsFolder(run))
  let count = 0
  for (let attempt = 1; attempt <= names.length; attempt++) {
    if ((await store.read(`${attemptFolder(run, attempt)}/${FAILED}`)) !== null) count = attempt
  }
  return count
}

/** Counts a group from the marks of its runs and publishes the counts, whatever they are. */
export async function finalizeGroup(
  plan: Plan,
  store: ResultStore,
  { id, startNs, measuredFromNs, endNs, segments }: RunGroup,
): Promise<GroupOutcome> {
  const runs = await findRuns(plan, store, id)
  const outcome = { id, ...outcomeOf(runs.map(({ status }) => status)) }
  await publish(
    store,
    groupFolder(id),
    {},
    {
      schema: 'escapement/group-1',
      experiment: plan.id,
      ...outcome,
      window: { startNs, measuredFromNs, endNs },
      segments,
      runs: runs.map(({ run, status }) => ({ id: run.id, status })),
    },
  )
  return outcome
}

/** Publishes the experiment: the table of results in the order of the plan, and all counts. */
export async function finalizeExperiment(
  plan: Plan,
  store: ResultStore,
  groups: readonly GroupOutcome[],
): Promise<ExperimentOutcome> {
  const runs = await findRuns(plan, store)
  const counted = outcomeOf(runs.map(({ status }) => status))
  const isStopped = counted.completed + counted.failed < counted.expected
  const isCanceled = isStopped && (await store.read(CANCEL)) !== null
  const outcome: ExperimentOutcome = {
    id: plan.id,
    ...counted,
    ...(isCanceled ? { status: 'canceled' } : {}),
    planHash: planHash(plan),
    groups,
  }
  const rows = rowsOf(plan, runs)
  const files = {
    'results.csv': new TextEncoder().encode(resultsCsv(plan.keys, rows)),
    'results.json': jsonBytes({
      schema: 'escapement/results-1',
      experiment: plan.id,
      planHash: outcome.planHash,
      keys: plan.keys,
      rows: rows.map((row, i) => ({ ...row, segments: runs[i]!.result?.segments ?? [] })),
      ...(groups.length > 1 ? { points: pointsByGroup(plan, rows) } : {}),
    }),
  }
  const about = { schema: 'escapement/experiment-results-1', ...outcome }
  await publish(store, summaryFolder, files, about, true)
  return outcome
}

/** The table of results: a row for each of the runs, with the parameters of its point. */
export function rowsOf(plan: Plan, runs: readonly FoundRun[]): readonly ResultRow[] {
  const points = new Map(plan.points.map(({ id, values }) => [id, values]))
  return runs.map(({ run, status, result }) => {
    const values = points.get(run.sweep)!
    const parameters = Object.fromEntries(plan.keys.map((key, i) => [key, values[i]]))
    return resultRow(run, parameters, status, result)
  })
}

/** Each point with what it gave in every group: in sample beside out of sample. */
function pointsByGroup(plan: Plan, rows: readonly ResultRow[]) {
  const bySweep = new Map<string, ResultRow[]>()
  for (const row of rows) bySweep.set(row.sweep, [...(bySweep.get(row.sweep) ?? []), row])
  return plan.points.map(({ id }) => {
    const own = bySweep.get(id)!
    const { parameters } = own[0]!
    const groups = Object.fromEntries(own.map(({ group, metrics }) => [group, metrics]))
    return { sweep: id, parameters, groups }
  })
}

function outcomeOf(statuses: readonly RunStatus[]): Counts & { status: ExperimentStatus } {
  const count = (status: RunStatus) => statuses.filter((one) => one === status).length
  const completed = count('done')
  const expected = statuses.length
  const status = completed === expected ? 'success' : completed > 0 ? 'partial' : 'failed'
  return { status, expected, completed, failed: count('failed') }
}
