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

/** NEW and REPLACE are one class, CANCEL the other: an exhausted one does not hold back the other. */
export type RateClass = 'orders' | 'cancels'
/** The rule of each class of one rate group; null where there is no limit. */
export type RateRules = { readonly [C in RateClass]: RateRule | null }

/**
 * The rule of each class; null where there is no limit.
 * @throws ESC_CONFIG_INVALID naming `field` and the class
 */
export function rateRules(limits: RateLimits, field = 'rateLimits'): RateRules {
  const rule = (limit: Decimal | undefined, rateClass: RateClass) =>
    limit === undefined ? null : rateRule(limit, `${field}.${rateClass}`)
  return { orders: rule(limits.orders, 'orders'), cancels: rule(limits.cancels, 'cancels') }
}

/**
 * Who shares a rate: group 0 is shared by every instrument without limits of its own, the others
 * belong to one instrument each, in the order of the instruments.
 */
export type RateGroups = {
  readonly rules: readonly RateRules[]
  /** The group of each instrument. */
  readonly groupOf: readonly number[]
}

/**
 * The groups that the limits of a Configuration make.
 * @throws ESC_CONFIG_INVALID when a limit cannot be counted exactly
 */
export function rateGroups(shared: RateLimits, own: readonly (RateLimits | null)[]): RateGroups {
  const rules = [rateRules(shared)]
  const groupOf = own.map((limits, instrument) =>
    limits === null ? 0 : rules.push(rateRules(limits, `ownRates[${instrument}]`)) - 1,
  )
  return { rules, groupOf }
}

/** Capacity of one rate class at a time; part of Execution State. Full at start. */
export type RateLevel = { readonly tokens: number; readonly time: Nanos }
/** Null where no limit is configured. */
export type RateLevels = { readonly [C in RateClass]: RateLevel | null }

/** What each group may send at the session's start. */
export const fullLevels = ({ orders, cancels }: RateRules): RateLevels => ({
  orders: orders === null ? null : fullLevel(orders),
  cancels: cancels === null ? null : fullLevel(cancels),
})

/** The level at the start of a session: full, at time 0. */
export const fullLevel = (rule: RateRule): RateLevel => ({ tokens: rule.capacity, time: 0 })

/** Tokens at `now`; time never runs back. */
export function tokensAt(rule: RateRule, { tokens, time }: RateLevel, now: Nanos): number {
  // Beyond 2^53 the product is inexact, but then it is far above the capacity as well.
  return Math.min(rule.capacity, tokens + Math.max(0, now - time) * rule.refillPerNs)
}

/** The level at `now`. */
export const refill = (rule: RateRule, level: RateLevel, now: Nanos): RateLevel => ({
  tokens: tokensAt(rule, level, now),
  time: Math.max(now, level.time),
})

/** Whether one request may leave. A limit of 0 never allows any. */
export const hasToken = (rule: RateRule, tokens: number): boolean =>
  rule.refillPerNs > 0 && tokens >= rule.cost

/** When the next request may leave, given what is there `now` and is too little; null for limit 0. */
export function nextToken(rule: RateRule, tokens: number, now: Nanos): Nanos | null {
  const { cost, refillPerNs } = rule
  if (refillPerNs === 0) return null
  const missing = cost - tokens
  const wait = Math.ceil(missing / refillPerNs)
  // A quotient of large integers may round down to an early time, where their product is exact.
  return now + (wait * refillPerNs < missing ? wait + 1 : wait)
}
