import { type Decimal, decimal, toNumber } from '@escapement/core'
import type { Table } from '../../../actors/ports.ts'
import type { MarkoutStatistics } from '../markouts.ts'
import { METRIC_UNITS, metricsOf } from '../metrics.ts'
import type { InstrumentStatistics, RunStatistics } from '../run-statistics.ts'
import { metricsSchema } from './schemas.ts'
import { type RowOf, type Scales, tableOf } from './table.ts'

type Row = RowOf<typeof metricsSchema>

/** Every statistic of a run, of the account first and then of each instrument. */
export function metricsTable(run: RunStatistics, scales: Scales): Table {
  const write = new MetricWriter(run)
  const rows = [...write.account(), ...run.instruments.flatMap((part) => write.instrument(part))]
  return tableOf('metrics', metricsSchema, rows, scales)
}

class MetricWriter {
  readonly #run: RunStatistics

  constructor(run: RunStatistics) {
    this.#run = run
  }

  account(): readonly Row[] {
    const { currency, pnl, drawdown, trading, markouts } = this.#run
    const exact: Readonly<Record<string, bigint | null>> = {
      pnl,
      fees: trading.fees,
      funding: trading.funding,
      turnover: trading.turnover,
      maxDrawdown: drawdown?.value ?? null,
    }
    const plain = Object.entries(metricsOf(this.#run)).map(([metric, value]): Row => {
      const unit = METRIC_UNITS[metric as keyof typeof METRIC_UNITS]
      return this.#row(metric, null, value, unit === 'money' ? currency : unit, exact[metric])
    })
    return [...plain, ...this.#markouts(markouts, null)]
  }

  instrument({ symbol, trading, trips, inventory, orders, markouts }: InstrumentStatistics) {
    const money = (metric: string, units: bigint) => this.#money(metric, symbol, units)
    const row = (metric: string, value: number | null | undefined, unit: string) =>
      this.#row(metric, symbol, value ?? null, unit)
    return [
      money('fees', trading.fees),
      money('funding', trading.funding),
      money('turnover', trading.turnover),
      row('fills', trading.fills, 'count'),
      row('makerShare', trading.makerShare, 'ratio'),
      row('roundTrips', trips.trips, 'count'),
      row('hitRatio', trips.hitRatio, 'ratio'),
      row('profitFactor', trips.profitFactor, 'ratio'),
      row('meanHoldingNs', trips.meanHoldingNs, 'ns'),
      row('meanPosition', inventory?.mean, 'lots'),
      row('meanAbsolutePosition', inventory?.meanAbsolute, 'lots'),
      row('maxLongPosition', inventory?.maxLong, 'lots'),
      row('maxShortPosition', inventory?.maxShort, 'lots'),
      row('orders', orders?.orders, 'count'),
      row('fillRatio', orders?.fillRatio, 'ratio'),
      ...this.#markouts(markouts, symbol),
    ]
  }

  #markouts(found: readonly MarkoutStatistics[], symbol: string | null): readonly Row[] {
    return found.flatMap(({ horizonNs, known, value, basisPoints }) =>
      [
        known === 0
          ? this.#row('markout', symbol, null, this.#run.currency)
          : this.#money('markout', symbol, value),
        this.#row('markoutBasisPoints', symbol, basisPoints, 'bp'),
        this.#row('markoutFills', symbol, known, 'count'),
      ].map((row) => ({ ...row, horizon_ns: horizonNs })),
    )
  }

  #money(metric: string, symbol: string | null, units: bigint): Row {
    const value = toNumber(this.#decimal(units))
    return this.#row(metric, symbol, value, this.#run.currency, units)
  }

  #row(
    metric: string,
    instrument: string | null,
    value: number | null,
    unit: string,
    units: bigint | null = null,
  ): Row {
    const exact = units === null ? null : this.#decimal(units)
    return { metric, instrument, horizon_ns: null, value, exact, unit }
  }

  #decimal(units: bigint): Decimal {
    return decimal(units, this.#run.decimals)
  }
}
