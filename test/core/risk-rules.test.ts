/** Limits as the integers that Risk compares, by example: each unit, rounding and flag. */
import { describe, expect, test } from 'vitest'
import type { RiskLimits } from '../../core/configuration.ts'
import { parseDecimal } from '../../core/decimal.ts'
import type { Instrument } from '../../core/instrument.ts'
import { MoneyRule } from '../../core/money.ts'
import { RiskRules } from '../../core/rules/risk-rules.ts'
import { configuration, inverse, linear } from '../kit/configuration.ts'

const d = parseDecimal
const fifth: Instrument = {
  ...linear,
  symbol: 'FIFTH',
  tickSize: d('1'),
  lotSize: d('5'),
  quoteDecimals: 2,
}

function rules(limits: RiskLimits, instruments: readonly Instrument[] = [linear]): RiskRules {
  const money = instruments.map((instrument) => new MoneyRule(instrument))
  return new RiskRules(configuration({ instruments }), limits, money)
}

describe('a limit that is absent', () => {
  test('limits nothing', () => {
    const none = rules({})
    expect(none.maxPositionLots).toEqual([Number.POSITIVE_INFINITY])
    expect([none.maxSingleOrder, none.maxGross, none.maxActiveQuotes]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ])
    expect([none.maxGrossQuotes, none.maxNetQuotes]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ])
    expect([none.minOrder, none.maxDrawdown, none.maxRolling, none.windowNs]).toEqual([
      0,
      null,
      null,
      0,
    ])
  })
})

describe('what a judgement needs', () => {
  const amount = d('1')
  test.each<[string, RiskLimits, exposure: boolean, quotes: boolean, values: boolean]>([
    ['no limit', {}, false, false, false],
    ['maxPosition', { maxPosition: amount }, true, false, false],
    ['maxSingleOrderNotional', { maxSingleOrderNotional: amount }, true, false, false],
    ['maxGrossNotional', { maxGrossNotional: amount }, true, false, false],
    ['maxActiveQuotes', { maxActiveQuotes: 1 }, true, true, false],
    ['maxGrossQuoteNotional', { maxGrossQuoteNotional: amount }, true, true, true],
    ['maxNetQuoteNotional', { maxNetQuoteNotional: amount }, true, true, true],
    ['minOrderNotional', { minOrderNotional: amount }, false, false, false],
    ['maxDrawdown', { maxDrawdown: amount }, false, false, false],
    ['maxRollingLoss', { maxRollingLoss: { amount, windowNs: 5 } }, false, false, false],
  ])('by %s is its own part of the exposure', (_, limits, exposure, quotes, values) => {
    const { needsExposure, needsQuotes, needsQuoteValues } = rules(limits)
    expect([needsExposure, needsQuotes, needsQuoteValues]).toEqual([exposure, quotes, values])
  })
})

describe('a limit in lots', () => {
  test.each([
    ['0', 0, 0],
    ['0.0009', 0, 0],
    ['0.001', 1, 0],
    ['0.0119', 11, 0],
    ['4.999', 4999, 0],
    ['5', 5000, 1],
    ['12', 12_000, 2],
  ])('of %s is rounded down to what can be held', (maxPosition, lots, fives) => {
    const { maxPositionLots } = rules({ maxPosition: d(maxPosition) }, [linear, fifth])
    expect(maxPositionLots).toEqual([lots, fives])
  })
})

describe('an amount', () => {
  // A tick and a lot are worth 0.0001, so amounts count 0.00001.
  test.each([
    ['0', 0, 0],
    ['0.00001', 1, 1],
    ['0.000011', 1, 2],
    ['0.000019', 1, 2],
    ['0.00002', 2, 2],
    ['7', 700_000, 700_000],
  ])('of %s is rounded down as a largest and up as a smallest', (text, most, least) => {
    const made = rules({
      maxSingleOrderNotional: d(text),
      maxGrossNotional: d(text),
      maxGrossQuoteNotional: d(text),
      maxNetQuoteNotional: d(text),
      maxActiveQuotes: 3,
      minOrderNotional: d(text),
    })
    const { maxSingleOrder, maxGross, maxGrossQuotes, maxNetQuotes } = made
    expect([maxSingleOrder, maxGross, maxGrossQuotes, maxNetQuotes]).toEqual(Array(4).fill(most))
    expect([made.maxActiveQuotes, made.minOrder]).toEqual([3, least])
  })

  test('counts one decimal finer than the finest value of a tick and a lot', () => {
    const limits = { maxGrossNotional: d('1') }
    expect(rules(limits, []).maxGross).toBe(10)
    expect(rules(limits, [fifth]).maxGross).toBe(10)
    expect(rules(limits, [{ ...fifth, contractSize: d('0.01') }]).maxGross).toBe(1000)
    expect(rules(limits, [fifth, linear]).maxGross).toBe(1e5)
    expect(rules(limits, [linear, fifth, inverse]).maxGross).toBe(1e9)
    expect(rules(limits, [{ ...inverse, quoteDecimals: 4 }]).maxGross).toBe(1e5)
  })
})

