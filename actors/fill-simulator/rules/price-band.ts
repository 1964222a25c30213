import { formatDecimal, NO_ASK, NO_BID, powerOfTen } from '@escapement/core'
import { refuse } from '../refuse.ts'
import type { OrderCheck, PriceBand, VenueMarket } from './venue-rules.ts'

/**
 * Refuses a limit price farther from the reference than the band is wide; the edge is allowed, and
 * without a reference everything is. Market orders have no price.
 * @throws ESC_CONFIG_INVALID when the width is no integer of ticks or a percentage below 0
 */
export function priceBand(band: PriceBand): OrderCheck {
  const { around } = band
  const reference = around === 'mid' ? doubledMid : doubledTrade
  const isWithin = 'ticks' in band ? withinTicks(band.ticks) : withinPercent(band.percent)
  return ({ orderType, price }, market) => {
    if (orderType !== 'limit') return null
    const doubled = reference(market)
    return doubled === null || isWithin(Math.abs(2 * price - doubled), doubled) ? null : 'priceBand'
  }
}

/** Twice the reference in ticks, an integer also between two ticks. */
type Doubled = (market: VenueMarket) => number | null

const doubledMid: Doubled = ({ bestBid, bestAsk }) =>
  bestBid === NO_BID || bestAsk === NO_ASK ? null : bestBid + bestAsk

const doubledTrade: Doubled = ({ lastTrade }) => (lastTrade === null ? null : 2 * lastTrade)

type Within = (doubledDistance: number, doubledReference: number) => boolean

function withinTicks(ticks: number): Within {
  if (!Number.isSafeInteger(ticks) || ticks < 0) {
    refuse('venue.rules.priceBand.ticks', String(ticks), 'an integer of at least 0')
  }
  return (distance) => distance <= 2 * ticks
}

function withinPercent(percent: { readonly digits: bigint; readonly scale: number }): Within {
  if (percent.digits < 0n)
    refuse('venue.rules.priceBand.percent', formatDecimal(percent), 'at least 0')
  const whole = 100n * powerOfTen(percent.scale)
  return (distance, reference) =>
    BigInt(distance) * whole <= percent.digits * BigInt(Math.abs(reference))
}
