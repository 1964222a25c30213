import { decimal, toNumber } from '@escapement/core'
import type { RunStatistics } from './run-statistics.ts'

/** Numbers of a run by name, null where one is not known: what rankings and thresholds read. */
export type Metrics = Readonly<Record<string, number | null>>

/** What each metric of {@link metricsOf} counts, in order. Money is in the currency. */
export const METRIC_UNITS = {
  pnl: 'money',
  fees: 'money',
  funding: 'money',
  turnover: 'money',
  fills: 'count',
  makerShare: 'ratio',
  returns: 'count',
  meanReturn: 'money',
  returnDeviation: 'money',
  skewness: 'ratio',
  kurtosis: 'ratio',
  autocorrelation: 'ratio',
  sharpe: 'ratio',
  sharpeError: 'ratio',
  sortino: 'ratio',
  annualSharpe: 'ratio',
  annualSortino: 'ratio',
  calmar: 'ratio',
  maxDrawdown: 'money',
  returnOverDrawdown: 'ratio',
  roundTrips: 'count',
  hitRatio: 'ratio',
  profitFactor: 'ratio',
  meanHoldingNs: 'ns',
  orders: 'count',
  fillRatio: 'ratio',
  rejectRatio: 'ratio',
  medianOrderToAckNs: 'ns',
  medianOrderToFillNs: 'ns',
} as const satisfies Readonly<Record<string, 'money' | 'count' | 'ratio' | 'ns'>>

/** Name of a metric. */
export type MetricName = keyof typeof METRIC_UNITS

/** A run's numbers as float64, in the order of {@link METRIC_UNITS}; exact money stays in the statistics. */
export function metricsOf(run: RunStatistics): Readonly<Record<MetricName, number | null>> {
  const { returns, trading, trips, orders, drawdown, decimals } = run
  const money = (units: bigint) => toNumber(decimal(units, decimals))
  const inCurrency = (units: number | null) =>
    units === null ? null : units / Number(`1e${decimals}`)
  return {
    pnl: run.pnl === null ? null : money(run.pnl),
    fees: money(trading.fees),
    funding: money(trading.funding),
    turnover: money(trading.turnover),
    fills: trading.fills,
    makerShare: trading.makerShare,
    returns: returns.sums.count,
    meanReturn: inCurrency(returns.mean),
    returnDeviation: inCurrency(returns.deviation),
    skewness: returns.skewness,
    kurtosis: returns.kurtosis,
    autocorrelation: returns.autocorrelation,
    sharpe: returns.sharpe,
    sharpeError: returns.sharpeError,
    sortino: returns.sortino,
    annualSharpe: returns.annualSharpe,
    annualSortino: returns.annualSortino,
    calmar: returns.calmar,
    maxDrawdown: drawdown === null ? null : money(drawdown.value),
    returnOverDrawdown: returns.returnOverDrawdown,
    roundTrips: trips.trips,
    hitRatio: trips.hitRatio,
    profitFactor: trips.profitFactor,
    meanHoldingNs: trips.meanHoldingNs,
    orders: orders?.orders ?? null,
    fillRatio: orders?.fillRatio ?? null,
    rejectRatio: orders?.rejectRatio ?? null,
    medianOrderToAckNs: orders?.orderToAck?.median ?? null,
    medianOrderToFillNs: orders?.orderToFill?.median ?? null,
  }
}
