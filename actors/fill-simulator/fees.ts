import {
  assert,
  type Decimal,
  divideHalfEven,
  type Instrument,
  NO_ASK,
  NO_BID,
  type PriceTicks,
  powerOfTen,
  type QtyLots,
} from '@escapement/core'

type Liquidity = 'maker' | 'taker'

/** Fee rates as fractions of the traded value; a negative rate is a rebate. */
export type FeeRates = { readonly maker: Decimal; readonly taker: Decimal }

/** The fee of one execution by value alone, in units of 10^-quoteDecimals. */
type RateRule = (price: PriceTicks, qty: QtyLots, liquidity: Liquidity) => number

/**
 * Fee of an execution: rate x value, exact in integers and rounded half to even once.
 *
 * Linear value = price x qty x contractSize in the quote currency; inverse value =
 * qty x contractSize / price in the base currency; both unsigned. An execution at "no price" (quirk 11) is free.
 */
export function feeRule(instrument: Instrument, rates: FeeRates): RateRule {
  const maker = valueQuotient(instrument, rates.maker)
  const taker = valueQuotient(instrument, rates.taker)
  const inverse = instrument.kind === 'inverse'
  return (price, qty, liquidity) => {
    const { numerator, denominator } = liquidity === 'maker' ? maker : taker
    if (numerator === 0n || price <= NO_BID || price >= NO_ASK) return 0
    assert(!inverse || price !== 0, 'an inverse contract has no value at price 0')
    const lots = BigInt(qty) * numerator
    const ticks = BigInt(Math.abs(price))
    const fee = inverse
      ? divideHalfEven(lots, denominator * ticks)
      : divideHalfEven(lots * ticks, denominator)
    return countable(fee)
  }
}

/** @throws AssertionFailure for a fee that a report cannot hold */
export function countable(fee: bigint): number {
  const units = Number(fee)
  assert(Number.isSafeInteger(units), `a fee of ${fee} units is beyond 2^53`)
  return units
}

/** Money units of `rate` x the value of one lot at one tick, as a quotient. */
export function valueQuotient(instrument: Instrument, rate: Decimal) {
  const { kind, tickSize, lotSize, contractSize, quoteDecimals } = instrument
  const digits = rate.digits * lotSize.digits * contractSize.digits
  const scale = rate.scale + lotSize.scale + contractSize.scale
  if (kind !== 'inverse') {
    return {
      numerator: digits * tickSize.digits * powerOfTen(quoteDecimals),
      denominator: powerOfTen(scale + tickSize.scale),
    }
  }
  return {
    numerator: digits * powerOfTen(quoteDecimals + tickSize.scale),
    denominator: tickSize.digits * powerOfTen(scale),
  }
}
