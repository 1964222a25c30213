import { type Decimal, divideHalfEven, type Instrument, powerOfTen } from '@escapement/core'
import { countable, type FeeRates } from '../fees.ts'
import type { FeeModel } from './fee-model.ts'

type AmountFees = FeeRates & { readonly per: 'lot' | 'unit' | 'execution' | 'order' }

/** Fees that are an amount of money, whatever the price: per lot, unit, execution or order. */
export function amountFees({ maker, taker, per }: AmountFees, identity: string): FeeModel {
  return {
    identity,
    create(instrument) {
      const ofMaker = quotient(instrument, maker, per === 'unit')
      const ofTaker = quotient(instrument, taker, per === 'unit')
      const counts = per === 'lot' || per === 'unit'
      return (_price, qty, liquidity, _side, isFirst) => {
        if (per === 'order' && !isFirst) return 0
        const { numerator, denominator } = liquidity === 'maker' ? ofMaker : ofTaker
        const times = counts ? BigInt(qty) : 1n
        return countable(divideHalfEven(numerator * times, denominator))
      }
    },
  }
}

/** Money units of an amount; per unit of quantity, those of one lot. */
function quotient({ lotSize, quoteDecimals }: Instrument, amount: Decimal, perUnit: boolean) {
  const digits = perUnit ? amount.digits * lotSize.digits : amount.digits
  const scale = perUnit ? amount.scale + lotSize.scale : amount.scale
  return { numerator: digits * powerOfTen(quoteDecimals), denominator: powerOfTen(scale) }
}
