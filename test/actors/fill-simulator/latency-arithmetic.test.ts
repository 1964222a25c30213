import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { exp, ln, normalQuantile, root } from '../../../actors/fill-simulator/latency/arithmetic.ts'

/** The venue's own functions. Goal: as near to the true value as their docstrings say. */

const positive = fc.double({ min: 1e-12, max: 1e12, noNaN: true })

describe('the arithmetic of latencies', () => {
  test.prop([positive])('ln is the logarithm to 1e-15 of its size or of 1', (x) => {
    const expected = Math.log(x)
    expect(Math.abs(ln(x) - expected)).toBeLessThanOrEqual(1e-15 * Math.max(1, Math.abs(expected)))
  })

  test.prop([fc.double({ min: -300, max: 300, noNaN: true })])('exp to 1e-15 of its size', (x) => {
    expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThanOrEqual(1e-15)
  })

  test.prop([positive])('root to the last but one bit', (x) => {
    expect(Math.abs(root(x) / Math.sqrt(x) - 1)).toBeLessThanOrEqual(3e-16)
  })

  test('exact where the result is a small integer', () => {
    expect([ln(1), exp(0), root(0), root(1), root(9)]).toEqual([0, 1, 0, 1, 3])
  })

  test.each([
    [0.5, 0],
    [0.8413447460685429, 1],
    [0.975, 1.959963984540054],
    [0.99, 2.3263478740408408],
    [0.9986501019683699, 3],
    [1 - 2.866515718791939e-7, 5],
    [2.866515718791939e-7, -5],
    [0.025, -1.959963984540054],
  ])('the normal quantile at %d is %d, to 1e-6', (p, z) => {
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(1e-6)
  })

  test('the normal quantile rises, and mirrors around a half', () => {
    let before = Number.NEGATIVE_INFINITY
    for (let i = 1; i < 2000; i++) {
      const z = normalQuantile(i / 2000)
      expect(z).toBeGreaterThan(before)
      expect(z + normalQuantile(1 - i / 2000)).toBeCloseTo(0, 6)
      before = z
    }
  })

  test('refuses what has no value', () => {
    for (const call of [() => ln(0), () => ln(-1), () => ln(Number.NaN), () => exp(701)]) {
      expect(call).toThrow(/no logarithm|out of range/)
    }
    for (const call of [() => root(-1), () => normalQuantile(0), () => normalQuantile(1)]) {
      expect(call).toThrow(/no root|no quantile/)
    }
  })
})
