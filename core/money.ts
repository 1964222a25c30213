import { type Decimal, divideHalfEven, multiply, powerOfTen, toScale } from './decimal.ts'
import { assert, CodedError } from './errors.ts'
import type { Instrument } from './instrument.ts'
import type { PriceTicks, QtyLots } from './units.ts'

/**
 * Exact money of one instrument: integers (bigint) in units of 10^-quoteDecimals.
 *
 * A linear or quanto amount `price * qty * contractSize` is exact. An inverse amount `qty * contractSize /
 * price` is rounded half to even, once, where it arises; so is a fee. Identities hold on the
 * rounded amounts.
 */
export class MoneyRule {
  readonly #instrument: Instrument
  /** Linear, quanto: units of one tick times one lot. Inverse: numerator of units * ticks per lot. */
  readonly #numerator: bigint
  readonly #denominator: bigint

  /** @throws ESC_CONFIG_INVALID when the tick value of an instrument that is not inverse is finer than the unit. */
  constructor(instrument: Instrument) {
    this.#instrument = instrument
    const { tickSize, lotSize, contractSize, quoteDecimals } = instrument
    if (instrument.kind !== 'inverse') {
      const value = multiply(multiply(tickSize, lotSize), contractSize)
      const units = toScale(value, quoteDecimals)
      if (units === null) {
        throw new CodedError('ESC_CONFIG_INVALID', {
          field: `instruments.${instrument.symbol}.quoteDecimals`,
          found: String(quoteDecimals),
          needed: `at least ${value.scale}, the decimals of tickSize x lotSize x contractSize`,
        })
      }
      this.#numerator = units
      this.#denominator = 1n
    } else {
      const contracts = multiply(lotSize, contractSize)
      this.#numerator = contracts.digits * powerOfTen(quoteDecimals + tickSize.scale)
      this.#denominator = tickSize.digits * powerOfTen(contracts.scale)
    }
  }

  /** Unsigned value of `qty` at `price`, in money units. */
  amount(price: PriceTicks, qty: QtyLots): bigint {
    if (this.#instrument.kind !== 'inverse') return BigInt(price) * BigInt(qty) * this.#numerator
    assert(price > 0, `an inverse amount needs a positive price, not ${price} ticks`)
    return divideHalfEven(BigInt(qty) * this.#numerator, BigInt(price) * this.#denominator)
  }

  /** Value at half the sum of two prices: the mid of a book, exact also between two ticks. */
  amountAtMid(bid: PriceTicks, ask: PriceTicks, qty: QtyLots): bigint {
    if (this.#instrument.kind !== 'inverse') {
      return divideHalfEven(BigInt(bid + ask) * BigInt(qty) * this.#numerator, 2n)
    }
    return divideHalfEven(2n * BigInt(qty) * this.#numerator, BigInt(bid + ask) * this.#denominator)
  }

  /** A buy costs cash in a linear or quanto contract and earns base currency in an inverse one. */
  cashSign(): 1n | -1n {
    return this.#instrument.kind === 'inverse' ? 1n : -1n
  }

  /** A fee of `rate` on `amount`, rounded half to even. */
  fee(amount: bigint, rate: Decimal): bigint {
    return divideHalfEven(amount * rate.digits, powerOfTen(rate.scale))
  }

  /** A decimal amount of the quote currency in units; rounded half to even when finer. */
  units(amount: Decimal): bigint {
    const exact = toScale(amount, this.#instrument.quoteDecimals)
    if (exact !== null) return exact
    const finer = powerOfTen(amount.scale - this.#instrument.quoteDecimals)
    return divideHalfEven(amount.digits, finer)
  }
}

/** Lots in one quantity unit's terms: how many quantity units make a lot. */
export function unitsPerLot(instrument: Instrument): number {
  const units = toScale(instrument.lotSize, instrument.qtyDecimals)
  if (units === null) {
    throw new CodedError('ESC_CONFIG_INVALID', {
      field: `instruments.${instrument.symbol}.qtyDecimals`,
      found: String(instrument.qtyDecimals),
      needed: `at least ${instrument.lotSize.scale}, the decimals of lotSize`,
    })
  }
  return Number(units)
}
