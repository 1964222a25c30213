import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { maxDrawdown } from '../../../runtime/analysis/drawdown.ts'
import {
  accountSeries,
  lagOneCorrelation,
  sampledReturns,
} from '../../../runtime/analysis/equity-series.ts'
import { ratio } from '../../../runtime/analysis/exact-ratio.ts'
import { returnStatistics } from '../../../runtime/analysis/return-statistics.ts'
import {
  addSums,
  deviationOf,
  kurtosisOf,
  meanOf,
  noReturns,
  returnSums,
  sharpeOf,
  skewnessOf,
  sortinoOf,
} from '../../../runtime/analysis/return-sums.ts'
import { inverse, linear } from '../../kit/configuration.ts'
import { point } from './kit.ts'

const sums = (...returns: number[]) => returnSums(returns.map(BigInt))
const returns = fc.array(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), { maxLength: 40 })
const all = [meanOf, deviationOf, sharpeOf, sortinoOf, skewnessOf, kurtosisOf]
const ratios = [sharpeOf, sortinoOf, skewnessOf, kurtosisOf]

describe('ratios of returns, by hand', () => {
  it('2, -1, 2, -1, 3: mean 1, variance 14/4, downside 2/5', () => {
    const five = sums(2, -1, 2, -1, 3)
    expect(meanOf(five)).toBe(1)
    expect(deviationOf(five)).toBeCloseTo(Math.sqrt(14 / 4), 15)
    expect(sharpeOf(five)).toBeCloseTo(1 / Math.sqrt(3.5), 15)
    expect(sortinoOf(five)).toBeCloseTo(1 / Math.sqrt(2 / 5), 15)
    // Third and fourth central moments: (1 - 8 + 1 - 8 + 8) / 5 and (1 + 16 + 1 + 16 + 16) / 5.
    expect(skewnessOf(five)).toBeCloseTo(-6 / 5 / 2.8 ** 1.5, 15)
    expect(kurtosisOf(five)).toBeCloseTo(10 / 2.8 ** 2, 15)
  })

  it('a losing run has negative ratios', () => {
    expect(sharpeOf(sums(-2, 1, -2, 1, -3))).toBeCloseTo(-1 / Math.sqrt(3.5), 15)
    expect(sortinoOf(sums(-3, 1))).toBeCloseTo(-1 / Math.sqrt(9 / 2), 15)
  })

  it('correlation of each return with the next', () => {
    // 1, 2, 3, 4 about 2.5: (0.75 - 0.25 + 0.75) / 5.
    expect(lagOneCorrelation([1n, 2n, 3n, 4n])).toBeCloseTo(0.25, 15)
    expect(lagOneCorrelation([1n, -1n, 1n, -1n])).toBeCloseTo(-0.75, 15)
  })

  it.each([[[]], [[5]], [[3, 3, 3]], [[0, 0]]])('%j leave ratios unknown, never NaN', (some) => {
    for (const of of ratios) {
      if (of === sortinoOf && some.some((value) => value < 0)) continue
      expect(of(sums(...some)), of.name).toBeNull()
    }
    expect(lagOneCorrelation(some.map(BigInt))).toBeNull()
  })
})

