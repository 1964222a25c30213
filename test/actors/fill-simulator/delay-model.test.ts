import { Random } from '@escapement/core'
import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { type DelayConfig, delayModel } from '../../../actors/fill-simulator/latency/delay-model.ts'

/** Distributions of delays. Goal: the stated formula, from the seed alone, within the bounds. */

const DRAWS = 100_000
function drawn(config: DelayConfig, seed = 1, draws = DRAWS): Float64Array {
  const model = delayModel(config)
  const random = new Random(seed)
  return Float64Array.from({ length: draws }, () => model.draw(random))
}
const mean = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length
const shareUpTo = (values: Float64Array, bound: number) =>
  values.filter((x) => x <= bound).length / values.length
function standardDeviation(values: Float64Array): number {
  const middle = mean(values)
  return Math.sqrt(values.reduce((sum, x) => sum + (x - middle) ** 2, 0) / values.length)
}

const normal = { model: 'normal', meanNs: 1_000_000, sdNs: 100_000 } as const
const lognormal = { model: 'lognormal', medianNs: 500_000, sigma: 0.5, baseNs: 1_000_000 } as const
const exponential = { model: 'exponential', meanNs: 200_000, baseNs: 1_000_000 } as const
const samples = { model: 'samples', samplesNs: [10, 20, 20, 90] } as const
const quantiles = {
  model: 'quantiles',
  quantiles: [
    { p: 0, ns: 100 },
    { p: 0.9, ns: 1_000 },
    { p: 1, ns: 11_000 },
  ],
} as const

describe('100,000 drawn delays', () => {
  // A mean of n draws strays by sd / sqrt(n); a share by at most 0.5 / sqrt(n) = 0.0016. Bounds are
  // four times that.
  const STRAY = 0.0064

  test('normal: mean, spread and quantiles', () => {
    const found = drawn(normal)
    expect(Math.abs(mean(found) - 1_000_000)).toBeLessThan(1_300)
    expect(Math.abs(standardDeviation(found) / 100_000 - 1)).toBeLessThan(0.01)
    expect(Math.abs(shareUpTo(found, 1_000_000) - 0.5)).toBeLessThan(STRAY)
    expect(Math.abs(shareUpTo(found, 1_195_996) - 0.975)).toBeLessThan(STRAY / 3)
    expect(Math.abs(shareUpTo(found, 804_004) - 0.025)).toBeLessThan(STRAY / 3)
  })

  test('lognormal: the median above its base, and mean median x e^(sigma^2 / 2)', () => {
    const found = drawn(lognormal)
    expect(Math.abs(shareUpTo(found, 1_500_000) - 0.5)).toBeLessThan(STRAY)
    expect(Math.abs(mean(found) - 1_000_000 - 500_000 * Math.exp(0.125))).toBeLessThan(3_900)
    expect(found.every((ns) => ns > 1_000_000)).toBe(true)
  })

  test('exponential: mean above its base, and the share up to the mean is 1 - 1/e', () => {
    const found = drawn(exponential)
    expect(Math.abs(mean(found) - 1_200_000)).toBeLessThan(2_600)
    expect(Math.abs(shareUpTo(found, 1_200_000) - (1 - Math.exp(-1)))).toBeLessThan(STRAY)
    expect(found.every((ns) => ns >= 1_000_000)).toBe(true)
  })

  test('samples: each as often as it is listed, and nothing else', () => {
    const found = drawn(samples)
    const counts = [10, 20, 90].map((ns) => found.filter((x) => x === ns).length / DRAWS)
    expect(counts.reduce((a, b) => a + b)).toBe(1)
    for (const [i, share] of [0.25, 0.5, 0.25].entries()) {
      expect(Math.abs(counts[i]! - share)).toBeLessThan(STRAY)
    }
  })

  test('quantiles: linear between the rows', () => {
    const found = drawn(quantiles)
    for (const [ns, share] of [
      [550, 0.45],
      [1_000, 0.9],
      [6_000, 0.95],
    ] as const) {
      expect(Math.abs(shareUpTo(found, ns) - share)).toBeLessThan(STRAY)
    }
    expect([
      Math.min(...found.slice(0, 50_000)) >= 100,
      Math.max(...found.slice(0, 50_000)),
    ]).toEqual([true, expect.any(Number)])
    expect(shareUpTo(found, 99)).toBe(0)
    expect(shareUpTo(found, 11_000)).toBe(1)
  })
})

