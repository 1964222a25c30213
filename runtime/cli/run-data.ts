import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError } from '@escapement/core'
import { midsOfMarket } from '../analysis/mid-series.ts'
import { runEvents } from '../analysis/order-history.ts'
import type { NamedRun } from '../analysis/tables/run-tables.ts'
import { readConfig } from '../config/read-config.ts'
import { instrumentOf } from '../config/resolve-config.ts'
import { strategiesOf } from '../config/schema.ts'
import { recordedEntries } from '../recorded-events.ts'
import { readEquityCsv } from './equity-csv.ts'
import { loadMarket } from './load-market.ts'
import { type RecordedRun, requireOwnLog } from './recorded-run.ts'

/** Where the mids of markouts come from besides the run directory: the data that the run had. */
export type MarketOptions = { readonly market: boolean; readonly base?: string }

/**
 * Everything that a run directory tells, from its files alone: nothing is repeated. A run that did
 * not end left no equity. With `market`, the data are read as well, for the Venue's mids.
 * @throws ESC_RUN_DIRECTORY naming the file that is missing or is not what the run wrote
 * @throws ESC_RUN_DIFFERS when the data of the run are others now
 */
export function readRunData(run: RecordedRun, { market, base }: MarketOptions): NamedRun {
  requireOwnLog(run)
  const config = readConfig(run.configFile)
  const instruments = config.data.map(({ instrument }) => instrumentOf(config, instrument, 0))
  const originNs = originOf(run)
  const events = runEvents(recordedEntries(run.log))
  const equityFile = join(run.path, 'equity.csv')
  const isWhole = run.outcome === 'done' || existsSync(equityFile)
  const { orders, fills, funding } = events
  const record = {
    instruments,
    orders,
    funding,
    fills: [...fills],
    equity: isWhole ? readEquityCsv(equityFile, instruments, originNs) : instruments.map(() => []),
    ...(market ? { mids: midsOfRun(run, base) } : {}),
  }
  const namespaces = strategiesOf(config).map(({ name }) => name)
  return { record, events, namespaces, originNs }
}

const midsOfRun = ({ path }: RecordedRun, base: string | undefined) =>
  loadMarket(path, base).definition.feed.map(({ exchange }) => midsOfMarket(exchange))

function originOf({ path, manifest: { originNs } }: RecordedRun): bigint {
  if (originNs !== undefined && /^\d{1,19}$/.test(originNs)) return BigInt(originNs)
  throw new CodedError('ESC_RUN_DIRECTORY', {
    file: join(path, 'manifest.json'),
    field: 'originNs',
    found: originNs ?? 'nothing',
    needed: 'epoch ns of the start, as the run wrote it',
  })
}
