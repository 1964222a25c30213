import type { ErrorFacts } from '@escapement/core'
import { attemptFolder, FAILED } from './folders.ts'
import { jsonBytes, type ResultStore } from './result-store.ts'
import type { RunJob, RunReport } from './run-experiment.ts'

/** What of a run was under way when it failed. */
export type Stage = 'prepare' | 'run' | 'publish' | 'worker'

export type Failure = {
  readonly stage: Stage
  readonly error: {
    readonly code: string
    readonly message: string
    readonly facts: ErrorFacts
    readonly position?: number
    readonly stack?: string
  }
  readonly lifecycle: object
  /** The event log up to where it failed. */
  readonly log?: Uint8Array
}

/**
 * Keeps the evidence of a failed attempt: what went wrong and when, the whole definition, and the log
 * up to there. It lies apart from results, and its mark is not theirs: nothing takes it for one.
 */
export async function recordFailure(
  store: ResultStore,
  { definition, attempt }: RunJob,
  { log, ...failure }: Failure,
): Promise<RunReport> {
  const run = definition.id
  const folder = attemptFolder(run, attempt)
  const about = { schema: 'escapement/run-failure-1', run, attempt, status: 'failed', ...failure }
  await store.write(`${folder}/definition.json`, jsonBytes(definition))
  if (log !== undefined) await store.write(`${folder}/events/000000.seg`, log)
  await store.write(`${folder}/failure.json`, jsonBytes(about))
  await store.write(`${folder}/${FAILED}`, new Uint8Array(0))
  return { run, attempt, status: 'failed', error: failure.error }
}
