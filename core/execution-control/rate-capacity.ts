import type { RateLimits } from '../configuration.ts'
import { type Decimal, powerOfTen } from '../decimal.ts'
import { CodedError } from '../errors.ts'
import { NANOS_PER_SECOND, type Nanos } from '../units.ts'

/**
 * A limit of N/D requests a second as exact integers.
 *
 * Tokens count units of 1/(D * 10^9) request, so one ns refills N units and one request costs
 * D * 10^9. Capacity is max(1, limit) requests. Everything stays below 2^53 for N, D <= 4*10^6.
 */
export type RateRule = {
  readonly refillPerNs: number
  readonly cost: number
  readonly capacity: number
}

const LARGEST = 4_000_000

/**
 * The rule of `limit` requests a second; `field` names it in an error.
 * @throws ESC_CONFIG_INVALID when the limit is negative or has too many digits.
 */
export function rateRule(limit: Decimal, field: string): RateRule {
  const numerator = Number(limit.digits)
  const denominator = Number(powerOfTen(limit.scale))
  if (limit.digits < 0n || numerator > LARGEST || denominator > LARGEST) {
    throw new CodedError('ESC_CONFIG_INVALID', {
      field,
      found: `${limit.digits}/10^${limit.scale}`,
      needed: 'requests a second from 0 to 4000000 with at most 6 decimals',
    })
  }
  const cost = denominator * NANOS_PER_SECOND
  return {
    refillPerNs: numerator,
    cost,
    capacity: Math.max(denominator, numerator) * NANOS_PER_SECOND,
  }
}

/**
 * The rule of each class; null where there is no limit.
 * @throws ESC_CONFIG_INVALID naming the limit that is negative or has too many digits.
 */
export function rateRules(limits: RateLimits): {
  readonly [C in keyof RateLimits]-?: RateRule | null
} {
  const rule = (limit: Decimal | undefined, field: string) =>
    limit === undefined ? null : rateRule(limit, `rateLimits.${field}`)
  return { orders: rule(limits.orders, 'orders'), cancels: rule(limits.cancels, 'cancels') }
}

/** Capacity of one rate class; part of Execution State. Full at start. */
export type RateLevel = { readonly tokens: number; readonly time: Nanos }

/** The level at the start of a session: full, at time 0. */
export const fullLevel = (rule: RateRule): RateLevel => ({ tokens: rule.capacity, time: 0 })

/** The level at `now`; time never runs back. */
export function refill(rule: RateRule, level: RateLevel, now: Nanos): RateLevel {
  const elapsed = now - level.time
  if (elapsed <= 0) return level
  // Beyond 2^53 the product is inexact, but then it is far above the capacity as well.
  const gained = elapsed * rule.refillPerNs
  const full = gained >= rule.capacity - level.tokens
  return { tokens: full ? rule.capacity : level.tokens + gained, time: now }
}

/** Whether one request may leave. A limit of 0 never allows any. */
export const hasToken = (rule: RateRule, level: RateLevel): boolean =>
  rule.refillPerNs > 0 && level.tokens >= rule.cost

/** The level after one request; only for a level that {@link hasToken}. */
export const takeToken = (rule: RateRule, level: RateLevel): RateLevel => ({
  tokens: level.tokens - rule.cost,
  time: level.time,
})

/** When the next request may leave, given a refilled level without a token; null for limit 0. */
export function nextToken(rule: RateRule, level: RateLevel): Nanos | null {
  if (rule.refillPerNs === 0) return null
  // The remainder is exact where a quotient of large integers may round down to an early time.
  const missing = rule.cost - level.tokens
  const rest = missing % rule.refillPerNs
  return level.time + (missing - rest) / rule.refillPerNs + (rest > 0 ? 1 : 0)
}
