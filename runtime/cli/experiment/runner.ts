import { join, resolve } from 'node:path'
import { CodedError } from '@escapement/core'
import type { LogHeader, LogSink } from '../../../actors/ports.ts'
import { encodeSegmentHeader, segmentName } from '../../../adapters/event-log/segment.ts'
import { fileHash, readBytes } from '../../../adapters/market-data/files.ts'
import { EVENTS } from '../../../adapters/run-directory/run-directory.ts'
import { type BacktestDefinition, type BacktestResult, RunFailed } from '../../backtest.ts'
import type { RunDefinition } from '../../experiment/definition.ts'
import { RESULT, runFolder } from '../../experiment/folders.ts'
import { publish } from '../../experiment/publish.ts'
import { recordFailure, type Stage } from '../../experiment/record-failure.ts'
import { jsonBytes, type ResultStore } from '../../experiment/result-store.ts'
import type { RunJob, RunReport } from '../../experiment/run-experiment.ts'
import { warmingUp } from '../../experiment/warm-up.ts'
import { type MarketRecording, recordMarket, runWorld } from '../../worlds.ts'
import { tablesOf } from '../artifacts.ts'
import { loadModule } from '../load-strategy.ts'
import { logHeaderOf } from '../log-header.ts'
import { failureReport } from '../output.ts'
import { type PreparedBacktest, prepareConfig } from '../prepare-backtest.ts'
import { manifestOf } from '../run-manifest.ts'
import type { RunEnvironment } from './code-identity.ts'
import { remembering } from './plan-file.ts'
import { resultOf } from './result-of.ts'

/** Whose event log, fills and equity are kept besides the result. */
export const KEEPS = ['all', 'failed', 'none'] as const
export type Keep = (typeof KEEPS)[number]

export type RunnerOptions = {
  /** Folder from which relative paths of definitions start. */
  readonly base: string
  readonly store: ResultStore
  readonly keep: Keep
  readonly environment: RunEnvironment
}

/** A market that was read, checked and recorded: the runs of one market share it. */
type Market = Pick<PreparedBacktest, 'data'> & {
  readonly key: string
  readonly origin: bigint
  readonly recording: MarketRecording
}

/**
 * Does runs one after the other, whatever hands them out. It keeps the market of the last run, so
 * runs that share one are best given in a row; no result depends on it.
 */
export class Runner {
  readonly #options: RunnerOptions
  readonly #module = remembering(loadModule)
  /** Files that were found to be those of the plan. */
  readonly #verified = new Map<string, string>()
  #market: Market | null = null

  constructor(options: RunnerOptions) {
    this.#options = options
  }

  /**
   * Does one run and publishes its result, or the evidence of its failure. It does not throw for
   * what is wrong with the run.
   */
  async runOne(job: RunJob): Promise<RunReport> {
    const { keep, store } = this.#options
    const startedAt = new Date()
    const log: Uint8Array[] = []
    let stage: Stage = 'prepare'
    try {
      const { prepared, market } = await this.#prepare(job.definition)
      stage = 'run'
      const sink = segmentSink(logHeaderOf(prepared, 'reference'), log)
      const started = performance.now()
      const result = runWorld(
        prepared.definition,
        market.recording,
        keep === 'none' ? {} : { sink },
      )
      const wallSeconds = (performance.now() - started) / 1_000
      stage = 'publish'
      await this.#publish(job, prepared, result, { startedAt, wallSeconds, log })
      return { run: job.definition.id, attempt: job.attempt, status: 'done' }
    } catch (cause) {
      const isRun = cause instanceof RunFailed
      const error = failureReport(isRun ? cause.cause : cause)
      return recordFailure(store, job, {
        stage,
        error: isRun ? { ...error, position: cause.position } : error,
        lifecycle: lifecycleOf(startedAt),
        ...(log.length === 0 ? {} : { log: Buffer.concat(log) }),
      })
    }
  }

  /**
   * Reads what a run needs, and keeps it for the run.
   * @throws CodedError of the data, the configuration or the strategy
   */
  async prepare(definition: RunDefinition): Promise<void> {
    await this.#prepare(definition)
  }

