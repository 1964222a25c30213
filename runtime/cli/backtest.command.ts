import { CodedError } from '@escapement/core'
import {
  DONE,
  FAILED,
  freeRunPath,
  RunDirectory,
} from '../../adapters/run-directory/run-directory.ts'
import { type BacktestResult, RunFailed, runBacktest } from '../backtest.ts'
import { strategiesOf } from '../config/schema.ts'
import { equityCsv, fillsCsv } from './artifacts.ts'
import { describeRun } from './describe-run.ts'
import { type LogFlags, logFlags, logHeaderOf } from './log-header.ts'
import { type FailureReport, failureReport, type Output, softwareVersion } from './output.ts'
import {
  type BacktestFlags,
  baseOf,
  type PreparedBacktest,
  prepareBacktest,
} from './prepare-backtest.ts'
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
  { market, sync }: LogFlags,
): BacktestResult {
  const { definition, rows } = prepared
  const sink = directory.openLog(logHeaderOf(prepared, market), { sync })
  const progress = progressBar(rows, 'rows')
  try {
    const log = { market, handOver: sync === 'atEnd' ? 'link' : 'record' } as const
    const onProgress = (share: number) => progress.update(share)
    const result = runBacktest(definition, { sink, log, onProgress })
    // A run whose log is not durable is not done.
    sink.close()
    return result
  } finally {
    progress.stop()
  }
}

/** What the run is: enough to name it and to repeat it. */
function manifestOf(prepared: PreparedBacktest) {
  const { config, configFingerprint, dataHash, data, definition } = prepared
  return {
    schema: 'escapement/run-1',
    name: config.name,
    software: softwareVersion(),
    node: process.version,
    configFingerprint,
    dataHash,
    data: data.map(({ name, hash, rows }) => ({ name, hash, rows: rows.length })),
    ...strategiesRun(prepared),
    seed: config.seed,
    originNs: definition.origin.toString(),
    // Outside a storage root any file may be run; nobody vouches for its history.
    provenance: 'unmanaged',
  }
}

/** Module and identity of the strategy, or of each with its name where there are several. */
function strategiesRun({ config, strategyIdentities }: PreparedBacktest) {
  const run = strategiesOf(config).map(({ name, module }, i) => {
    return { name, module, identity: strategyIdentities[i]! }
  })
  if (config.strategy === undefined) return { strategies: run }
  const { module, identity } = run[0]!
  return { strategy: { module, identity } }
}

function writeArtifacts(
  directory: RunDirectory,
  { definition }: PreparedBacktest,
  result: BacktestResult,
  summary: RunSummary,
): void {
  const { configuration, origin } = definition
  const { instruments, namespaces } = configuration
  directory.writeText('fills.csv', fillsCsv(result.recording, instruments, namespaces, origin))
  directory.writeText('equity.csv', equityCsv(result.recording, instruments, origin))
  directory.writeText('topology.mmd', result.mermaid)
  directory.writeJson('summary.json', summary)
}
