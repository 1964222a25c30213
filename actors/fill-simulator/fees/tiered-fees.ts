import {
  compare,
  type Decimal,
  formatDecimal,
  MoneyRule,
  type Nanos,
  NO_ASK,
  NO_BID,
  powerOfTen,
} from '@escapement/core'
import { type FeeRates, feeRule } from '../fees.ts'
import { refuse } from '../refuse.ts'
import type { FeeModel } from './fee-model.ts'

/** Rates from a traded value on: `from` in the instrument's money. */
export type FeeTier = FeeRates & { readonly from: Decimal }
export type FeeTiers = {
  /** How far back traded value counts; the whole session if absent. */
  readonly windowNs?: Nanos | undefined
  readonly tiers: readonly FeeTier[]
}

/**
 * Rates by what was traded before the execution at hand, maker and taker together, in the
 * instrument's money: over the whole session, or from `exchTime - windowNs` on, exclusively.
 * @throws ESC_CONFIG_INVALID when there is no tier, the first is not from 0, or they do not rise
 */
export function tieredFees(
  { tiers, windowNs }: FeeTiers,
  identity: string,
  field: string,
): FeeModel {
  if (tiers.length === 0) refuse(`${field}.tiers`, '[]', 'a list of at least 1')
  tiers.forEach(({ from }, i) => {
    const isRight = i === 0 ? from.digits === 0n : compare(from, tiers[i - 1]!.from) > 0
    const needed = i === 0 ? '0' : `above ${formatDecimal(tiers[i - 1]!.from)}`
    if (!isRight) refuse(`${field}.tiers[${i}].from`, formatDecimal(from), needed)
  })
  if (windowNs !== undefined && !(Number.isSafeInteger(windowNs) && windowNs > 0)) {
    refuse(`${field}.windowNs`, String(windowNs), 'an integer of at least 1')
  }
  return {
    identity,
    create(instrument) {
      const money = new MoneyRule(instrument)
      const rules = tiers.map((tier) => feeRule(instrument, tier))
      const unit = powerOfTen(instrument.quoteDecimals)
      // A value of whole units reaches a finer bound at the unit above it.
      const bounds = tiers.map(({ from }) => {
        const finer = powerOfTen(from.scale)
        return (from.digits * unit + finer - 1n) / finer
      })
      const traded = windowNs === undefined ? new Ever() : new Rolling(windowNs)
      return (price, qty, liquidity, _side, _isFirst, exchTime) => {
        if (price <= NO_BID || price >= NO_ASK) return 0
        const before = traded.before(exchTime)
        let tier = bounds.length - 1
        while (before < bounds[tier]!) tier--
        traded.add(exchTime, money.amount(Math.abs(price), qty))
        return rules[tier]!(price, qty, liquidity)
      }
    },
  }
}

/** Traded since the session began. */
class Ever {
  #sum = 0n

  before(_time: Nanos): bigint {
    return this.#sum
  }

  add(_time: Nanos, value: bigint): void {
    this.#sum += value
  }
}

/** Traded within a window: the executions of it, oldest first from `#first` on. */
class Rolling {
  readonly #windowNs: Nanos
  #sum = 0n
  #first = 0
  #times: Nanos[] = []
  #values: bigint[] = []

  constructor(windowNs: Nanos) {
    this.#windowNs = windowNs
  }

  before(time: Nanos): bigint {
    while (this.#first < this.#times.length && this.#times[this.#first]! <= time - this.#windowNs) {
      this.#sum -= this.#values[this.#first]!
      this.#first++
    }
    if (this.#first > 1_000 && this.#first * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#first)
      this.#values = this.#values.slice(this.#first)
      this.#first = 0
    }
    return this.#sum
  }

  add(time: Nanos, value: bigint): void {
    this.#times.push(time)
    this.#values.push(value)
    this.#sum += value
  }
}
