import {
  type Decimal,
  type OwnRiskLimits,
  parseDecimal,
  type RateLimits,
  type RiskLimits,
  rateRule,
  seconds,
} from '@escapement/core'
import type { OwnConfig, RateLimitsConfig, SessionConfig } from './schema.ts'

/** The limits of a configuration as the Core takes them; `at` is where they stand in it. */
export function riskLimits(risk: SessionConfig['risk'], at: string): RiskLimits {
  const { currency: _currency, postOnlyMode, ...limits } = risk
  return optional({ ...ownLimits(limits, at), postOnlyMode })
}

/** The same of one strategy; null when it has none. */
export function ownRiskLimits(risk: OwnConfig['risk'], at: string): OwnRiskLimits | null {
  const limits = ownLimits(risk, at)
  return Object.keys(limits).length === 0 ? null : limits
}

/** @throws ESC_CONFIG_INVALID when a rate is too fine to count exactly */
export function rateLimits(limits: RateLimitsConfig, at: string): RateLimits {
  return optional({
    orders: rateOf(limits.ordersPerSecond, `${at}.ordersPerSecond`),
    cancels: rateOf(limits.cancelsPerSecond, `${at}.cancelsPerSecond`),
  })
}

function ownLimits(risk: OwnConfig['risk'], at: string): OwnRiskLimits {
  const { maxRollingLoss, maxActiveQuotes, ...amounts } = risk
  const amount = (name: keyof typeof amounts) => decimalOf(amounts[name], `${at}.${name}`)
  return optional({
    maxPosition: amount('maxPosition'),
    maxSingleOrderNotional: amount('maxSingleOrderNotional'),
    maxGrossNotional: amount('maxGrossNotional'),
    maxGrossQuoteNotional: amount('maxGrossQuoteNotional'),
    maxNetQuoteNotional: amount('maxNetQuoteNotional'),
    maxDrawdown: amount('maxDrawdown'),
    minOrderNotional: amount('minOrderNotional'),
    maxActiveQuotes,
    maxRollingLoss: maxRollingLoss && {
      amount: parseDecimal(maxRollingLoss.amount, `${at}.maxRollingLoss.amount`),
      windowNs: seconds(maxRollingLoss.windowSeconds),
    },
  })
}

function rateOf(text: string | undefined, field: string): Decimal | undefined {
  const limit = decimalOf(text, field)
  if (limit !== undefined) rateRule(limit, field)
  return limit
}

function decimalOf(text: string | undefined, field: string): Decimal | undefined {
  return text === undefined ? undefined : parseDecimal(text, field)
}

/** Drops the keys that are undefined: an absent limit is absent, not undefined. */
function optional<T extends object>(parts: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(parts).filter(([, value]) => value !== undefined)
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
