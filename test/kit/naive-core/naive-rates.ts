import { type Decimal, NANOS_PER_SECOND, type RateLimits } from '@escapement/core'
import {
  add,
  ceiling,
  isAbove,
  minus,
  ofDecimal,
  ofInteger,
  over,
  type Rational,
  ratio,
  smaller,
  tenTo,
  times,
} from './rational.ts'

/** What happened to one class of requests: a request left, or another limit began to hold. */
export type RateRecord =
  | { readonly type: 'used'; readonly time: number }
  | { readonly type: 'limit'; readonly time: number; readonly limit: Decimal | undefined }

/** What happened to both classes of one rate. */
export type Rates = { readonly orders: RateRecord[]; readonly cancels: RateRecord[] }
/** One rate for all instruments that have none of their own. */
export type NaiveRates = { readonly shared: Rates; readonly own: readonly (Rates | null)[] }

const ONE = ofInteger(1)

export function newRates(limits: RateLimits): Rates {
  const rates: Rates = { orders: [], cancels: [] }
  limit(rates, limits, 0)
  return rates
}

/** Another limit holds from here on. */
export function limit(rates: Rates, { orders, cancels }: RateLimits, time: number): void {
  rates.orders.push({ type: 'limit', time, limit: orders })
  rates.cancels.push({ type: 'limit', time, limit: cancels })
}

/** Capacity left at `now`, from the whole history; null without a limit. */
export function tokensAt(records: readonly RateRecord[], now: number): Rational | null {
  let limit: Rational | null = null
  let tokens: Rational | null = null
  let at = 0
  for (const record of records) {
    tokens = grown(tokens, limit, record.time - at)
    at = Math.max(at, record.time)
    if (record.type === 'used') tokens = tokens === null ? null : minus(tokens, ONE)
    else {
      limit = record.limit === undefined ? null : ofDecimal(record.limit)
      tokens = record.limit === undefined ? null : carried(tokens, record.limit)
    }
  }
  return grown(tokens, limit, now - at)
}

/** What a new limit leaves of the old tokens: whole units of its own, and no more than it holds. */
function carried(tokens: Rational | null, limit: Decimal): Rational {
  const most = capacity(ofDecimal(limit))
  if (tokens === null) return most
  const units = BigInt(NANOS_PER_SECOND) * tenTo(limit.scale)
  return smaller(ratio((tokens.num * units) / tokens.den, units), most)
}

function limitOf(records: readonly RateRecord[]): Rational | null {
  const last = records.findLast((record) => record.type === 'limit')
  return last?.limit === undefined ? null : ofDecimal(last.limit)
}

/** May one more request leave at `now`? A limit of 0 means never. */
export function maySend(records: readonly RateRecord[], now: number): boolean {
  const tokens = tokensAt(records, now)
  if (tokens === null) return true
  return limitOf(records)!.num > 0n && !isAbove(ONE, tokens)
}

/** When the next request may leave; null for never, and without a limit. */
export function recoversAt(records: readonly RateRecord[], now: number): number | null {
  const limit = limitOf(records)
  const tokens = tokensAt(records, now)
  if (limit === null || tokens === null || limit.num === 0n) return null
  const missing = minus(ONE, tokens)
  const wait = ceiling(times(over(missing, limit), ratio(BigInt(NANOS_PER_SECOND))))
  return now + Number(wait)
}

const capacity = (limit: Rational): Rational => (isAbove(ONE, limit) ? ONE : limit)

function grown(tokens: Rational | null, limit: Rational | null, elapsed: number): Rational | null {
  if (tokens === null || limit === null || elapsed <= 0) return tokens
  const more = times(limit, ratio(BigInt(elapsed), BigInt(NANOS_PER_SECOND)))
  return smaller(add(tokens, more), capacity(limit))
}
