import {
  BUY,
  type Decimal,
  formatDecimal,
  type Instrument,
  NO_ASK,
  NO_BID,
  type OrderTerms,
  type PriceTicks,
  powerOfTen,
  toScale,
} from '@escapement/core'
import { valueQuotient } from '../fees.ts'
import { refuse } from '../refuse.ts'
import { priceBand } from './price-band.ts'
import type { OrderCheck, OrderLimits, VenueMarket } from './venue-rules.ts'

/**
 * The checks of an instrument's limits, in the order of {@link OrderLimits}.
 * @throws ESC_CONFIG_INVALID when a limit cannot be used
 */
export function limitChecks(instrument: Instrument, limits: OrderLimits): readonly OrderCheck[] {
  const { tickMultiple, lotMultiple, minQty, maxQty, minNotional, priceBand: band } = limits
  const checks: OrderCheck[] = []
  if (tickMultiple !== undefined) {
    multiple('tickMultiple', tickMultiple)
    checks.push(({ orderType, price }) =>
      orderType === 'limit' && price % tickMultiple !== 0 ? 'tickMultiple' : null,
    )
  }
  if (lotMultiple !== undefined) {
    multiple('lotMultiple', lotMultiple)
    checks.push(({ qty }) => (qty % lotMultiple !== 0 ? 'lotMultiple' : null))
  }
  if (minQty !== undefined) {
    const least = lotsOf(instrument, minQty, 1n)
    checks.push(({ qty }) => (qty < least ? 'minQuantity' : null))
  }
  if (maxQty !== undefined) {
    const most = lotsOf(instrument, maxQty, 0n)
    if (most < 1) refuse('venue.rules.maxQty', formatDecimal(maxQty), 'at least one lot')
    checks.push(({ qty }) => (qty > most ? 'maxQuantity' : null))
  }
  if (minNotional !== undefined) checks.push(notionalCheck(instrument, minNotional))
  if (band !== undefined) checks.push(priceBand(band))
  return checks
}

/** Whole lots of a quantity; a part of a lot counts as `up` lots. */
function lotsOf({ lotSize }: Instrument, qty: Decimal, up: 0n | 1n): number {
  const scale = Math.max(qty.scale, lotSize.scale)
  const [digits, lot] = [toScale(qty, scale)!, toScale(lotSize, scale)!]
  return Number(digits / lot + (digits % lot === 0n ? 0n : up))
}

/**
 * price x quantity of the terms is at least the limit, exactly. A market order counts at the best
 * price that it would take, and passes without one.
 */
function notionalCheck(instrument: Instrument, least: Decimal): OrderCheck {
  const { numerator, denominator } = valueQuotient(instrument, { digits: 1n, scale: 0 })
  const units = least.digits * powerOfTen(instrument.quoteDecimals)
  const finer = powerOfTen(least.scale)
  return (terms, market) => {
    const price = priceOf(terms, market)
    if (price === null) return null
    const ticks = BigInt(Math.abs(price))
    const lots = BigInt(terms.qty)
    const isEnough =
      instrument.kind === 'inverse'
        ? lots * numerator * finer >= units * denominator * ticks
        : lots * ticks * numerator * finer >= units * denominator
    return isEnough ? null : 'minNotional'
  }
}

function priceOf(terms: OrderTerms, { bestBid, bestAsk }: VenueMarket): PriceTicks | null {
  if (terms.orderType === 'limit') return terms.price
  const taken = terms.side === BUY ? bestAsk : bestBid
  return taken === NO_ASK || taken === NO_BID ? null : taken
}

function multiple(field: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1)
    refuse(`venue.rules.${field}`, value, 'an integer of at least 1')
}