describe('ratios of any returns', () => {
  test.prop([returns])('are numbers or null', (some) => {
    for (const of of all) {
      const value = of(returnSums(some))
      expect(value === null || Number.isFinite(value), of.name).toBe(true)
    }
    expect(lagOneCorrelation(some) ?? 0).not.toBeNaN()
  })

  test.prop([returns, fc.nat()])('are the same in any order, to the last bit', (some, by) => {
    const turned = [...some.slice(by % (some.length + 1)), ...some.slice(0, by % (some.length + 1))]
    for (const of of all) expect(of(returnSums(turned))).toBe(of(returnSums(some)))
    expect(returnSums([...some].reverse())).toEqual(returnSums(some))
  })

  test.prop([returns, fc.bigInt({ min: 1n, max: 10n ** 9n })])(
    'do not depend on the money unit',
    (some, factor) => {
      const scaled = returnSums(some.map((value) => value * factor))
      for (const of of ratios) {
        const value = of(returnSums(some))
        if (value === null) expect(of(scaled)).toBeNull()
        else expect(Math.abs(of(scaled)! - value)).toBeLessThanOrEqual(1e-13 * Math.abs(value))
      }
    },
  )

  test.prop([returns, returns])('of two stretches are those of both in one piece', (a, b) => {
    expect(addSums(returnSums(a), returnSums(b))).toEqual(returnSums([...a, ...b]))
    expect(addSums(noReturns, returnSums(a))).toEqual(returnSums(a))
  })

  test.prop([returns])('are those of the textbook, computed in floats', (some) => {
    fc.pre(new Set(some).size > 1)
    const values = some.map(Number)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    const sharpe = mean / Math.sqrt(squares / (values.length - 1))
    expect(Math.abs(sharpeOf(returnSums(some))! - sharpe)).toBeLessThan(1e-9)
  })
})

describe('a ratio of integers', () => {
  it('is right beyond the range of float64, and null over nothing', () => {
    expect(ratio(3n * 10n ** 400n, 2n * 10n ** 400n)).toBeCloseTo(1.5, 14)
    expect(ratio(-3n * 10n ** 400n, 2n * 10n ** 400n)).toBeCloseTo(-1.5, 14)
    expect(ratio(1n, 0n)).toBeNull()
  })
})

describe('sampling takes the last known equity at each point', () => {
  const series = { time: [10, 14, 25, 31], value: [100n, 130n, 110n, 150n] }

  it('from the first known one, and leaves the last, shorter stretch out', () => {
    // Points 10, 20, 30: 100, 130, 110; 31 lies in the stretch after 30.
    expect(sampledReturns(series, { intervalNs: 10 })).toEqual([30n, -20n])
  })

  it('from and until where it is told to', () => {
    expect(sampledReturns(series, { intervalNs: 5, from: 20, until: 30 })).toEqual([-20n, 0n])
    expect(sampledReturns(series, { intervalNs: 5, from: 0, until: 20 })).toEqual([30n, 0n])
  })

  it('of what happened at one time the last', () => {
    const twice = { time: [0, 10, 10], value: [1n, 2n, 7n] }
    expect(sampledReturns(twice, { intervalNs: 10 })).toEqual([6n])
  })

  it('and gives none without two points', () => {
    expect(sampledReturns({ time: [], value: [] }, { intervalNs: 1 })).toEqual([])
    expect(sampledReturns({ time: [4], value: [1n] }, { intervalNs: 1 })).toEqual([])
    expect(sampledReturns(series, { intervalNs: 1_000 })).toEqual([])
  })

  it.each([0, -1, 0.5, Number.NaN, 2 ** 60])('an interval of %s is refused', (intervalNs) => {
    expect(() => sampledReturns(series, { intervalNs })).toThrow(/ESC_STATISTICS.*intervalNs/)
  })

  it('more points than anyone wants are refused', () => {
    const long = { time: [0, 1e12], value: [0n, 1n] }
    expect(() => sampledReturns(long, { intervalNs: 1 })).toThrow(
      'ESC_STATISTICS: A statistic cannot be computed',
    )
  })

  test.prop([fc.array(fc.tuple(fc.nat(50), fc.bigInt(-999n, 999n)), { minLength: 1 }), fc.nat(60)])(
    'returns sum up to the change between first and last point',
    (steps, step) => {
      let at = 0
      const time = steps.map(([gap]) => (at += gap))
      const value = steps.map(([, worth]) => worth)
      const intervalNs = step + 1
      const found = sampledReturns({ time, value }, { intervalNs })
      const end = time[0]! + found.length * intervalNs
      const last = value[time.findLastIndex((when) => when <= end)]!
      const first = value[time.findLastIndex((when) => when <= time[0]!)]!
      expect(found.reduce((sum, earned) => sum + earned, 0n)).toBe(last - first)
      expect(end + intervalNs).toBeGreaterThan(time.at(-1)!)
    },
  )
})

