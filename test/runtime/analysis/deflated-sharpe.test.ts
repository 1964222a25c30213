import { Random } from '@escapement/core'
import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import {
  deflatedSharpe,
  deflationOf,
  expectedMaximumSharpe,
  probabilisticSharpe,
  sharpeSample,
} from '../../../runtime/analysis/experiment/deflated-sharpe.ts'
import { normalCdf, normalQuantile } from '../../../runtime/analysis/experiment/normal.ts'
import { returnStatistics } from '../../../runtime/analysis/return-statistics.ts'

/** From tables of the error function, to the last bit of a float64. */
const table = [
  [-10, 7.619853024160525e-24],
  [-5, 2.866515718791939e-7],
  [-3, 0.0013498980316300946],
  [-2, 0.02275013194817921],
  [-1.5, 0.06680720126885807],
  [-1, 0.15865525393145705],
  [-0.1, 0.460172162722971],
  [0, 0.5],
  [0.5, 0.6914624612740131],
  [1.96, 0.9750021048517795],
  [4, 0.9999683287581669],
] as const
const quantiles = [
  [1e-10, -6.361340902404057],
  [0.001, -3.0902323061678136],
  [0.025, -1.9599639845400543],
  [0.1, -1.2815515655446004],
  [0.4, -0.2533471031357998],
  [0.99, 2.326347874040841],
] as const

describe('the normal distribution', () => {
  it.each(table)('has at most %s with probability %s', (x, p) => {
    expect(Math.abs(normalCdf(x) / p - 1)).toBeLessThan(1e-12)
  })

  it.each(quantiles)('has its quantile %s at %s', (p, x) => {
    expect(Math.abs(normalQuantile(p) - x)).toBeLessThan(1e-12)
  })

  it('ends at 0 and 1, and knows nothing outside', () => {
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY)
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY)
    expect(normalQuantile(0.5)).toBe(0)
    expect(normalQuantile(-0.1)).toBeNaN()
    expect([normalCdf(-50), normalCdf(50)]).toEqual([0, 1])
  })

  test.prop([fc.double({ min: 1e-300, max: 0.5, noNaN: true })])(
    'gives a probability back through its quantile',
    (p) => {
      expect(Math.abs(normalCdf(normalQuantile(p)) / p - 1)).toBeLessThan(1e-12)
    },
  )

  test.prop([
    fc.double({ min: -8, max: 8, noNaN: true }),
    fc.double({ min: 1e-9, max: 1, noNaN: true }),
  ])('rises, and is symmetric', (x, step) => {
    expect(normalCdf(x + step)).toBeGreaterThanOrEqual(normalCdf(x) * (1 - 1e-14))
    expect(normalCdf(-x)).toBeCloseTo(1 - normalCdf(x), 14)
  })
})

describe('the deflated Sharpe ratio', () => {
  // Bailey and Lopez de Prado 2014: annual 2.5 over 1,250 days of 250 a year, variance of trials 1/2.
  const daily = { sharpe: 2.5 / Math.sqrt(250), count: 1_250, skewness: -3, kurtosis: 10 }

  it('is what its authors worked out for 100 trials, and for 46', () => {
    expect(expectedMaximumSharpe(100, 0.5 / 250)).toBeCloseTo(0.1132, 4)
    expect(deflatedSharpe(daily, 100, 0.5 / 250)).toBeCloseTo(0.9004, 4)
    expect(deflatedSharpe(daily, 46, 0.5 / 250)).toBeCloseTo(0.9505, 4)
  })

  it('of one trial is the probabilistic one above 0', () => {
    expect(expectedMaximumSharpe(1, 0.5)).toBe(0)
    expect(deflatedSharpe(daily, 1, 0.5)).toBe(probabilisticSharpe(daily, 0))
    // A normal sample of 101 at 0.1: the root of 100 times 0.1 over the root of 1 + 0.01 / 2.
    const normal = { sharpe: 0.1, count: 101, skewness: 0, kurtosis: 3 }
    expect(probabilisticSharpe(normal, 0)).toBeCloseTo(normalCdf(1 / Math.sqrt(1.005)), 14)
    expect(probabilisticSharpe(normal, 0.1)).toBe(0.5)
  })

  it('is unknown of one return, or of moments that cannot be', () => {
    expect(probabilisticSharpe({ ...daily, count: 1 }, 0)).toBeNull()
    expect(probabilisticSharpe({ sharpe: 1, count: 9, skewness: 3, kurtosis: 1 }, 0)).toBeNull()
    const returns = returnStatistics({ time: [0], value: [1n] }, null, 1)
    expect(sharpeSample(returns)).toBeNull()
  })

  test.prop([fc.integer({ min: 2, max: 10_000 }), fc.double({ min: 1e-6, max: 1, noNaN: true })])(
    'falls with the number of trials',
    (trials, variance) => {
      const more = expectedMaximumSharpe(trials * 2, variance)
      expect(more).toBeGreaterThan(expectedMaximumSharpe(trials, variance))
    },
  )

  it('needs two ratios for a variance, unless there was one trial', () => {
    expect(deflationOf([], 0)).toEqual({ trials: 0, variance: null, expectedMaximum: null })
    expect(deflationOf([daily], 1)).toEqual({ trials: 1, variance: null, expectedMaximum: 0 })
    expect(deflationOf([daily], 2).expectedMaximum).toBeNull()
    const two = deflationOf([daily, { ...daily, sharpe: daily.sharpe + 2 }], 2)
    expect(two.variance).toBeCloseTo(2, 14)
  })

  it('does not take the best of many strategies without an edge for a discovery', () => {
    const random = new Random(20_261_124)
    const [rounds, strategies, days] = [60, 40, 200]
    let [significant, naive, sum] = [0, 0, 0]
    for (let round = 0; round < rounds; round++) {
      const samples = Array.from({ length: strategies }, () => nullSample(random, days))
      const best = samples.reduce((a, b) => (a.sharpe > b.sharpe ? a : b))
      const { expectedMaximum } = deflationOf(samples, strategies)
      const deflated = probabilisticSharpe(best, expectedMaximum!)!
      sum += deflated
      if (deflated > 0.95) significant++
      if (probabilisticSharpe(best, 0)! > 0.95) naive++
    }
    // One in twenty would be found if the ratio were uniform; undeflated, nearly all are.
    expect(significant / rounds).toBeLessThan(0.1)
    expect(naive / rounds).toBeGreaterThan(0.8)
    expect(sum / rounds).toBeGreaterThan(0.35)
    expect(sum / rounds).toBeLessThan(0.65)
  })
})

/** The sample of a strategy whose returns are chance alone. */
function nullSample(random: Random, days: number) {
  const time = Array.from({ length: days + 1 }, (_, day) => day)
  let worth = 0n
  const value = time.map(() => {
    // Twelve uniform draws less six are nearly normal.
    let draw = -6
    for (let i = 0; i < 12; i++) draw += random.unit()
    worth += BigInt(Math.round(draw * 1e6))
    return worth
  })
  return sharpeSample(returnStatistics({ time, value }, null, 1))!
}
