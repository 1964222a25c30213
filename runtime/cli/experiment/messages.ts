import type { ErrorCode, ErrorFacts } from '@escapement/core'
import type { RunDefinition } from '../../experiment/definition.ts'
import type { RunJob, RunReport } from '../../experiment/run-experiment.ts'
import type { RunEnvironment } from './code-identity.ts'
import type { Keep } from './runner.ts'

/** What a worker thread is started with. */
export type WorkerStart = {
  readonly base: string
  readonly out: string
  readonly keep: Keep
  readonly environment: RunEnvironment
}

/** What a worker thread is asked, one thing at a time. */
export type WorkerRequest =
  | { readonly kind: 'prepare'; readonly definition: RunDefinition }
  | { readonly kind: 'run'; readonly job: RunJob }

/** An error that is told across threads; `code` is null of one that has none. */
export type ToldError = {
  readonly code: ErrorCode | null
  readonly message: string
  readonly facts: ErrorFacts
}

export type WorkerAnswer =
  | { readonly kind: 'prepared'; readonly error: ToldError | null }
  | { readonly kind: 'report'; readonly report: RunReport }
