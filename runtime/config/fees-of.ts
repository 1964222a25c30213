import { NANOS_PER_SECOND, parseDecimal } from '@escapement/core'
import {
  type FeeConfig,
  feeModel,
  summedFees,
} from '../../actors/fill-simulator/fees/fee-config.ts'
import type { FeeModel } from '../../actors/fill-simulator/fees/fee-model.ts'
import type { FeeRates } from '../../actors/fill-simulator/fees.ts'
import type { VenueConfig } from './venue-schema.ts'

type FeesConfig = VenueConfig['fees']
type OneFee = Extract<FeesConfig, { readonly sum: unknown }>['sum'][number]

/**
 * What executions cost, as a configuration says.
 * @throws ESC_CONFIG_INVALID naming the field below `venue.fees` that cannot be used
 */
export function feesOf(config: FeesConfig): FeeRates | FeeModel {
  const field = 'venue.fees'
  if ('sum' in config) {
    return summedFees(config.sum.map((fee, i) => oneFee(fee, `${field}.sum[${i}]`)))
  }
  return config.model === undefined ? ratesOf(config, field) : oneFee(config, field)
}

const oneFee = (fee: OneFee, field: string): FeeModel => feeModel(parsed(fee, field), field)

function parsed(fee: OneFee, field: string): FeeConfig {
  switch (fee.model) {
    case undefined:
    case 'value':
      return { model: 'value', ...ratesOf(fee, field) }
    case 'quantity':
      return { model: fee.model, per: fee.per, ...ratesOf(fee, field) }
    case 'flat':
      return { model: fee.model, per: fee.per, ...ratesOf(fee, field) }
    case 'directional': {
      const buy = ratesOf(fee.buy, `${field}.buy`)
      return { model: fee.model, buy, sell: ratesOf(fee.sell, `${field}.sell`) }
    }
    case 'tiered': {
      const tiers = fee.tiers.map((tier, i) => {
        const at = `${field}.tiers[${i}]`
        return { from: parseDecimal(tier.from, `${at}.from`), ...ratesOf(tier, at) }
      })
      const { windowSeconds } = fee
      const windowNs =
        windowSeconds === undefined ? undefined : Math.round(windowSeconds * NANOS_PER_SECOND)
      return { model: fee.model, tiers, windowNs }
    }
  }
}

const ratesOf = (rates: { readonly maker: string; readonly taker: string }, field: string) => ({
  maker: parseDecimal(rates.maker, `${field}.maker`),
  taker: parseDecimal(rates.taker, `${field}.taker`),
})