  async #prepare(definition: RunDefinition) {
    const { config, inputs } = definition
    // Relative paths start from the folder of a configuration; which file it is does not matter.
    const file = join(this.#options.base, 'definition.json')
    for (const [path, hash] of Object.entries(inputs.files)) this.#verify(path, hash)
    const market = await this.#marketOf(definition, file)
    const prepared = await prepareConfig(config, file, false, {
      module: this.#module,
      data: (_, index) => market.data[index]!,
      market: { origin: market.origin, feed: market.recording.feed },
    })
    prepared.strategyIdentities.forEach((found, i) => {
      const module = (config.strategy ?? config.strategies![i]!).module
      requireSame(`strategy ${module}`, found, inputs.strategies[module]!)
    })
    const warm = { ...prepared, definition: withWarmUp(prepared.definition, definition) }
    return { prepared: warm, market }
  }

  async #marketOf({ market: key, config }: RunDefinition, file: string): Promise<Market> {
    if (this.#market?.key === key) return this.#market
    // The one before makes room before the next is read.
    this.#market = null
    const { data, definition } = await prepareConfig(config, file, false, { module: this.#module })
    const { origin, feed } = definition
    this.#market = { key, data, origin, recording: recordMarket(feed) }
    return this.#market
  }

  /** @throws ESC_EXPERIMENT_INPUT when the file is not the one with which the run was planned */
  #verify(path: string, hash: string): void {
    const found = this.#verified.get(path) ?? fileHash(readBytes(resolve(this.#options.base, path)))
    requireSame(path, found, hash)
    this.#verified.set(path, found)
  }

  async #publish(
    { definition, attempt }: RunJob,
    prepared: PreparedBacktest,
    result: BacktestResult,
    run: { startedAt: Date; wallSeconds: number; log: readonly Uint8Array[] },
  ): Promise<void> {
    const { base, store, keep, environment } = this.#options
    const folder = runFolder(definition.id)
    const manifest = manifestOf(prepared)
    const { found, summary } = resultOf(definition, prepared, result, {
      manifest,
      wallSeconds: run.wallSeconds,
      folder,
    })
    const files: Record<string, Uint8Array> = {
      [RESULT]: jsonBytes(found),
      'definition.json': jsonBytes(definition),
    }
    if (keep === 'all') {
      files['config.json'] = jsonBytes(prepared.config)
      files['summary.json'] = jsonBytes(summary)
      files[`${EVENTS}/${segmentName(0)}`] = Buffer.concat(run.log)
      for (const [name, text] of tablesOf(prepared.definition, result))
        files[name] = Buffer.from(text)
    }
    await publish(store, folder, files, {
      ...manifest,
      base,
      status: 'done',
      experiment: definition.experiment,
      run: definition.id,
      identity: definition.identity,
      attempt,
      environment,
      lifecycle: { ...lifecycleOf(run.startedAt), wallSeconds: run.wallSeconds },
    })
  }
}

function lifecycleOf(startedAt: Date) {
  const finishedAt = new Date()
  return {
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    durationSeconds: (finishedAt.getTime() - startedAt.getTime()) / 1_000,
  }
}

/** Until the run counts, its strategies watch. */
function withWarmUp(
  definition: BacktestDefinition,
  { measuredFromNs }: RunDefinition,
): BacktestDefinition {
  const until = measuredFromNs === null ? 0 : Number(BigInt(measuredFromNs) - definition.origin)
  if (until <= 0) return definition
  return { ...definition, strategies: definition.strategies.map((one) => warmingUp(one, until)) }
}

function requireSame(field: string, found: string, needed: string): void {
  if (found === needed) return
  throw new CodedError('ESC_EXPERIMENT_INPUT', {
    field,
    found,
    needed: `${needed}, as the plan has it`,
  })
}

/** Takes the log of a run as the one segment that it is. */
const segmentSink = (header: Omit<LogHeader, 'topologyHash'>, parts: Uint8Array[]): LogSink => ({
  begin({ hash }) {
    parts.push(encodeSegmentHeader({ ...header, topologyHash: hash, segment: 0, firstByte: 0 }))
  },
  write: (bytes) => void parts.push(bytes.slice()),
})
