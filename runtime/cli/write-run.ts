import { join } from 'node:path'
import { CodedError } from '@escapement/core'
import type { Recording } from '../../actors/recorder.actor.ts'
import {
  DONE,
  FAILED,
  freeRunPath,
  MANIFEST,
  RunDirectory,
  SNAPSHOTS,
} from '../../adapters/run-directory/run-directory.ts'
import { SnapshotFolder } from '../../adapters/run-directory/snapshots.ts'
import { type BacktestResult, RunFailed, runBacktest } from '../backtest.ts'
import type { EventLogOptions } from '../event-log/event-log.ts'
import { encodeSnapshot } from '../replay/snapshot.ts'
import { tablesOf } from './artifacts.ts'
import { type LogFlags, logHeaderOf } from './log-header.ts'
import { type FailureReport, failureReport } from './output.ts'
import type { PreparedBacktest } from './prepare-backtest.ts'
import { manifestOf } from './run-manifest.ts'
import { type RunSummary, summarise } from './summary.ts'
import { logger, progressBar } from './terminal.ts'

/** Where and how a run is written down. */
export type RunPlace = {
  /** Default: the first free `runs/<name>-<fingerprint>-<n>`. */
  readonly out: string | undefined
  /** Folder from which relative paths of the configuration start. */
  readonly base: string
  readonly log: LogFlags
  readonly loadSeconds: number
}

/** What became of a run; its directory is there in both cases. */
export type WrittenRun =
  | { readonly outcome: 'done'; readonly summary: RunSummary; readonly recording: Recording }
  | {
      readonly outcome: 'failed'
      readonly report: FailureReport & { readonly runDirectory: string }
    }

/**
 * Runs, and writes the run directory.
 * @throws ESC_OUTPUT when the directory is not empty or cannot be written
 */
export function writeRun(prepared: PreparedBacktest, place: RunPlace): WrittenRun {
  const { config, configFingerprint, dataHash, rows } = prepared
  const stem = `${config.name}-${configFingerprint.slice(0, 8)}`
  const directory = RunDirectory.create(place.out ?? freeRunPath('runs', stem))
  const manifest = { ...manifestOf(prepared), base: place.base }
  const identity = { seed: config.seed, configFingerprint, dataHash }
  logger().info({ ...identity, rows, run: directory.path, software: manifest.software }, 'backtest')
  directory.writeJson('config.json', config)
  directory.writeJson(MANIFEST, { ...manifest, status: 'running' })
  const running = performance.now()
  try {
    const result = runShown(prepared, directory, place.log)
    const wallSeconds = (performance.now() - running) / 1_000
    const { loadSeconds } = place
    const measured = { ...manifest, rows, wallSeconds, loadSeconds, runDirectory: directory.path }
    const summary = summarise(prepared.definition, result, measured)
    writeArtifacts(directory, prepared, result, summary)
    directory.close(DONE, { ...manifest, status: 'done' })
    return { outcome: 'done', summary, recording: result.recording }
  } catch (cause) {
    const report = reportOf(cause)
    leaveFailed(directory, manifest, report)
    return { outcome: 'failed', report: { ...report, runDirectory: directory.path } }
  }
}

/** A run that failed names the position; one whose files cannot be written ended, and is lost. */
function reportOf(cause: unknown): FailureReport {
  if (cause instanceof RunFailed) {
    return { ...failureReport(cause.cause), position: cause.position }
  }
  if (cause instanceof CodedError) return failureReport(cause)
  throw cause
}

function leaveFailed(directory: RunDirectory, manifest: object, report: FailureReport): void {
  const { position } = report
  const status = position === undefined ? { status: 'failed' } : { status: 'failed', position }
  const schema = 'escapement/summary-1'
  try {
    directory.writeJson('summary.json', { schema, status: 'failed', ...report })
    directory.close(FAILED, { ...manifest, ...status })
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause
    // A full disk takes no more of this either; the report says why the run failed.
    logger().warn({ run: directory.path }, cause.message)
  }
}

function runShown(
  prepared: PreparedBacktest,
  directory: RunDirectory,
  { market, sync, every }: LogFlags,
): BacktestResult {
  const { definition, rows } = prepared
  const sink = directory.openLog(logHeaderOf(prepared, market), { sync })
  const progress = progressBar(rows, 'rows')
  try {
    const handOver = sync === 'atEnd' ? 'link' : 'record'
    const log: EventLogOptions = { market, handOver, ...keptSnapshots(prepared, directory, every) }
    const onProgress = (share: number) => progress.update(share)
    const result = runBacktest(definition, { sink, log, onProgress })
    // A run whose log is not durable is not done.
    sink.close()
    return result
  } finally {
    progress.stop()
  }
}

/** Writes State down at the first checkpoint in every `every` positions. */
function keptSnapshots(
  { configFingerprint }: PreparedBacktest,
  directory: RunDirectory,
  every: number | null,
): Pick<EventLogOptions, 'onCheckpoint'> {
  if (every === null) return {}
  const folder = new SnapshotFolder(join(directory.path, SNAPSHOTS))
  let next = every
  return {
    onCheckpoint(position, state) {
      if (position < next) return
      next = position + every
      folder.write(position, encodeSnapshot({ position, state }, configFingerprint))
    },
  }
}

function writeArtifacts(
  directory: RunDirectory,
  { definition }: PreparedBacktest,
  result: BacktestResult,
  summary: RunSummary,
): void {
  for (const [name, text] of tablesOf(definition, result)) directory.writeText(name, text)
  directory.writeJson('summary.json', summary)
}
