import { join } from 'node:path'
import { CodedError } from '@escapement/core'
import {
  DONE,
  FAILED,
  freeRunPath,
  RunDirectory,
  SNAPSHOTS,
} from '../../adapters/run-directory/run-directory.ts'
import { SnapshotFolder } from '../../adapters/run-directory/snapshots.ts'
import { type BacktestResult, RunFailed, runBacktest } from '../backtest.ts'
import type { EventLogOptions } from '../event-log/event-log.ts'
import { encodeSnapshot } from '../replay/snapshot.ts'
import { tablesOf } from './artifacts.ts'
import { describeRun } from './describe-run.ts'
import { type LogFlags, logFlags, logHeaderOf } from './log-header.ts'
import { type FailureReport, failureReport, type Output } from './output.ts'
import {
  type BacktestFlags,
  baseOf,
  type PreparedBacktest,
  prepareBacktest,
} from './prepare-backtest.ts'
import { manifestOf } from './run-manifest.ts'
import { type RunSummary, summarise } from './summary.ts'
import { logger, progressBar } from './terminal.ts'

/** `escapement backtest [config] [--data FILE] [--out DIR]`: runs, writes a run directory, sums up. */
export async function backtestCommand(
  configPath: string | undefined,
  flags: BacktestFlags,
  output: Output,
): Promise<void> {
  const logged = logFlags(flags)
  const loading = performance.now()
  const prepared = await prepareBacktest(configPath, flags)
  const loadSeconds = (performance.now() - loading) / 1_000
  const { config, configFingerprint, dataHash, rows } = prepared
  const stem = `${config.name}-${configFingerprint.slice(0, 8)}`
  const directory = RunDirectory.create(flags.out ?? freeRunPath('runs', stem))
  const manifest = { ...manifestOf(prepared), base: baseOf(configPath) }
  const identity = { seed: config.seed, configFingerprint, dataHash }
  logger().info({ ...identity, rows, run: directory.path, software: manifest.software }, 'backtest')
  directory.writeJson('config.json', config)
  directory.writeJson('manifest.json', { ...manifest, status: 'running' })
  const running = performance.now()
  try {
    const result = runShown(prepared, directory, logged)
    const wallSeconds = (performance.now() - running) / 1_000
    const measured = { rows, dataHash, configFingerprint, wallSeconds, loadSeconds }
    const summary = summarise(prepared.definition, result, {
      ...measured,
      runDirectory: directory.path,
    })
    writeArtifacts(directory, prepared, result, summary)
    directory.writeJson('manifest.json', { ...manifest, status: 'done' })
    directory.close(DONE)
    output.result(summary, () => describeRun(summary, result.recording))
  } catch (cause) {
    const report = reportOf(cause)
    leaveFailed(directory, manifest, report)
    output.failure({ ...report, runDirectory: directory.path })
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
  try {
    directory.writeJson('summary.json', { status: 'failed', ...report })
    directory.writeJson('manifest.json', { ...manifest, ...status })
    directory.close(FAILED)
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
