import { type Instrument, NANOS_PER_SECOND, parseDecimal } from '@escapement/core'
import { limitChecks } from '../../actors/fill-simulator/rules/order-limits.ts'
import type { PriceBand, VenueRules } from '../../actors/fill-simulator/rules/venue-rules.ts'
import type { VenueConfig } from './venue-schema.ts'

type RulesConfig = NonNullable<VenueConfig['rules']>

/**
 * The rules of the exchange for one instrument, as a configuration says.
 * @throws ESC_CONFIG_INVALID naming the field below `venue.rules` that cannot be used
 */
export function rulesOf(config: RulesConfig, instrument: Instrument): VenueRules {
  const { requestLimits, priceBand, postOnly, selfTrade, minQty, maxQty, minNotional } = config
  const decimal = (text: string | undefined, name: string) =>
    text === undefined ? undefined : parseDecimal(text, `venue.rules.${name}`)
  const limits = {
    tickMultiple: config.tickMultiple,
    lotMultiple: config.lotMultiple,
    minQty: decimal(minQty, 'minQty'),
    maxQty: decimal(maxQty, 'maxQty'),
    minNotional: decimal(minNotional, 'minNotional'),
    priceBand: priceBand === undefined ? undefined : bandOf(priceBand),
  }
  // What an instrument makes impossible is said before the run.
  limitChecks(instrument, limits)
  return {
    requestLimits: requestLimits?.map(({ kinds, requests, windowSeconds }) => ({
      kinds,
      requests,
      windowNs: Math.max(1, Math.round(windowSeconds * NANOS_PER_SECOND)),
    })),
    limits,
    postOnly,
    selfTrade,
  }
}

function bandOf(band: NonNullable<RulesConfig['priceBand']>): PriceBand {
  if ('ticks' in band) return band
  return { around: band.around, percent: parseDecimal(band.percent, 'venue.rules.priceBand') }
}
