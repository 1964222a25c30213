import type { Instrument, Side } from '@escapement/core'
import {
  nearestEven,
  ofDecimal,
  ofInteger,
  over,
  type Rational,
  ratio,
  tenTo,
  times,
} from './rational.ts'

/** Contracts of so many lots. */
export const contracts = (instrument: Instrument, lots: number): Rational =>
  times(ofInteger(lots), ofDecimal(instrument.lotSize))

/** Value of `lots` at a price of `ticks2 / 2` ticks, exactly, in money units of the instrument. */
export function valueAt(instrument: Instrument, lots: number, ticks2: number): Rational {
  const price = times(ratio(BigInt(ticks2), 2n), ofDecimal(instrument.tickSize))
  const size = times(contracts(instrument, lots), ofDecimal(instrument.contractSize))
  const value = instrument.kind === 'inverse' ? over(size, price) : times(size, price)
  return times(value, ratio(tenTo(instrument.quoteDecimals)))
}

/** What a fill adds to cash: rounded once, half to even. A linear buy pays; an inverse one is owed. */
export function cashOfFill(
  instrument: Instrument,
  side: Side,
  lots: number,
  ticks: number,
): bigint {
  const amount = nearestEven(valueAt(instrument, lots, ticks * 2))
  const pays = (instrument.kind === 'inverse' ? -side : side) === 1
  return pays ? -amount : amount
}

/** An amount of a limit in money units of the instrument. */
export const limitUnits = (instrument: Instrument, amount: Rational): Rational =>
  times(amount, ratio(tenTo(instrument.quoteDecimals)))
