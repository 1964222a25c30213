import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { LogReader } from '../../adapters/event-log/log-reader.ts'
import { EVENTS } from '../../adapters/run-directory/run-directory.ts'
import { readConfig } from '../config/read-config.ts'
import type { BacktestConfig } from '../config/schema.ts'
import { copiedViews, type ViewOf } from '../event-log/read-log.ts'
import { marketOfRun } from './load-market.ts'
import type { RunFolder } from './recorded-run.ts'

/** One of two runs that are compared. */
export type DiffSide = {
  readonly run: RunFolder
  readonly config: BacktestConfig
  readonly log: LogReader
  /** Rows that the log refers to; the data are loaded when they are asked for. */
  readonly viewOf: ViewOf
  /** How the run was made, as plain fields. */
  readonly definition: object
}

/** @throws CodedError of the configuration or the log that cannot be read */
export function openSide(run: RunFolder, base: string | undefined): DiffSide {
  const config = readConfig(run.configFile)
  const log = LogReader.open(join(run.path, EVENTS))
  return {
    run,
    config,
    log,
    viewOf: viewsOf(run, log, base),
    definition: definitionOf(run, config),
  }
}

/** Whether a range of rows means the same to both: equal data, cut and counted equally. */
export function hasSameMarket(a: DiffSide, b: DiffSide): boolean {
  return isDeepStrictEqual(marketOf(a), marketOf(b))
}

const marketOf = ({ run, config }: DiffSide) => ({
  hashes: run.manifest.data.map(({ hash }) => hash),
  order: config.data.map(({ instrument }) => instrument),
  instruments: config.instruments,
  window: config.window,
})

function viewsOf(run: RunFolder, log: LogReader, base: string | undefined): ViewOf {
  let found: ViewOf | null = null
  return (instrument) => {
    found ??= log.header.market === 'full' ? copiesIn(log) : loaded(run, base)
    return found(instrument)
  }
}

function copiesIn(log: LogReader): ViewOf {
  const copies = copiedViews(log.records())
  return (instrument) => copies.get(instrument)!
}

function loaded(run: RunFolder, base: string | undefined): ViewOf {
  const { feed } = marketOfRun(run, base).definition
  return (instrument) => feed[instrument]!.local
}

function definitionOf({ manifest }: RunFolder, config: BacktestConfig): object {
  const { software, code, dependencies, data, strategy, strategies } = manifest
  return {
    software,
    code: code && { hash: code.hash, commit: code.commit },
    dependencies: dependencies && { hash: dependencies.hash },
    config,
    data: data.map(({ hash }) => ({ hash })),
    strategies: (strategies ?? [strategy]).map((one) => ({ identity: one?.identity })),
  }
}