describe('a loss', () => {
  test.each([
    ['0.01', 1n],
    ['0.011', 2n],
    ['0.019', 2n],
    ['0.02', 2n],
    ['3', 300n],
  ])('of %s is rounded up to what can be lost', (text, units) => {
    const made = rules(
      { maxDrawdown: d(text), maxRollingLoss: { amount: d(text), windowNs: 60 } },
      [fifth],
    )
    expect([made.maxDrawdown, made.maxRolling, made.windowNs]).toEqual([units, units, 60])
  })

  test('counts the finest money unit among the instruments, and each has its factor to it', () => {
    const made = rules({ maxDrawdown: d('1') }, [fifth, linear, { ...fifth, quoteDecimals: 5 }])
    expect([made.equityDecimals, made.maxDrawdown]).toEqual([8, 100_000_000n])
    expect(made.equityFactors).toEqual([1_000_000n, 1n, 1000n])
    expect(rules({}, []).equityDecimals).toBe(0)
  })
})

describe('the value of lots', () => {
  test('of a linear contract is price times quantity, also at half a tick', () => {
    const made = rules({}, [fifth, linear])
    expect([made.valueAt(1, 7, 3), made.valueAt(0, 7, 3)]).toEqual([210, 7 * 3 * 500_000])
    expect([made.valueAtMid(1, 7, 8, 3), made.valueAtMid(1, 7, 7, 3)]).toEqual([225, 210])
    expect([made.valueAt(1, 7, 0), made.valueAtMid(1, 7, 8, 0)]).toEqual([0, 0])
  })

  test('of an inverse contract is quantity divided by price, also at half a tick', () => {
    const made = rules({}, [inverse])
    // 1000 at 20,000 are 0.05; 1 at 1.5 are 0.66666667, and at 1.25 are 0.8.
    expect([made.valueAt(0, 40_000, 1000), made.valueAt(0, 3, 1)]).toEqual([5e7, 666_666_670])
    expect([made.valueAtMid(0, 39_999, 40_001, 1000), made.valueAtMid(0, 2, 3, 1)]).toEqual([
      5e7, 8e8,
    ])
  })

  test('of an inverse contract counts in the unit of the finest instrument', () => {
    // 0.05 in units of 10^-9, and of 10^-5.
    const coarse = { ...inverse, quoteDecimals: 4 }
    expect(rules({}, [coarse, inverse]).valueAt(0, 40_000, 1000)).toBe(5e7)
    expect(rules({}, [coarse]).valueAt(0, 40_000, 1000)).toBe(5000)
  })

  test('of nothing is nothing, even without a price', () => {
    const made = rules({}, [inverse])
    expect([made.valueAt(0, 0, 0), made.valueAtMid(0, 0, 0, 0)]).toEqual([0, 0])
  })

  test('is unknown from 2^53 units on', () => {
    const one = { ...fifth, lotSize: d('1') }
    // Ten units for a lot at one tick: 2^53 is 9,007,199,254,740,992.
    const made = rules({}, [one])
    expect(made.valueAt(0, 900_719_925_474_099, 1)).toBe(9_007_199_254_740_990)
    expect(made.valueAt(0, 900_719_925_474_100, 1)).toBeNaN()
    expect(made.valueAtMid(0, 900_719_925_474_100, 900_719_925_474_100, 1)).toBeNaN()
    // At one tick a contract is worth 2, which is 2 * 10^9 units.
    const other = rules({}, [inverse])
    expect(other.valueAt(0, 1, 4_503_599)).toBe(9_007_198_000_000_000)
    expect(other.valueAt(0, 1, 4_503_600)).toBeNaN()
  })

  test('of one lot at one tick must be countable', () => {
    const huge = { ...fifth, tickSize: d('1000000000'), lotSize: d('1000000') }
    expect(() => rules({}, [huge])).toThrow('a unit value of 10000000000000000 leaves 2^53')
    expect(rules({}, [{ ...huge, lotSize: d('100000') }]).valueAt(0, 1, 1)).toBe(1e15)
  })
})
