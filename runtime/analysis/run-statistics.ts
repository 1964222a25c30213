import {
  type AccountFunded,
  type Instrument,
  type Nanos,
  type OrderFilled,
  powerOfTen,
  seconds,
} from '@escapement/core'
import type { Recording } from '../../actors/recorder.actor.ts'
import { type Drawdown, maxDrawdown } from './drawdown.ts'
import { accountSeries, type EquitySeries, moneyDecimals } from './equity-series.ts'
import { type Inventory, inventoryOf } from './inventory.ts'
import {
  MARKOUT_HORIZONS,
  type MarkoutStatistics,
  markoutStatistics,
  markouts,
} from './markouts.ts'
import { type MidSeries, midsOfSamples } from './mid-series.ts'
import type { OrderHistory } from './order-history.ts'
import { type OrderStatistics, orderStatistics } from './order-statistics.ts'
import { type ReturnStatistics, returnStatistics } from './return-statistics.ts'
import { roundTrips, type TripStatistics, tripStatistics } from './round-trips.ts'
import { addTrading, type Trading, tradingOf } from './trading.ts'

/** What a run left, as far as statistics read it. By instrument where it is a list of lists. */
export type RunRecord = Recording & {
  readonly instruments: readonly Instrument[]
  /** From the Event Stream; without it, orders and their latencies are not known. */
  readonly orders?: readonly OrderHistory[]
  /** From the Event Stream; without it, none is assumed. */
  readonly funding?: readonly AccountFunded[]
  /** The Venue's touch in exchange time; without it, markouts take what the recorder saw. */
  readonly mids?: readonly MidSeries[]
}

export type StatisticsOptions = {
  /** Interval of the returns; by default one second. */
  readonly intervalNs?: Nanos
  /** Days of trading a year, of 24 hours; without it nothing is annualised. */
  readonly daysPerYear?: number
  /** By default {@link MARKOUT_HORIZONS}. */
  readonly horizons?: readonly Nanos[]
}

const SAMPLING_INTERVAL: Nanos = seconds(1)

export type InstrumentStatistics = {
  readonly symbol: string
  readonly trading: Trading
  readonly trips: TripStatistics
  readonly inventory: Inventory | null
  readonly markouts: readonly MarkoutStatistics[]
  readonly orders: OrderStatistics | null
}

/**
 * What a run came to. Money is exact, in units of 10^-decimals of the currency; a ratio is a float64,
 * or null where there is nothing to divide by. Formulas and sources: docs/statistics.md.
 */
export type RunStatistics = {
  readonly currency: string
  readonly decimals: number
  /** First and last known equity; null if it never was. */
  readonly span: { readonly from: Nanos; readonly until: Nanos } | null
  /** Last known equity less the first; null if it never was known. */
  readonly pnl: bigint | null
  readonly returns: ReturnStatistics
  readonly drawdown: Drawdown | null
  readonly trading: Trading
  readonly trips: TripStatistics
  readonly markouts: readonly MarkoutStatistics[]
  /** What the mids of the markouts are: each change at the Venue, or what decisions saw. */
  readonly markoutMids: 'market' | 'samples'
  readonly orders: OrderStatistics | null
  readonly instruments: readonly InstrumentStatistics[]
}

/**
 * Statistics of one run.
 * @throws ESC_STATISTICS when the interval or the days of a year cannot be used
 */
export function runStatistics(run: RunRecord, options: StatisticsOptions = {}): RunStatistics {
  const { instruments, mids } = run
  const { intervalNs = SAMPLING_INTERVAL, daysPerYear } = options
  const series = accountSeries(run.equity, instruments)
  const drawdown = maxDrawdown(series)
  const parts = instruments.map((_, index) => partOf(run, index, options))
  const factors = parts.map(({ factor }) => factor)
  return {
    currency: instruments[0]?.quote ?? '',
    decimals: moneyDecimals(instruments),
    span: spanOf(series),
    pnl: series.value.length === 0 ? null : series.value.at(-1)! - series.value[0]!,
    returns: returnStatistics(series, drawdown, intervalNs, daysPerYear),
    drawdown,
    trading: addTrading(parts.map(({ statistics }) => statistics.trading)),
    trips: tripStatistics(
      parts.map(({ trips }) => trips),
      factors,
    ),
    markouts: markoutStatistics(
      parts.map(({ marked }) => marked),
      instruments,
      factors,
    ),
    markoutMids: mids === undefined ? 'samples' : 'market',
    orders: run.orders === undefined ? null : orderStatistics(run.orders),
    instruments: parts.map(({ statistics }) => statistics),
  }
}

/** Each fill of an instrument at each horizon, with the mids that the run has. */
export function markoutsOf(
  { instruments, fills, equity, mids }: RunRecord,
  index: number,
  horizons: readonly Nanos[] = MARKOUT_HORIZONS,
) {
  const own = mids?.[index] ?? midsOfSamples(equity[index] ?? [])
  const timeOf = (fill: OrderFilled) => (mids === undefined ? fill.time : fill.exchTime)
  return markouts(fillsOf(fills, index), own, timeOf, instruments[index]!, horizons)
}

const fillsOf = (fills: Recording['fills'], index: number): readonly OrderFilled[] =>
  fills.map(({ fill }) => fill).filter(({ instrument }) => instrument === index)

const spanOf = ({ time }: EquitySeries): RunStatistics['span'] =>
  time.length === 0 ? null : { from: time[0]!, until: time.at(-1)! }

/** One instrument: its statistics in the account's unit, and what the account sums up. */
function partOf(run: RunRecord, index: number, { horizons }: StatisticsOptions) {
  const { instruments, funding = [], orders, equity } = run
  const instrument = instruments[index]!
  const factor = powerOfTen(moneyDecimals(instruments) - instrument.quoteDecimals)
  const fills = fillsOf(run.fills, index)
  const trips = roundTrips(fills, instrument)
  const marked = markoutsOf(run, index, horizons)
  const [first, last] = [equity[index]?.[0], equity[index]?.at(-1)]
  const own = orders?.filter(({ submitted }) => submitted.instrument === index)
  const paid = funding.filter((event) => event.instrument === index)
  const statistics: InstrumentStatistics = {
    symbol: instrument.symbol,
    trading: tradingOf(fills, paid, instrument, factor),
    trips: tripStatistics([trips], [factor]),
    inventory:
      first === undefined || last === undefined ? null : inventoryOf(fills, first.time, last.time),
    markouts: markoutStatistics([marked], [instrument], [factor]),
    orders: own === undefined ? null : orderStatistics(own),
  }
  return { statistics, trips, marked, factor }
}
