import {
  CodedError,
  type Instrument,
  type MarketRows,
  type StrategyInstance,
  unitsPerLot,
} from '@escapement/core'
import type { LatencySource } from '../../actors/fill-simulator/latency-model.ts'
import { queueModel } from '../../actors/fill-simulator/queue-model.ts'
import { quirkPreset } from '../../actors/fill-simulator/quirks.ts'
import type { BacktestDefinition } from '../backtest.ts'
import { backtestCapabilities } from '../environment.ts'
import { feedChannel, sessionOrigin } from '../feed-channel.ts'
import { processingContext } from '../processing-context.ts'
import { feesOf } from './fees-of.ts'
import { sessionFingerprint } from './fingerprint.ts'
import { fundingOf } from './funding-of.ts'
import { type LatencyTableConfig, latencyOf } from './latency-of.ts'
import { checkOwn, checkSession } from './read-config.ts'
import { coreConfiguration, type SymbolRows, windowOf } from './resolve-config.ts'
import { rulesOf } from './rules-of.ts'
import type { OwnConfig, OwnInput, SessionConfig, SessionInput } from './schema.ts'

/** One of several strategies. */
export type NamedStrategy = {
  /** Namespace of its orders, each name once: letters, digits, dot, underscore, hyphen. */
  readonly name: string
  readonly strategy: StrategyInstance
  /** Limits besides those of the account, held against what this strategy has open and traded. */
  readonly risk?: OwnInput['risk']
}

/**
 * A backtest in a program: a session, the rows of each instrument by symbol, and what trades: one
 * strategy, or several `{ name, strategy, risk? }` in order of evaluation.
 * The session has the fields of the configuration file without `data`, `strategy`, `strategies`;
 * a single strategy's orders have the session's name.
 * @throws ESC_CONFIG_INVALID and its sisters, ESC_DATA_TICK, ESC_TIME_SPAN
 */
export function defineBacktest(
  input: SessionInput,
  rowsBySymbol: Readonly<Record<string, MarketRows>>,
  strategy: StrategyInstance | readonly NamedStrategy[],
): BacktestDefinition {
  const session = checkSession(input)
  const datasets = Object.entries(rowsBySymbol).map(([symbol, rows]) => ({ symbol, rows }))
  return resolveBacktest(session, datasets, checkedStrategies(session, strategy))
}

function checkedStrategies(
  { name }: SessionConfig,
  strategy: StrategyInstance | readonly NamedStrategy[],
): readonly CheckedStrategy[] {
  if ('strategy' in strategy) return [{ name, strategy, risk: {} }]
  return checkOwn(strategy).map((own, i) => ({ ...own, strategy: strategy[i]!.strategy }))
}

export type CheckedStrategy = OwnConfig & { readonly strategy: StrategyInstance }

/**
 * The same for a checked configuration. `files` name the datasets in errors; `market` is the feed of
 * a definition with the same datasets, instruments and window, which then need not be split again.
 */
export function resolveBacktest(
  config: SessionConfig,
  datasets: readonly SymbolRows[],
  strategies: readonly CheckedStrategy[],
  files: readonly string[] = datasets.map(({ symbol }) => symbol),
  readTable: LatencyReader = noTable,
  market?: Pick<BacktestDefinition, 'origin' | 'feed'>,
): BacktestDefinition {
  for (const { symbol } of datasets) requireInstrument(config, symbol)
  if (config.venue.queue.model === 'l3Fifo') requireOrders(datasets, files)
  const window = windowOf(config)
  const configuration = coreConfiguration(config, datasets, strategies)
  const rows = datasets.map((dataset) => dataset.rows)
  const origin = market?.origin ?? sessionOrigin(rows, window)
  const funding = fundingOf(config, origin)
  return {
    name: config.name,
    configuration,
    strategies: strategies.map(({ strategy }) => strategy),
    seed: config.seed,
    context: processingContext({
      configuration: {
        version: configuration.version,
        fingerprint: sessionFingerprint(config, strategies),
      },
      capabilities: backtestCapabilities,
      mergePolicy: config.control.order,
    }),
    origin,
    feed:
      market?.feed ??
      configuration.instruments.map((instrument, index) =>
        feedChannel(rows[index]!, instrument, index, origin, window, files[index]!),
      ),
    venue: {
      instruments: configuration.instruments.map((instrument) => ({
        ...treatment(config, instrument),
        ...(funding.has(instrument.symbol) ? { funding: funding.get(instrument.symbol) } : {}),
        instrument,
        lotUnits: unitsPerLot(instrument),
      })),
      latency: latencyOf(config.venue.latency, (table) => readTable(table, origin)),
      seed: config.seed,
      quirks: quirkPreset(config.venue.compat),
    },
  }
}

/** Reads a latency table; that needs a file, which an adapter reads. */
export type LatencyReader = (latency: LatencyTableConfig, originNs: bigint) => LatencySource

const noTable: LatencyReader = ({ table }) => {
  throw new CodedError('ESC_CONFIG_INVALID', {
    field: 'venue.latency.table',
    found: table,
    needed: 'another form of latency; a program sets venue.latency of the definition for a table',
  })
}

/** How the Venue treats an instrument. */
function treatment({ venue }: SessionConfig, instrument: Instrument) {
  return {
    fees: feesOf(venue.fees),
    queue: queueModel(venue.queue),
    partialFills: venue.partialFills,
    ...(venue.rules === undefined ? {} : { rules: rulesOf(venue.rules, instrument) }),
  }
}

function requireOrders(datasets: readonly SymbolRows[], files: readonly string[]): void {
  const without = datasets.findIndex(({ rows }) => rows.orderId === undefined)
  if (without < 0) return
  throw new CodedError('ESC_CONFIG_INVALID', {
    field: 'venue.queue.model',
    found: `l3Fifo, and ${files[without]} has no rows of single orders`,
    needed: 'market by order for each instrument, or a model that reads levels',
  })
}

function requireInstrument({ instruments }: SessionConfig, symbol: string): void {
  if (Object.hasOwn(instruments, symbol)) return
  throw new CodedError('ESC_CONFIG_INSTRUMENT', {
    field: 'instruments',
    found: `no ${symbol}`,
    needed: `an entry for each dataset; there are ${Object.keys(instruments).join(', ')}`,
  })
}
