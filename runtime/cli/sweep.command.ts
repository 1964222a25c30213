import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { CodedError } from '@escapement/core'
import { DirectoryStore } from '../../adapters/experiment-directory/directory-store.ts'
import type { ExperimentOutcome } from '../experiment/finalize.ts'
import { summarisePlan } from '../experiment/plan-summary.ts'
import {
  checkClaim,
  claim,
  finalize,
  pendingJobs,
  type RunJob,
  runExperiment,
} from '../experiment/run-experiment.ts'
import { runEnvironment } from './experiment/code-identity.ts'
import { describeOutcome, describePlan } from './experiment/describe-experiment.ts'
import type { WorkerStart } from './experiment/messages.ts'
import { type PlannedFile, planFile } from './experiment/plan-file.ts'
import { KEEPS, type Keep } from './experiment/runner.ts'
import { closeSession, openSession, requireFree } from './experiment/scheduler-session.ts'
import { WorkerPool } from './experiment/worker-pool.ts'
import type { Output } from './output.ts'
import { logger, progressBar } from './terminal.ts'

export type SweepFlags = {
  readonly workers?: string
  readonly out?: string
  readonly plan?: boolean
  readonly maxRuns?: string
  readonly resume?: boolean
  readonly keep?: string
}

/** `escapement sweep <config>`: plans an experiment and runs it on this machine. */
export async function sweepCommand(
  configPath: string,
  flags: SweepFlags,
  output: Output,
): Promise<void> {
  const workers = countOf('--workers', flags.workers) ?? availableParallelism()
  const keep = keepOf(flags.keep)
  const planned = await planFile(configPath, countOf('--max-runs', flags.maxRuns))
  const { plan } = planned
  const summary = summarisePlan(plan)
  if (flags.plan === true) return output.result({ ...summary, plan }, () => describePlan(summary))
  const store = new DirectoryStore(flags.out ?? join('runs', plan.id))
  await requireFree(store)
  await checkClaim(plan, store, flags.resume === true)
  const jobs = await pendingJobs(plan, store)
  const about = { planHash: summary.planHash, runs: plan.runs.length, pending: jobs.length }
  logger().info({ ...about, workers, folder: store.root }, 'sweep')
  for (const warning of summary.warnings) logger().warn(warning)
  const started = performance.now()
  const outcome = await schedule(planned, store, jobs, { workers, keep })
  const seconds = (performance.now() - started) / 1_000
  const skipped = plan.runs.length - jobs.length
  if (outcome.status !== 'success') output.exitCode = 1
  const { id, ...rest } = outcome
  const value = {
    schema: 'escapement/sweep-1',
    id,
    directory: store.root,
    ...rest,
    skipped,
    seconds,
  }
  output.result(value, () => describeOutcome(value))
}

type Scheduling = { readonly workers: number; readonly keep: Keep }

async function schedule(
  { plan, base }: PlannedFile,
  store: DirectoryStore,
  jobs: readonly RunJob[],
  { workers, keep }: Scheduling,
): Promise<ExperimentOutcome> {
  if (jobs.length === 0) return finalize(plan, store)
  const environment = runEnvironment()
  const start: WorkerStart = { base, out: store.root, keep, environment }
  const pool = await WorkerPool.start(start, jobs, workers)
  const progress = progressBar(jobs.length, 'runs')
  try {
    await openSession(store)
    await claim(plan, store, { base, environment, createdAt: new Date().toISOString() })
    let ended = 0
    return await runExperiment(plan, store, pool, jobs, ({ status, run, error }) => {
      progress.update(++ended / jobs.length)
      if (status === 'failed') logger().warn({ run, code: error?.code }, error?.message)
    })
  } finally {
    progress.stop()
    await pool.close()
    await closeSession(store)
  }
}

function countOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && Number.isSafeInteger(count)) return count
  throw new CodedError('ESC_USAGE', {
    field: flag,
    found: text,
    needed: 'an integer of at least 1',
  })
}

function keepOf(text = 'failed'): Keep {
  const keep = KEEPS.find((one) => one === text)
  if (keep !== undefined) return keep
  const needed = `one of ${KEEPS.join(', ')}`
  throw new CodedError('ESC_USAGE', { field: '--keep', found: text, needed })
}
