import { CodedError, type ErrorFacts } from '@escapement/core'
import { canonicalJson } from '../canonical-json.ts'
import type { RunDefinition } from './definition.ts'
import {
  type ExperimentOutcome,
  failedAttempts,
  finalizeExperiment,
  finalizeGroup,
  type GroupOutcome,
} from './finalize.ts'
import { CANCEL, EXPERIMENT, PLAN, runFolder, summaryFolder } from './folders.ts'
import { definer, type Plan, planHash } from './plan.ts'
import { isComplete, publishedManifest, unpublish } from './publish.ts'
import { jsonBytes, type ResultStore } from './result-store.ts'

/** One run to be done, as plain data. */
export type RunJob = {
  readonly definition: RunDefinition
  /** From 1; how often the run was tried, this time included. */
  readonly attempt: number
}

/** How a job ended. Its result, or the evidence of its failure, is in the store by then. */
export type RunReport = {
  readonly run: string
  readonly attempt: number
  readonly status: 'done' | 'failed'
  readonly error?: { readonly code: string; readonly message: string; readonly facts: ErrorFacts }
}

/**
 * Does jobs wherever it likes, in any order: threads, processes, a cluster. It reports each job as
 * it ends; a job that fails is a report and no throw. Once `signal` is aborted it begins no more.
 */
export type Executor = {
  execute(
    jobs: readonly RunJob[],
    onReport: (report: RunReport) => void,
    signal: AbortSignal,
  ): Promise<void>
}

/**
 * The jobs of a plan that are still to be done. A run is skipped when its folder is marked and every
 * file in it has the hash that its manifest states.
 */
export async function pendingJobs(plan: Plan, store: ResultStore): Promise<readonly RunJob[]> {
  const define = definer(plan)
  const jobs: RunJob[] = []
  for (const run of plan.runs) {
    const folder = runFolder(run.id)
    if ((await isComplete(store, folder)) && (await identityOf(store, folder)) === run.identity) {
      continue
    }
    jobs.push({ definition: define(run), attempt: (await failedAttempts(store, run.id)) + 1 })
  }
  return jobs
}

const identityOf = async (store: ResultStore, folder: string): Promise<unknown> =>
  (await publishedManifest(store, folder))?.identity

/**
 * Whether a store is free for an experiment, or holds the same one, which is to be resumed.
 * @throws ESC_EXPERIMENT_DIRECTORY when it belongs to an experiment of another definition, or to
 *   this one and `isResumed` does not say that it goes on
 */
export async function checkClaim(
  plan: Plan,
  store: ResultStore,
  isResumed: boolean,
): Promise<void> {
  const bytes = await store.read(EXPERIMENT)
  if (bytes === null) {
    if (isResumed) throw directoryError('no experiment to resume', 'one that was begun there')
    return
  }
  const hash = planHash(plan)
  const found = JSON.parse(new TextDecoder().decode(bytes)) as { id: string; planHash: string }
  if (found.planHash !== hash) {
    throw directoryError(
      `experiment ${found.id} of another definition, plan ${found.planHash.slice(0, 8)}`,
      `plan ${hash.slice(0, 8)}, or a folder of its own: --out names one`,
    )
  }
  if (isResumed) return
  throw directoryError(`experiment ${found.id} already`, 'another folder, or --resume')
}

/** Writes the plan down, and what else is known `about` the experiment; twice is as once. */
export async function claim(plan: Plan, store: ResultStore, about: object): Promise<void> {
  if ((await store.read(EXPERIMENT)) !== null) return
  await store.write(PLAN, new TextEncoder().encode(canonicalJson(plan)), true)
  const named = { schema: 'escapement/experiment-1', id: plan.id, planHash: planHash(plan) }
  await store.write(EXPERIMENT, jsonBytes({ ...named, ...about }), true)
}

const directoryError = (found: string, needed: string): CodedError =>
  new CodedError('ESC_EXPERIMENT_DIRECTORY', { field: 'the folder', found, needed })

/**
 * Has an executor do the jobs, and then counts what is there: groups first, then the whole. The
 * counting happens however the jobs ended, also when the executor itself broke.
 */
export async function runExperiment(
  plan: Plan,
  store: ResultStore,
  executor: Executor,
  jobs: readonly RunJob[],
  onReport: (report: RunReport) => void = () => undefined,
): Promise<ExperimentOutcome> {
  await unpublish(store, summaryFolder)
  await store.remove(CANCEL)
  const stop = new AbortController()
  const watch = (report: RunReport): void => {
    onReport(report)
    void store.read(CANCEL).then((mark) => mark !== null && stop.abort())
  }
  try {
    await executor.execute(jobs, watch, stop.signal)
  } catch (cause) {
    // Counting may fail for the same reason; the first error says more.
    await finalize(plan, store).catch(() => undefined)
    throw cause
  }
  return finalize(plan, store)
}

/** Every finalizer of a plan, in order. */
export async function finalize(plan: Plan, store: ResultStore): Promise<ExperimentOutcome> {
  const groups: GroupOutcome[] = []
  for (const group of plan.groups) groups.push(await finalizeGroup(plan, store, group))
  return finalizeExperiment(plan, store, groups)
}