const configs: readonly DelayConfig[] = [normal, lognormal, exponential, samples, quantiles]

describe('a delay', () => {
  test.prop([fc.constantFrom(...configs), fc.nat(), fc.nat(5_000), fc.nat(5_000)])(
    'comes from the seed alone, is an integer, and lies within its bounds',
    (config, seed, low, width) => {
      const bounded = { ...config, minNs: low, maxNs: low + width } as DelayConfig
      const first = drawn(bounded, seed, 50)
      expect(first).toEqual(drawn(bounded, seed, 50))
      expect(first.every((ns) => Number.isSafeInteger(ns) && ns >= low && ns <= low + width)).toBe(
        true,
      )
    },
  )

  test('beyond a bound counts at it, and the other draws are as without it', () => {
    const free = drawn(normal, 7, 1_000)
    const held = drawn({ ...normal, minNs: 950_000, maxNs: 1_050_000 }, 7, 1_000)
    expect(held).toEqual(free.map((ns) => Math.min(1_050_000, Math.max(950_000, ns))))
  })

  test('is never below 0, also where the normal is', () => {
    const found = drawn({ model: 'normal', meanNs: 10, sdNs: 1_000 }, 3, 1_000)
    expect(Math.min(...found)).toBe(0)
  })

  test('constant draws nothing', () => {
    const random = new Random(1)
    expect(delayModel({ model: 'constant', ns: 5 }).draw(random)).toBe(5)
    expect(random.snapshot()).toEqual(new Random(1).snapshot())
  })

  test('is told apart by its identity', () => {
    const all = [
      ...configs,
      { ...normal, sdNs: 1 },
      { ...normal, minNs: 1 },
      { ...normal, maxNs: 2 },
    ]
    expect(new Set(all.map((config) => delayModel(config).identity)).size).toBe(all.length)
  })

  test.each<[string, object]>([
    ['latency.model', { model: 'gamma' }],
    ['latency.ns', { model: 'constant', ns: 0.5 }],
    ['latency.ns', { model: 'constant', ns: -1 }],
    ['latency.meanNs', { ...normal, meanNs: -1 }],
    ['latency.sdNs', { ...normal, sdNs: Number.NaN }],
    ['latency.minNs', { ...normal, minNs: 0.5 }],
    ['latency.maxNs', { ...normal, minNs: 5, maxNs: 4 }],
    ['latency.medianNs', { ...lognormal, medianNs: 1e15 }],
    ['latency.sigma', { ...lognormal, sigma: 11 }],
    ['latency.baseNs', { ...exponential, baseNs: -1 }],
    ['latency.samplesNs', { ...samples, samplesNs: [] }],
    ['latency.samplesNs[1]', { ...samples, samplesNs: [1, 2.5] }],
    ['latency.quantiles', { model: 'quantiles', quantiles: [{ p: 0, ns: 1 }] }],
    ['latency.quantiles[0].p', rows([0.1, 1], [1, 2])],
    ['latency.quantiles[1].p', rows([0, 0.9], [1, 2])],
    ['latency.quantiles[1].p', rows([0, 0, 1], [1, 2, 3])],
    ['latency.quantiles[2].ns', rows([0, 0.5, 1], [1, 5, 4])],
    ['latency.quantiles[1].ns', rows([0, 1], [1, 2.5])],
  ])('refuses a wrong %s', (field, config) => {
    expect(() => delayModel(config as DelayConfig)).toThrow(
      expect.objectContaining({
        code: 'ESC_CONFIG_INVALID',
        facts: expect.objectContaining({ field }),
      }),
    )
  })
})

function rows(p: readonly number[], ns: readonly number[]) {
  return { model: 'quantiles', quantiles: p.map((share, i) => ({ p: share, ns: ns[i]! })) }
}
