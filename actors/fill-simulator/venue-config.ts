import { CodedError, formatDecimal, type Instrument } from '@escapement/core'
import type { FeeRates } from './fees.ts'
import type { LatencySource } from './latency-model.ts'
import type { QueueModel } from './queue-model.ts'
import { noQuirks, type Quirks } from './quirks.ts'
import { POWERS_OF_TEN } from './rounding.ts'

/** How the venue treats one instrument. */
export type VenueInstrument = {
  readonly instrument: Instrument
  /** Quantity units (10^-qtyDecimals) in one lot: `unitsPerLot(instrument)`. */
  readonly lotUnits: number
  readonly fees: FeeRates
  readonly queue: QueueModel
  /** False: whatever touches an order executes all of it. */
  readonly partialFills: boolean
}

export type FillSimulatorConfig = {
  /** By instrument index. */
  readonly instruments: readonly VenueInstrument[]
  readonly latency: LatencySource
  /** Faults of hftbacktest to reproduce; none by default. */
  readonly quirks?: Quirks
}

/**
 * Text that distinguishes one venue configuration from another: part of the topology's hash.
 * @throws ESC_CONFIG_INVALID when a field cannot be used
 */
export function venueIdentity(config: FillSimulatorConfig): string {
  if (config.instruments.length === 0) refuse('instruments', 'none', 'at least one instrument')
  const instruments = config.instruments.map((entry, index) => {
    const { instrument, lotUnits, fees, queue, partialFills } = entry
    const field = `venue.instruments[${index}]`
    if (!Number.isSafeInteger(lotUnits) || lotUnits <= 0) {
      refuse(`${field}.lotUnits`, String(lotUnits), 'a positive integer')
    }
    if (POWERS_OF_TEN[instrument.qtyDecimals] === undefined) {
      refuse(`${field}.qtyDecimals`, String(instrument.qtyDecimals), 'an integer from 0 to 18')
    }
    return {
      symbol: instrument.symbol,
      kind: instrument.kind,
      tickSize: formatDecimal(instrument.tickSize),
      lotSize: formatDecimal(instrument.lotSize),
      contractSize: formatDecimal(instrument.contractSize),
      quoteDecimals: instrument.quoteDecimals,
      qtyDecimals: instrument.qtyDecimals,
      lotUnits,
      maker: formatDecimal(fees.maker),
      taker: formatDecimal(fees.taker),
      queue: queue.identity,
      partialFills,
    }
  })
  const { l3IgnoresSizes, ...always } = config.quirks ?? noQuirks
  // A switch about order rows distinguishes no venues that read none.
  const byOrder = config.instruments.some(({ queue }) => queue.byOrder)
  const quirks = byOrder ? { ...always, l3IgnoresSizes } : always
  return JSON.stringify({ instruments, latency: config.latency.identity, quirks })
}

function refuse(field: string, found: string, needed: string): never {
  throw new CodedError('ESC_CONFIG_INVALID', { field, found, needed })
}
