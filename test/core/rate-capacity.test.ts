/**
 * Rate capacity against an oracle of bigint rationals: the same rule in units of one request per
 * 10^9 x 10^scale, with no care for speed.
 */
import {
  type Decimal,
  decimal,
  formatDecimal,
  fullLevel,
  hasToken,
  NANOS_MAX,
  nextToken,
  parseDecimal,
  powerOfTen,
  type RateLevel,
  type RateRule,
  rateRule,
  refill,
} from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'

const SECOND = 1_000_000_000

/** A bucket of fractions num/den requests; den is fixed, so fractions are plain bigints. */
class Oracle {
  readonly den: bigint
  readonly limit: bigint
  tokens: bigint
  time = 0n
  constructor(limit: Decimal) {
    this.den = powerOfTen(limit.scale) * BigInt(SECOND)
    this.limit = limit.digits
    this.tokens = this.capacity()
  }
  capacity(): bigint {
    const limit = this.limit * BigInt(SECOND)
    return limit > this.den ? limit : this.den
  }
  ask(now: bigint): boolean {
    if (now > this.time) {
      const grown = this.tokens + (now - this.time) * this.limit
      this.tokens = grown < this.capacity() ? grown : this.capacity()
      this.time = now
    }
    if (this.limit === 0n || this.tokens < this.den) return false
    this.tokens -= this.den
    return true
  }
  /** First ns at which a request may leave. */
  due(): bigint | null {
    if (this.limit === 0n) return null
    const missing = this.den - this.tokens
    return this.time + (missing + this.limit - 1n) / this.limit
  }
}

class Bucket {
  readonly rule: RateRule
  level: RateLevel
  constructor(limit: Decimal) {
    this.rule = rateRule(limit, 'rateLimits.orders')
    this.level = fullLevel(this.rule)
  }
  ask(now: number): boolean {
    this.level = refill(this.rule, this.level, now)
    if (!hasToken(this.rule, this.level.tokens)) return false
    this.level = { ...this.level, tokens: this.level.tokens - this.rule.cost }
    return true
  }
  next(): number | null {
    return nextToken(this.rule, this.level.tokens, this.level.time)
  }
}

const limits = fc
  .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 4_000_000 }))
  .map(([scale, digits]) => decimal(BigInt(digits), scale))
const waits = fc.oneof(
  fc.integer({ min: -5 * SECOND, max: 5 * SECOND }),
  fc.integer({ min: 0, max: 2000 }),
  fc.integer({ min: 0, max: 2 ** 50 }),
  fc.constant('due' as const),
  fc.constant('early' as const),
)

describe('a rate limit', () => {
  propertyTest.prop([limits, fc.array(waits, { maxLength: 60 })], { numRuns: 2000 })(
    'answers as exact rationals do',
    (limit, steps) => {
      const bucket = new Bucket(limit)
      const oracle = new Oracle(limit)
      let now = 0
      for (const step of steps) {
        const due = bucket.next()
        if (typeof step === 'number') now = Math.max(0, now + step)
        else if (due !== null) now = Math.max(0, due - (step === 'early' ? 1 : 0))
        if (now > 2 ** 53) return
        expect(bucket.ask(now)).toBe(oracle.ask(BigInt(now)))
        expect(BigInt(bucket.level.tokens)).toBe(oracle.tokens)
        if (!hasToken(bucket.rule, bucket.level.tokens)) {
          const next = bucket.next()
          expect(next === null ? null : BigInt(next)).toBe(oracle.due())
        }
      }
    },
  )

  test.each(['0.3', '1', '0.000001', '3', '7', '1000', '999.999', '0.7'])(
    'of %s a second refuses one ns before its due time and allows at it',
    (text) => {
      const bucket = new Bucket(parseDecimal(text))
      while (bucket.ask(0)) expect(bucket.level.tokens).toBeGreaterThanOrEqual(0)
      for (let round = 0; round < 50; round++) {
        const due = bucket.next()!
        if (due > NANOS_MAX) return
        expect(bucket.ask(due - 1)).toBe(false)
        expect(bucket.next()).toBe(due)
        expect(bucket.ask(due)).toBe(true)
      }
    },
  )

  test.each([
    ['0.3', 1],
    ['1', 1],
    ['1.9', 1],
    ['2', 2],
    ['1000', 1000],
  ])('of %s a second begins with %i requests', (text, count) => {
    const bucket = new Bucket(parseDecimal(text))
    let allowed = 0
    while (bucket.ask(0)) allowed++
    expect(allowed).toBe(count)
  })

  test('of 0.3 a second allows its next request after 3,333,333,334 ns', () => {
    const bucket = new Bucket(parseDecimal('0.3'))
    expect(bucket.ask(0)).toBe(true)
    expect(bucket.next()).toBe(3_333_333_334)
    expect(bucket.ask(3_333_333_334)).toBe(true)
    // A limit below one holds one request at most, so the third of a ns too much is lost.
    expect(bucket.next()).toBe(6_666_666_668)
  })

  test('of 3 a second loses no fraction of a ns between requests', () => {
    const bucket = new Bucket(parseDecimal('3'))
    while (bucket.ask(0)) expect(bucket.level.time).toBe(0)
    for (const due of [333_333_334, 666_666_667, 1_000_000_000, 1_333_333_334]) {
      expect(bucket.next()).toBe(due)
      expect(bucket.ask(due)).toBe(true)
    }
  })

  test('of 0 never allows, and there is no time at which to look again', () => {
    const bucket = new Bucket(parseDecimal('0'))
    expect([bucket.ask(0), bucket.ask(2 ** 52)]).toEqual([false, false])
    expect(bucket.next()).toBeNull()
  })

  test('gains nothing when time goes back', () => {
    const bucket = new Bucket(parseDecimal('1'))
    expect(bucket.ask(10 * SECOND)).toBe(true)
    expect(bucket.ask(2 * SECOND)).toBe(false)
    expect(bucket.ask(11 * SECOND - 1)).toBe(false)
    expect(bucket.ask(11 * SECOND)).toBe(true)
  })

  test('never holds more than its capacity, however long the silence', () => {
    const bucket = new Bucket(parseDecimal('4000000'))
    bucket.ask(0)
    bucket.level = refill(bucket.rule, bucket.level, Number.MAX_SAFE_INTEGER)
    expect(bucket.level.tokens).toBe(bucket.rule.capacity)
    expect(Number.isSafeInteger(bucket.rule.capacity)).toBe(true)
  })

  test.each(['-1', '4000001', '0.0000001', '5000000.5'])('of %s a second is refused', (text) => {
    const limit = parseDecimal(text)
    expect(() => rateRule(limit, 'rateLimits.cancels')).toThrow(/rateLimits\.cancels/)
    expect(() => rateRule(limit, 'rateLimits.cancels')).toThrow(
      expect.objectContaining({ code: 'ESC_CONFIG_INVALID' }),
    )
    expect(formatDecimal(limit)).toBe(text)
  })
})
