import {
  CodedError,
  type Instrument,
  type Nanos,
  type PriceTicks,
  type QtyLots,
  type Side,
} from '@escapement/core'
import { type FeeRates, feeRule } from '../fees.ts'

/**
 * The fee of one execution: an integer of units of 10^-quoteDecimals, positive is paid. `qty` is
 * what this execution adds, `isFirst` whether it is the first one of its order. Called once for
 * each execution of the instrument, in the order of the venue.
 */
export type FeeRule = (
  price: PriceTicks,
  qty: QtyLots,
  liquidity: 'maker' | 'taker',
  side: Side,
  isFirst: boolean,
  exchTime: Nanos,
) => number

/** What executions cost: a rule an instrument, because a rule may keep what was traded. */
export type FeeModel = {
  /** What distinguishes the model; part of the venue's identity. */
  readonly identity: string
  create(instrument: Instrument): FeeRule
}

/** The rule of one instrument. @throws ESC_CONFIG_INVALID when a model gives no integer */
export function feeRuleOf(instrument: Instrument, fees: FeeRates | FeeModel): FeeRule {
  if (!('create' in fees)) return feeRule(instrument, fees)
  const rule = fees.create(instrument)
  return (price, qty, liquidity, side, isFirst, exchTime) => {
    const fee = rule(price, qty, liquidity, side, isFirst, exchTime)
    if (Number.isSafeInteger(fee)) return fee
    throw new CodedError('ESC_CONFIG_INVALID', {
      field: `venue.fees ${fees.identity}`,
      found: String(fee),
      needed: 'an integer of money units',
    })
  }
}
