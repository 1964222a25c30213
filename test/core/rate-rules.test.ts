/** Rate rules by example: rules of limits, who shares one, tokens and due times. */
import { describe, expect, test } from 'vitest'
import type { RateLimits } from '../../core/configuration.ts'
import { parseDecimal } from '../../core/decimal.ts'
import type { CodedError } from '../../core/errors.ts'
import {
  fullLevel,
  fullLevels,
  hasToken,
  nextToken,
  rateGroups,
  rateRule,
  rateRules,
  refill,
  tokensAt,
} from '../../core/rules/rate-rules.ts'

const SECOND = 1_000_000_000
const d = parseDecimal
const two = { refillPerNs: 2, cost: SECOND, capacity: 2 * SECOND }
const tenth = { refillPerNs: 1, cost: 10 * SECOND, capacity: 10 * SECOND }

describe('the rule of a limit', () => {
  test.each([
    ['0', { refillPerNs: 0, cost: SECOND, capacity: SECOND }],
    ['2', two],
    ['0.1', tenth],
    ['2.5', { refillPerNs: 25, cost: 10 * SECOND, capacity: 25 * SECOND }],
    ['4000000', { refillPerNs: 4_000_000, cost: SECOND, capacity: 4_000_000 * SECOND }],
    ['0.000001', { refillPerNs: 1, cost: 1_000_000 * SECOND, capacity: 1_000_000 * SECOND }],
    [
      '3.999999',
      { refillPerNs: 3_999_999, cost: 1_000_000 * SECOND, capacity: 3_999_999 * SECOND },
    ],
  ])('of %s a second counts exactly', (limit, rule) => {
    expect(rateRule(d(limit), 'rate')).toEqual(rule)
  })

  test.each([
    ['-1', '-1/10^0'],
    ['-0.5', '-5/10^1'],
    ['4000001', '4000001/10^0'],
    ['4.000001', '4000001/10^6'],
    ['0.0000001', '1/10^7'],
  ])('of %s a second is refused, and the error says what was found', (limit, found) => {
    let thrown: unknown
    try {
      rateRule(d(limit), 'rateLimits.orders')
    } catch (error) {
      thrown = error
    }
    expect((thrown as CodedError).code).toBe('ESC_CONFIG_INVALID')
    expect((thrown as CodedError).facts).toEqual({
      field: 'rateLimits.orders',
      found,
      needed: 'requests a second from 0 to 4000000 with at most 6 decimals',
    })
  })
})

describe('the rules of a configuration', () => {
  test('are one a class, and none where no limit is given', () => {
    expect(rateRules({ orders: d('2') })).toEqual({ orders: two, cancels: null })
    expect(rateRules({ cancels: d('0.1') })).toEqual({ orders: null, cancels: tenth })
    expect(rateRules({})).toEqual({ orders: null, cancels: null })
  })

  test('make a group for all who share, then one for each instrument with its own', () => {
    const own = [null, { orders: d('0.1') }, null, {}]
    expect(rateGroups({ cancels: d('2') }, own)).toEqual({
      rules: [
        { orders: null, cancels: two },
        { orders: tenth, cancels: null },
        { orders: null, cancels: null },
      ],
      groupOf: [0, 1, 0, 2],
    })
  })

  test.each<[RateLimits, (RateLimits | null)[], string]>([
    [{ orders: d('-1') }, [], 'rateLimits.orders'],
    [{ cancels: d('-1') }, [], 'rateLimits.cancels'],
    [{}, [null, { orders: d('-1') }], 'ownRates[1].orders'],
    [{}, [{ cancels: d('-1') }], 'ownRates[0].cancels'],
  ])('are refused by the name of the limit: case %#', (shared, own, field) => {
    expect(() => rateGroups(shared, own)).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ field }) }),
    )
  })
})

describe('the level of a rate', () => {
  test('is full at time 0, and none where there is no limit', () => {
    const [orders, cancels] = [two, tenth].map(fullLevel)
    expect(orders).toEqual({ tokens: 2 * SECOND, time: 0 })
    expect(fullLevels({ orders: two, cancels: tenth })).toEqual({ orders, cancels })
    expect(fullLevels({ orders: two, cancels: null })).toEqual({ orders, cancels: null })
    expect(fullLevels({ orders: null, cancels: tenth })).toEqual({ orders: null, cancels })
  })

  test.each([
    ['before its time is what it was', 99, 10],
    ['at its time is what it was', 100, 10],
    ['grows by the limit with each ns', 101, 12],
    ['one ns before it is full lacks one refill', 100 + SECOND - 6, 2 * SECOND - 2],
    ['reaches its capacity', 100 + SECOND - 5, 2 * SECOND],
    ['grows no further', 100 + SECOND - 4, 2 * SECOND],
    ['grows no further in any time', Number.MAX_SAFE_INTEGER, 2 * SECOND],
  ])('%s', (_, now, tokens) => {
    const level = { tokens: 10, time: 100 }
    expect(tokensAt(two, level, now)).toBe(tokens)
    expect(refill(two, level, now)).toEqual({ tokens, time: Math.max(now, 100) })
  })
})

describe('a request', () => {
  test('may leave for its whole cost and no less, and never at a limit of 0', () => {
    expect([SECOND - 1, SECOND, SECOND + 1].map((tokens) => hasToken(two, tokens))).toEqual([
      false,
      true,
      true,
    ])
    expect(hasToken(rateRule(d('0'), ''), SECOND)).toBe(false)
  })

  test.each([
    ['0', 0, null],
    ['2', 0, 7 + SECOND / 2],
    ['2', SECOND - 4, 9],
    ['2', SECOND - 3, 9],
    ['2', SECOND - 2, 8],
    ['2', SECOND - 1, 8],
    ['0.3', 0, 7 + 3_333_333_334],
    ['0.1', 4 * SECOND, 7 + 6 * SECOND],
  ])('at %s a second, with %d tokens at 7 ns, may leave next at %s', (limit, tokens, due) => {
    expect(nextToken(rateRule(d(limit), ''), tokens, 7)).toBe(due)
  })
})
