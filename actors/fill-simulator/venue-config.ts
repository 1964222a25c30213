import { formatDecimal, type Instrument } from '@escapement/core'
import type { FeeModel } from './fees/fee-model.ts'
import type { FeeRates } from './fees.ts'
import { checkFunding, type FundingPayment, fundingIdentity } from './funding-schedule.ts'
import type { LatencySource } from './latency-model.ts'
import type { QueueModel } from './queue-model.ts'
import { noQuirks, type Quirks } from './quirks.ts'
import { refuse } from './refuse.ts'
import { POWERS_OF_TEN } from './rounding.ts'
import { rulesIdentity, type VenueRules } from './rules/venue-rules.ts'
import type { VenueWatch } from './watch.ts'

/** How the venue treats one instrument. */
export type VenueInstrument = {
  readonly instrument: Instrument
  /** Quantity units (10^-qtyDecimals) in one lot: `unitsPerLot(instrument)`. */
  readonly lotUnits: number
  readonly fees: FeeRates | FeeModel
  readonly queue: QueueModel
  /** False: whatever touches an order executes all of it. */
  readonly partialFills: boolean
  /** Rules of the exchange; none if absent. */
  readonly rules?: VenueRules | undefined
  /** Funding payments by rising time; none if absent. */
  readonly funding?: readonly FundingPayment[] | undefined
}

export type FillSimulatorConfig = {
  /** By instrument index. */
  readonly instruments: readonly VenueInstrument[]
  readonly latency: LatencySource
  /** Of the session: seeds the generators of latencies; 0 if absent. */
  readonly seed?: number
  /** Faults of hftbacktest to reproduce; none by default. */
  readonly quirks?: Quirks
  /** Looks on and changes nothing; no part of the identity. */
  readonly watch?: VenueWatch
}

/**
 * Text that distinguishes one venue configuration from another: part of the topology's hash.
 * @throws ESC_CONFIG_INVALID when a field cannot be used
 */
export function venueIdentity(config: FillSimulatorConfig): string {
  if (config.instruments.length === 0) refuse('instruments', 'none', 'at least one instrument')
  const instruments = config.instruments.map((entry, index) => {
    const { instrument, lotUnits, fees, queue, partialFills, funding = [] } = entry
    const field = `venue.instruments[${index}]`
    if (!Number.isSafeInteger(lotUnits) || lotUnits <= 0) {
      refuse(`${field}.lotUnits`, String(lotUnits), 'a positive integer')
    }
    if (POWERS_OF_TEN[instrument.qtyDecimals] === undefined) {
      refuse(`${field}.qtyDecimals`, String(instrument.qtyDecimals), 'an integer from 0 to 18')
    }
    checkFunding(funding, `${field}.funding`)
    return {
      symbol: instrument.symbol,
      kind: instrument.kind,
      tickSize: formatDecimal(instrument.tickSize),
      lotSize: formatDecimal(instrument.lotSize),
      contractSize: formatDecimal(instrument.contractSize),
      quoteDecimals: instrument.quoteDecimals,
      qtyDecimals: instrument.qtyDecimals,
      lotUnits,
      ...feesIdentity(fees),
      queue: queue.identity,
      partialFills,
      ...(entry.rules === undefined ? {} : { rules: rulesIdentity(entry.rules) }),
      ...(funding.length === 0 ? {} : { funding: fundingIdentity(funding) }),
    }
  })
  const { l3IgnoresSizes, ...always } = config.quirks ?? noQuirks
  // A switch about order rows distinguishes no venues that read none.
  const byOrder = config.instruments.some(({ queue }) => queue.byOrder)
  const quirks = byOrder ? { ...always, l3IgnoresSizes } : always
  const { identity, isSeeded } = config.latency
  const seed = isSeeded === true ? { seed: config.seed ?? 0 } : {}
  return JSON.stringify({ instruments, latency: identity, ...seed, quirks })
}

const feesIdentity = (fees: FeeRates | FeeModel) =>
  'create' in fees
    ? { fees: fees.identity }
    : { maker: formatDecimal(fees.maker), taker: formatDecimal(fees.taker) }
