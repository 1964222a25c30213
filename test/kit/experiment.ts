import type { ExperimentOutcome } from '../../runtime/experiment/finalize.ts'
import {
  draftExperiment,
  inputsNamed,
  type Plan,
  planExperiment,
} from '../../runtime/experiment/plan.ts'
import { publish } from '../../runtime/experiment/publish.ts'
import { checkExperiment, type Experiment } from '../../runtime/experiment/read-experiment.ts'
import { recordFailure } from '../../runtime/experiment/record-failure.ts'
import { jsonBytes, type ResultStore } from '../../runtime/experiment/result-store.ts'
import {
  claim,
  type Executor,
  pendingJobs,
  type RunJob,
  type RunReport,
  runExperiment,
} from '../../runtime/experiment/run-experiment.ts'
import type { RunResult } from '../../runtime/experiment/run-result.ts'
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

const code = { software: 'escapement test', source: '00', dependencies: '11' }

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

/** A store in memory, which can fail or stop at a given write and remembers their order. */
export class MemoryStore implements ResultStore {
  readonly files = new Map<string, Uint8Array>()
  readonly written: string[] = []
  /** Writes that still succeed; after them the process is gone, as it were. */
  writesLeft = Infinity

  async read(path: string): Promise<Uint8Array | null> {
    return this.files.get(path) ?? null
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    if (this.writesLeft-- <= 0) throw new Error('killed')
    this.written.push(path)
    this.files.set(path, bytes)
  }

  async list(folder: string): Promise<readonly string[]> {
    const inner = [...this.files.keys()].filter((path) => path.startsWith(`${folder}/`))
    return [...new Set(inner.map((path) => path.slice(folder.length + 1).split('/')[0]!))].sort()
  }

  async remove(path: string): Promise<void> {
    this.files.delete(path)
  }

  json(path: string): Record<string, unknown> {
    return JSON.parse(new TextDecoder().decode(this.files.get(path))) as Record<string, unknown>
  }
}

/** A result as a worker would publish it; what it found is made up. */
function madeUpResult({ definition }: RunJob): RunResult {
  const { experiment, id: run, group, sweep, identity, parameters } = definition
  const hash = identity.slice(0, 8)
  return {
    schema: 'escapement/run-result-1',
    ...{ experiment, run, group, sweep, identity, parameters: { ...parameters }, seed: 1 },
    ...{ eventLogHash: hash, stateHash: hash, configFingerprint: hash, dataHash: hash },
    ...{ events: 9, decisions: 2, orders: 1, fills: 0, positionLots: 0 },
    ...{ balance: '0', fee: '0', equity: '0', segments: [] },
  }
}

/** An executor that publishes what is made up, one run after the other; `fails` says which fail. */
export const madeUpExecutor = (
  store: ResultStore,
  fails: (job: RunJob) => boolean = () => false,
): Executor => ({
  async execute(jobs, onReport, signal) {
    for (const job of jobs) {
      if (signal.aborted) return
      onReport(await doJob(store, job, fails(job)))
      // Whoever listens may look into the store first.
      await new Promise((resolve) => setImmediate(resolve))
    }
  },
})

async function doJob(store: ResultStore, job: RunJob, isFailing: boolean): Promise<RunReport> {
  const { definition, attempt } = job
  if (isFailing) {
    const error = { code: 'ESC_INTERNAL', message: 'no idea', facts: {} }
    return recordFailure(store, job, { stage: 'run', error, lifecycle: {} })
  }
  const files = { 'result.json': jsonBytes(madeUpResult(job)) }
  const { identity } = definition
  await publish(store, `runs/${definition.id}`, files, { identity, attempt })
  return { run: definition.id, attempt, status: 'done' }
}

/** Plans, claims, runs and counts, as the command does. */
export async function ran(
  plan: Plan,
  store: ResultStore,
  executor: Executor = madeUpExecutor(store),
): Promise<ExperimentOutcome> {
  await claim(plan, store, {})
  return runExperiment(plan, store, executor, await pendingJobs(plan, store))
}