describe('the equity of an account', () => {
  it('is the sum of its instruments in the finest unit, where all are known', () => {
    const coarse = { ...linear, quoteDecimals: 2 }
    const equity = [
      [point(1, 5n), point(2, null), point(3, 7n)],
      [point(1, 100n), point(2, 200n), point(3, 300n)],
    ]
    const series = accountSeries(equity, [coarse, { ...inverse, quoteDecimals: 4 }])
    expect(series).toEqual({ time: [1, 3], value: [600n, 1_000n] })
  })

  it('is empty where nothing was recorded', () => {
    expect(accountSeries([], [])).toEqual({ time: [], value: [] })
  })
})

describe('the maximum drawdown', () => {
  const of = (...value: number[]) =>
    maxDrawdown({ time: value.map((_, i) => i * 10), value: value.map(BigInt) })

  it('has its value, peak, trough and recovery', () => {
    expect(of(0, 5, 3, 9, 2, 4, 9, 8)).toEqual({
      value: 7n,
      peakTime: 30,
      troughTime: 40,
      recoveryTime: 60,
    })
  })

  it('is the first of equal ones, and not recovered if it never was', () => {
    expect(of(4, 1, 3, 0)).toMatchObject({ value: 4n, troughTime: 30, recoveryTime: null })
    expect(of(4, 1, 4, 1)).toMatchObject({
      value: 3n,
      peakTime: 0,
      troughTime: 10,
      recoveryTime: 20,
    })
  })

  it('is nothing where nothing falls, and unknown where nothing is known', () => {
    const nothing = { value: 0n, peakTime: null, troughTime: null, recoveryTime: null }
    expect(of(1, 1, 2)).toEqual(nothing)
    expect(of(7)).toEqual(nothing)
    expect(of()).toBeNull()
  })

  test.prop([fc.array(fc.integer(), { minLength: 1, maxLength: 30 })])(
    'is the largest of all falls, tried pair by pair',
    (values) => {
      let most = 0
      values.forEach((high, i) => {
        for (const low of values.slice(i)) most = Math.max(most, high - low)
      })
      expect(of(...values)!.value).toBe(BigInt(most))
    },
  )
})

describe('annual figures', () => {
  const series = { time: [0, 1e9, 2e9, 3e9, 4e9], value: [0n, 2n, 1n, 3n, 2n] }
  const drawdown = maxDrawdown(series)

  it('are given only for a year that was stated', () => {
    const { annualSharpe, annualSortino, calmar, sharpe } = returnStatistics(series, drawdown, 1e9)
    expect([annualSharpe, annualSortino, calmar]).toEqual([null, null, null])
    expect(sharpe).toBeCloseTo(0.5 / Math.sqrt(3), 15)
  })

  it('take the root of time for ratios, and time for a return', () => {
    const year = 365 * 86_400
    const found = returnStatistics(series, drawdown, 1e9, 365)
    expect(found.intervalsPerYear).toBe(year)
    expect(found.annualSharpe).toBeCloseTo((0.5 / Math.sqrt(3)) * Math.sqrt(year), 9)
    expect(found.annualSortino).toBeCloseTo((0.5 / Math.sqrt(0.5)) * Math.sqrt(year), 9)
    // 2 in four seconds, over a drawdown of 1.
    expect(found.calmar).toBeCloseTo((2 / 4) * year, 6)
    expect(found.returnOverDrawdown).toBe(2)
    // Lo: the root of (1 + SR^2 / 2) / 4.
    expect(found.sharpeError).toBeCloseTo(Math.sqrt((1 + 1 / 24) / 4), 15)
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a year of %s days is refused', (days) => {
    expect(() => returnStatistics(series, drawdown, 1e9, days)).toThrow(/ESC_STATISTICS.*days/)
  })
})
