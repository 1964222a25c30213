import { CodedError, formatDecimal } from '@escapement/core'
import { type FeeRates, feeRule } from '../fees.ts'
import type { FeeModel } from './fee-model.ts'
import { amountFees } from './fixed-fees.ts'
import { type FeeTiers, tieredFees } from './tiered-fees.ts'

/** What executions cost, as plain data. Amounts and rates may be negative: rebates. */
export type FeeConfig =
  /** A rate on the value of each execution. */
  | ({ readonly model: 'value' } & FeeRates)
  /** An amount of money for each lot, or for each unit of quantity (a contract, a coin). */
  | ({ readonly model: 'quantity'; readonly per: 'lot' | 'unit' } & FeeRates)
  /** An amount of money for each execution, or for the first one of each order. */
  | ({ readonly model: 'flat'; readonly per: 'execution' | 'order' } & FeeRates)
  /** Rates on the value that depend on the side, as with a duty that sellers pay. */
  | { readonly model: 'directional'; readonly buy: FeeRates; readonly sell: FeeRates }
  /** Rates on the value by what was traded before: within `windowNs`, or ever if it is absent. */
  | ({ readonly model: 'tiered' } & FeeTiers)

/**
 * The fee model of a configuration. Each is exact and rounded half to even once.
 * @throws ESC_CONFIG_INVALID when the model is unknown or its tiers are none or out of order
 */
export function feeModel(config: FeeConfig, field = 'fees'): FeeModel {
  switch (config.model) {
    case 'value':
      return {
        identity: `value(${ratesText(config)})`,
        create: (instrument) => feeRule(instrument, config),
      }
    case 'quantity':
    case 'flat':
      return amountFees(config, `${config.model}(${ratesText(config)},${config.per})`)
    case 'directional':
      return {
        identity: `directional(${ratesText(config.buy)};${ratesText(config.sell)})`,
        create(instrument) {
          const buy = feeRule(instrument, config.buy)
          const sell = feeRule(instrument, config.sell)
          return (price, qty, liquidity, side) =>
            side > 0 ? buy(price, qty, liquidity) : sell(price, qty, liquidity)
        },
      }
    case 'tiered': {
      const tiers = config.tiers.map((tier) => `${formatDecimal(tier.from)}:${ratesText(tier)}`)
      return tieredFees(config, `tiered(${config.windowNs ?? 'ever'};${tiers.join(';')})`, field)
    }
    default:
      throw new CodedError('ESC_CONFIG_INVALID', {
        field: `${field}.model`,
        found: JSON.stringify((config as { model?: unknown }).model),
        needed: 'value, quantity, flat, directional or tiered',
      })
  }
}

/** Several fees at once, such as a commission and a duty; each is rounded by itself. */
export function summedFees(models: readonly FeeModel[]): FeeModel {
  return {
    identity: `sum(${models.map(({ identity }) => identity).join('+')})`,
    create(instrument) {
      const rules = models.map((model) => model.create(instrument))
      return (price, qty, liquidity, side, isFirst, exchTime) => {
        let sum = 0
        for (const rule of rules) sum += rule(price, qty, liquidity, side, isFirst, exchTime)
        return sum
      }
    },
  }
}

const ratesText = ({ maker, taker }: FeeRates): string =>
  `${formatDecimal(maker)},${formatDecimal(taker)}`
