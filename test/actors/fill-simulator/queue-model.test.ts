import { describe, expect, test } from 'vitest'
import {
  type QueueConfig,
  type QueueEstimate,
  queueModel,
} from '../../../actors/fill-simulator/queue-model.ts'
import { queueShare } from '../../../actors/fill-simulator/queue-share.ts'
import {
  eighthPower,
  integerPower,
  minNumber,
  POWERS_OF_TEN,
  roundHalfAway,
} from '../../../actors/fill-simulator/rounding.ts'

/** Queue models against values worked out by hand, and their edge cases. */

const at = (front: number, traded = 0): QueueEstimate => ({ front, traded })
function depth(config: QueueConfig, estimate: QueueEstimate, previous: number, next: number) {
  queueModel(config).depth(estimate, previous, next)
  return estimate
}

describe('risk-averse', () => {
  test('moves by trades, and to the size of the level at most', () => {
    const estimate = at(10)
    queueModel({ model: 'riskAverse' }).trade(estimate, 3)
    expect(estimate.front).toBe(7)
    expect(depth({ model: 'riskAverse' }, estimate, 10, 8).front).toBe(7)
    expect(depth({ model: 'riskAverse' }, estimate, 8, 2).front).toBe(2)
  })
})

describe('shares behind, with 3 ahead and 6 behind', () => {
  test.each([
    ['power', 1, 6 / 9],
    ['power', 2, 36 / 45],
    ['power', 3, 216 / 243],
    ['power2', 2, 36 / 81],
    ['power3', 1, 1 - 3 / 9],
    ['power3', 3, 26 / 27],
    ['log', 1, Math.log(7) / (Math.log(7) + Math.log(4))],
    ['log2', 1, Math.log(7) / Math.log(10)],
  ] as const)('%s(%d)', (formula, n, share) => {
    expect(queueShare(formula, n)(3, 6)).toBeCloseTo(share, 15)
  })
})

describe('a probabilistic depth row', () => {
  test('splits an unexplained decrease: power(1), 3 ahead, 6 behind, 3 gone', () => {
    // p = 2/3 of 3 was behind: 1 left ahead of us.
    expect(depth({ model: 'power', n: 1 }, at(3), 9, 6).front).toBeCloseTo(2, 12)
  })

  test('takes off first what was traded since the last row', () => {
    const estimate = at(6)
    queueModel({ model: 'power', n: 1 }).trade(estimate, 3)
    expect(estimate).toEqual({ front: 3, traded: 3 })
    expect(depth({ model: 'power', n: 1 }, estimate, 9, 6)).toEqual({ front: 3, traded: 0 })
  })

  test('an increase leaves the front alone', () => {
    expect(depth({ model: 'log' }, at(4), 9, 12).front).toBe(4)
  })

  test('more traded than the level lost counts as an increase', () => {
    expect(depth({ model: 'log' }, at(4, 5), 9, 7)).toEqual({ front: 4, traded: 0 })
  })

  test('more cannot leave behind us than was there', () => {
    // power3(1): p = b / (f + b) = 1/4; 4 gone, 1 of it behind, which is all there was.
    expect(depth({ model: 'power3', n: 1 }, at(3), 4, 0).front).toBe(0)
    // log, f = 1, b = 3: p = 2/3 of 6 would be 4 behind, but 3 were; traded -2 stands for drift.
    expect(depth({ model: 'log' }, at(1, -2), 4, 0).front).toBeCloseTo(-2, 12)
  })

  test('0/0 gives the new size of the level', () => {
    for (const model of ['power', 'power2', 'power3'] as const) {
      expect(depth({ model, n: 3 }, at(0), 0, 0).front).toBe(0)
      expect(depth({ model, n: 3 }, at(0, -5), 0, 0).front).toBe(0)
    }
    expect(depth({ model: 'log' }, at(0), 0, 0).front).toBe(0)
    expect(depth({ model: 'power', n: 3 }, at(0, -5), 0, 2).front).toBe(2)
  })

  test('a NaN share survives a front that is a number: the result is the new size', () => {
    // log of a negative number: behind = 4 - 7 = -3.
    expect(depth({ model: 'log' }, at(7), 4, 3).front).toBe(3)
  })

  test('an infinite share is 1: all of the decrease was behind', () => {
    // power(1) with b = -f: p = b / 0. Then front - 0 + min(b - d, 0).
    expect(depth({ model: 'power', n: 1 }, at(2, -3), 0, 0).front).toBe(-3)
    expect(depth({ model: 'log2' }, at(-3), -1, -5).front).toBeLessThanOrEqual(-5)
  })
})

describe('refused configurations', () => {
  test.each([0, -1, 1.3, 16.125, 17, Number.NaN])('power n = %d', (n) => {
    expect(() => queueModel({ model: 'power', n })).toThrow(/ESC_CONFIG_INVALID.*queue\.n/)
  })
  test('an unknown model', () => {
    expect(() => queueModel({ model: 'fifo' } as never)).toThrow(/ESC_CONFIG_INVALID.*"fifo"/)
  })
})

describe('numbers', () => {
  test('halves round away from zero', () => {
    expect([0.5, 1.5, -0.5, -1.5, 2.4, -2.6, 0].map(roundHalfAway)).toEqual([
      1, 2, -1, -2, 2, -3, 0,
    ])
    expect(roundHalfAway(0.49999999999999994)).toBe(0)
    expect(roundHalfAway(4503599627370495.5)).toBe(4503599627370496)
  })
  test('the smaller number ignores NaN', () => {
    expect([minNumber(Number.NaN, 2), minNumber(2, Number.NaN), minNumber(3, 2)]).toEqual([2, 2, 2])
  })
  test('powers multiply', () => {
    expect([integerPower(3, 1), integerPower(-2, 3), integerPower(0, 2)]).toEqual([3, -8, 0])
  })
  test('eighths of a power are roots, and whole powers are what multiplication gives', () => {
    for (const n of [1, 2, 3, 7, 16]) expect(eighthPower(0.3, n)).toBe(integerPower(0.3, n))
    for (const n of [1.125, 1.5, 2.25, 2.875, 15.625]) {
      expect(eighthPower(0.3, n)).toBeCloseTo(0.3 ** n, 14)
      expect(eighthPower(1, n)).toBe(1)
    }
    expect([eighthPower(0, 1.5), eighthPower(-0.1, 2.5)]).toEqual([0, 0])
  })
  test('a power between two whole ones gives a share between theirs', () => {
    const after = (n: number) => {
      const estimate = { front: 6, traded: 0 }
      queueModel({ model: 'power', n }).depth(estimate, 10, 8)
      return estimate.front
    }
    const fronts = [3, 2.875, 2.5, 2.125, 2].map(after)
    expect(fronts).toEqual([...fronts].sort((a, b) => a - b))
    expect(new Set(fronts).size).toBe(5)
  })
  test('dividing by the table gives back every decimal, multiplying misses', () => {
    expect(3 / POWERS_OF_TEN[1]!).toBe(0.3)
    expect(3 * 1e-1).not.toBe(0.3)
    expect(POWERS_OF_TEN.every((power, k) => power === Number(`1e${k}`))).toBe(true)
  })
})
