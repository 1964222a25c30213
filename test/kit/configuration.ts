import {
  type ControlRules,
  type CoreConfiguration,
  defaultControlRules,
  type Instrument,
  type OwnRiskLimits,
  parseDecimal,
  type RateLimits,
  type RiskLimits,
} from '@escapement/core'

/** A linear instrument: tick 0.1, lot 0.001, contract 1, money in 10^-8. */
export const linear: Instrument = {
  symbol: 'LIN',
  kind: 'linear',
  tickSize: parseDecimal('0.1'),
  lotSize: parseDecimal('0.001'),
  contractSize: parseDecimal('1'),
  quote: 'USDT',
  quoteDecimals: 8,
  qtyDecimals: 3,
}

/** An inverse instrument: 1 USD a contract, settled in BTC to 10^-8. */
export const inverse: Instrument = {
  symbol: 'INV',
  kind: 'inverse',
  tickSize: parseDecimal('0.5'),
  lotSize: parseDecimal('1'),
  contractSize: parseDecimal('1'),
  quote: 'BTC',
  quoteDecimals: 8,
  qtyDecimals: 0,
}

export function configuration(
  parts: {
    readonly instruments?: readonly Instrument[]
    readonly risk?: RiskLimits
    readonly ownRisk?: readonly (OwnRiskLimits | null)[]
    readonly rateLimits?: RateLimits
    readonly ownRates?: readonly (RateLimits | null)[]
    readonly control?: Partial<ControlRules>
    readonly namespaces?: readonly string[]
  } = {},
): CoreConfiguration {
  return {
    version: '1',
    instruments: parts.instruments ?? [linear],
    namespaces: parts.namespaces ?? ['test'],
    risk: parts.risk ?? {},
    ...(parts.ownRisk === undefined ? {} : { ownRisk: parts.ownRisk }),
    rateLimits: parts.rateLimits ?? {},
    ...(parts.ownRates === undefined ? {} : { ownRates: parts.ownRates }),
    control: { ...defaultControlRules, ...parts.control },
  }
}
