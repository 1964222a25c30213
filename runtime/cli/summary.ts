import { decimal, formatDecimal } from '@escapement/core'
import { runStatistics } from '../analysis/run-statistics.ts'
import type { BacktestDefinition, BacktestResult } from '../backtest.ts'
import { type AccountSummary, accountSummary } from './account-summary.ts'
import {
  type DisabledSummary,
  disabledSummaries,
  type StrategySummary,
  strategySummaries,
} from './strategy-summary.ts'

/** The one object that `backtest --json` prints; the account's own fields are of all strategies. */
export type RunSummary = AccountSummary & {
  readonly schema: 'escapement/summary-1'
  readonly status: 'done'
  readonly name: string
  readonly runDirectory: string
  readonly rows: number
  readonly events: number
  readonly decisions: number
  readonly orders: number
  readonly fills: number
  readonly eventLogHash: string
  readonly stateHash: string
  readonly configFingerprint: string
  readonly dataHash: string
  readonly topologyHash: string
  /** Of the whole definition of the run. */
  readonly runHash: string
  readonly reproducible: boolean
  /** Why not; null where it is. */
  readonly notReproducible: string | null
  /** Where there are several, each by itself. */
  readonly strategies?: readonly StrategySummary[]
  readonly statistics: HeadlineStatistics
  readonly disabled: readonly DisabledSummary[]
  readonly denials: Readonly<Record<string, number>>
  readonly closures: Readonly<Record<string, number>>
  readonly seed: number
  readonly wallSeconds: number
  readonly loadSeconds: number
  readonly rowsPerSecond: number
  readonly peakRssBytes: number
}

/** The few that everyone asks for; `escapement tables` has the others. Null where nothing is known. */
export type HeadlineStatistics = {
  /** Interval of the returns; nothing is annualised. */
  readonly intervalNs: number
  readonly returns: number
  readonly sharpe: number | null
  /** Exact decimal text. */
  readonly maxDrawdown: string | null
  readonly turnover: string
  /** First in, first out; `hitRatio` is the share of them that made money after fees. */
  readonly roundTrips: number
  readonly hitRatio: number | null
}

export type Measured = Pick<RunSummary, 'runHash' | 'reproducible' | 'notReproducible'> & {
  readonly rows: number
  readonly dataHash: string
  readonly configFingerprint: string
  readonly runDirectory: string
  readonly wallSeconds: number
  readonly loadSeconds: number
}

export function summarise(
  definition: BacktestDefinition,
  result: BacktestResult,
  measured: Measured,
): RunSummary {
  const { configuration, name, seed } = definition
  const { counters, recording, state } = result
  const { instruments, ...account } = accountSummary(state, configuration, state.execution.accounts)
  const isSeveral = configuration.namespaces.length > 1
  return {
    schema: 'escapement/summary-1',
    status: 'done',
    name,
    runDirectory: measured.runDirectory,
    rows: measured.rows,
    events: result.events,
    decisions: counters.decisions,
    orders: counters.events.get('order.submitted') ?? 0,
    fills: recording.fills.length,
    ...account,
    eventLogHash: result.eventLogHash,
    stateHash: result.stateHash,
    configFingerprint: measured.configFingerprint,
    dataHash: measured.dataHash,
    topologyHash: result.topologyHash,
    runHash: measured.runHash,
    reproducible: measured.reproducible,
    notReproducible: measured.notReproducible,
    instruments,
    ...(isSeveral ? { strategies: strategySummaries(definition, result) } : {}),
    statistics: headline(definition, result),
    disabled: disabledSummaries(definition, result),
    denials: Object.fromEntries(counters.denials),
    closures: Object.fromEntries(counters.closures),
    seed,
    wallSeconds: measured.wallSeconds,
    loadSeconds: measured.loadSeconds,
    rowsPerSecond: Math.round(measured.rows / measured.wallSeconds),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  }
}

function headline(
  { configuration: { instruments } }: BacktestDefinition,
  { recording }: BacktestResult,
): HeadlineStatistics {
  const statistics = runStatistics({ ...recording, instruments }, { horizons: [] })
  const { returns, drawdown, trading, trips, decimals } = statistics
  const money = (units: bigint) => formatDecimal(decimal(units, decimals))
  return {
    intervalNs: returns.intervalNs,
    returns: returns.sums.count,
    sharpe: returns.sharpe,
    maxDrawdown: drawdown === null ? null : money(drawdown.value),
    turnover: money(trading.turnover),
    roundTrips: trips.trips,
    hitRatio: trips.hitRatio,
  }
}
