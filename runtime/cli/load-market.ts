import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { defineStrategy, formatOrderKey, instantiate } from '@escapement/core'
import { noQuirks } from '../../actors/fill-simulator/quirks.ts'
import type { BacktestDefinition } from '../backtest.ts'
import type { Ground } from '../calibrate/predict.ts'
import { type Stay, staysOf } from '../calibrate/stays.ts'
import { resolveBacktest } from '../config/define-backtest.ts'
import { readConfig } from '../config/read-config.ts'
import { type BacktestConfig, strategiesOf } from '../config/schema.ts'
import { recordedEvents } from '../recorded-events.ts'
import { loadData, loadLatency } from './load-data.ts'
import { type RecordedRun, type RunFolder, readRecordedRun, requireOwnLog } from './recorded-run.ts'
import { asRun, checkSameData } from './repeat-run.ts'

/** A market that orders stood in: without the strategy that sent them. */
export type LoadedMarket = {
  readonly definition: BacktestDefinition
  /** By instrument. */
  readonly grounds: readonly Ground[]
  /** Of the run that this is; null where a configuration names the market alone. */
  readonly run: RecordedRun | null
}

/**
 * The market of a run directory, or of a configuration file. The strategy is not loaded: what it
 * did stands in the log of the run.
 * @throws ESC_RUN_DIFFERS when the data of a run are others now
 * @throws CodedError of the run directory, the configuration or the data
 */
export function loadMarket(source: string, base?: string): LoadedMarket {
  if (!isFolder(source)) {
    return { ...marketOf(readConfig(source), resolve(source)).market, run: null }
  }
  const run = readRecordedRun(source)
  return { ...marketOfRun(run, base), run }
}

/** @throws ESC_RUN_DIFFERS when the data of the run are others now */
export function marketOfRun(run: RunFolder, base?: string): Omit<LoadedMarket, 'run'> {
  const from = resolve(base ?? run.manifest.base ?? '.')
  const { market, data } = marketOf(asRun(readConfig(run.configFile)), join(from, 'config.json'))
  checkSameData(run, data)
  return market
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** Stands in for each strategy: nothing is run. */
const idle = instantiate(
  defineStrategy<unknown, null>({ name: 'idle', init: () => null, decide: () => ({}) }),
)

function marketOf(config: BacktestConfig, file: string) {
  const data = config.data.map((entry, i) => loadData(entry, i, file))
  const definition = resolveBacktest(
    config,
    config.data.map(({ instrument }, i) => ({ symbol: instrument, rows: data[i]!.rows })),
    strategiesOf(config).map(({ name, risk }) => ({ name, risk, strategy: idle })),
    data.map(({ name }) => name),
    (latency, originNs) => loadLatency(latency, originNs, file),
  )
  const { instruments, quirks = noQuirks } = definition.venue
  const grounds = definition.feed.map((channel, i): Ground => {
    return { channel, rules: instruments[i]!, quirks }
  })
  return { market: { definition, grounds }, data }
}

/**
 * The stays that the log of a run tells of.
 * @throws ESC_RUN_DIRECTORY when the log of a run that is done is not the one it wrote
 */
export function staysOfRun(run: RecordedRun, { definition, grounds }: LoadedMarket) {
  requireOwnLog(run)
  const { namespaces } = definition.configuration
  const ends = grounds.map(({ channel: { exchange } }) => exchange.time[exchange.length - 1] ?? 0)
  const nameOf = (key: number) => formatOrderKey(key, namespaces)
  const stays: readonly Stay[] = staysOf(recordedEvents(run.log), nameOf, Math.max(0, ...ends))
  return stays
}
