import { type CoreConfiguration, type OrderFilled, powerOfTen, toScale } from '@escapement/core'

/** Half to even by the definition: the nearer integer, of two equally near ones the even one. */
export function nearest(numerator: bigint, denominator: bigint): bigint {
  const down = numerator / denominator - (numerator < 0n ? 1n : 0n)
  const candidates = [down, down + 1n, down + 2n]
  const error = (n: bigint) => {
    const difference = n * denominator - numerator
    return difference < 0n ? -difference : difference
  }
  return candidates.reduce((best, next) => {
    const [a, b] = [error(best), error(next)]
    return b < a || (b === a && next % 2n === 0n) ? next : best
  })
}

/**
 * The account of one instrument kept a second time, from fills alone and by rational arithmetic:
 * no code of the Core's money.
 */
export class Ledger {
  position = 0
  cash = 0n
  fees = 0n
  volume = 0
  readonly #scale: bigint
  readonly #isLinear: boolean
  /** tickSize and lotSize x contractSize as integers of 10^-18. */
  readonly #tick: bigint
  readonly #lot: bigint

  constructor({ instruments }: CoreConfiguration, index = 0) {
    const { tickSize, lotSize, contractSize, kind, quoteDecimals } = instruments[index]!
    this.#scale = powerOfTen(quoteDecimals)
    this.#isLinear = kind !== 'inverse'
    this.#tick = toScale(tickSize, 18)!
    this.#lot = (toScale(lotSize, 18)! * toScale(contractSize, 18)!) / powerOfTen(18)
  }

  /** Unsigned value of `lots` at `halfTicks` / 2 ticks, in money units. */
  value(halfTicks: number, lots: number): bigint {
    const one = powerOfTen(18)
    const price = BigInt(halfTicks) * this.#tick
    const qty = BigInt(lots) * this.#lot
    return this.#isLinear
      ? nearest(price * qty * this.#scale, 2n * one * one)
      : nearest(2n * qty * this.#scale, price)
  }

  /** What the fill was worth. */
  book({ side, lastPrice, lastQty, fee }: OrderFilled): bigint {
    const amount = this.value(2 * lastPrice, lastQty)
    this.position += side * lastQty
    // A linear buy pays quote currency; an inverse buy is credited base currency.
    this.cash += (this.#isLinear ? -1n : 1n) * BigInt(side) * amount
    this.fees += BigInt(fee)
    this.volume += lastQty
    return amount
  }

  equity(bid: number, ask: number): bigint {
    const value = this.value(bid + ask, Math.abs(this.position))
    const sign = (this.position < 0 ? -1n : 1n) * (this.#isLinear ? 1n : -1n)
    return this.cash + sign * value - this.fees
  }
}
