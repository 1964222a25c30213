/**
 * The grammar of sweeps. What a specification means is said by vectors of the values it gives; what
 * it may not say stands beside them with the code and the key that the refusal names.
 */

import { CodedError } from '@escapement/core'
import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { gridOf } from '../../../runtime/experiment/points.ts'
import { experimentOf, planOf, valuesOf } from '../../kit/experiment.ts'

const INTERVAL = 'strategy.params.intervalMs'
const QTY = 'strategy.params.qtyLots'

const valuesAt = (key: string, spec: unknown): unknown[] => {
  const [axis] = gridOf(experimentOf({ sweeps: { [key]: spec } })).axes
  return Array.from({ length: axis!.length }, (_, i) => axis!.at(i))
}

const refusalOf = (work: () => unknown): { code: string; field: string | undefined } => {
  try {
    work()
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause
    return { code: cause.code, field: cause.facts.field }
  }
  throw new Error('nothing was refused')
}

describe('a sweep of one key', () => {
  test.each([
    [{ start: 1, stop: 4, step: 1 }, [1, 2, 3, 4]],
    [{ start: 0, stop: 1, step: 0.3 }, [0, 0.3, 0.6, 0.9]],
    [{ start: 0.1, stop: 0.3, step: 0.1 }, [0.1, 0.2, 0.3]],
    [{ start: 5, stop: 5, step: 1 }, [5]],
    [{ start: -0.2, stop: 0.2, step: 0.2 }, [-0.2, 0, 0.2]],
    [{ start: 1e-7, stop: 3e-7, step: 1e-7 }, [1e-7, 2e-7, 3e-7]],
    [{ start: 1e21, stop: 3e21, step: 1e21 }, [1e21, 2e21, 3e21]],
    [
      [7, 3, 5],
      [7, 3, 5],
    ],
    [9, [9]],
  ])('%j is %j', (spec, values) => {
    expect(valuesAt(INTERVAL, spec)).toEqual(values)
  })

  test('from 0 to 1000 by 0.1 has 10,001 values, the last of them 1000', () => {
    const values = valuesAt(INTERVAL, { start: 0, stop: 1000, step: 0.1 })
    expect(values).toHaveLength(10_001)
    expect(values.at(-1)).toBe(1000)
    expect(values[3]).toBe(0.3)
    expect(values.map(String).filter((text) => text.length > 5)).toEqual([])
  })

  test('of decimals in quotes stays exact text', () => {
    const range = { start: '0.05', stop: '0.2', step: '0.05' }
    expect(valuesAt('venue.fees.taker', range)).toEqual(['0.05', '0.1', '0.15', '0.2'])
  })

  test('may give whole objects, each a form of its own', () => {
    const models = [{ model: 'power3', n: 3 }, { model: 'log' }]
    const plan = planOf(experimentOf({ sweeps: { 'venue.queue': models } }))
    expect(valuesOf(plan)).toEqual([[models[0]], [models[1]]])
  })

  test('may give whole strategies and data: a batch', () => {
    const strategies = [{ module: 'a.ts', params: { n: 1 } }, { module: 'b.ts' }]
    const data = (seed: number) => [{ synthetic: { seed }, instrument: 'BTC' }]
    const plan = planOf(
      experimentOf({ sweeps: { strategy: strategies, data: [data(1), data(2)] } }),
    )
    expect(plan.runs).toHaveLength(4)
    expect(Object.keys(plan.inputs.strategies)).toEqual(['a.ts', 'b.ts'])
    expect(new Set(plan.runs.map(({ market }) => market)).size).toBe(2)
  })

  test('reaches into lists', () => {
    expect(valuesAt('data[0].synthetic.seed', [4, 5])).toEqual([4, 5])
    expect(valuesAt('data.0.synthetic.seed', [4, 5])).toEqual([4, 5])
  })

  test('of seeds is that many from the configuration on', () => {
    expect(valuesAt('seed', { seeds: 3 })).toEqual([1, 2, 3])
    const last = experimentOf({ sweeps: { seed: { seeds: 3 } } }, { seed: 0xffff_ffff })
    expect(valuesOf(planOf(last))).toEqual([[0xffff_ffff], [0], [1]])
  })
})

describe('what a sweep may not say', () => {
  test.each<[string, unknown, string, string]>([
    [INTERVAL, { start: 0, stop: 1, step: 0 }, 'ESC_SWEEP_SPEC', '.step'],
    [INTERVAL, { start: 0, stop: 1, step: -1 }, 'ESC_SWEEP_SPEC', '.step'],
    [INTERVAL, { start: 2, stop: 1, step: 1 }, 'ESC_SWEEP_SPEC', '.stop'],
    [INTERVAL, { start: 0, stop: Infinity, step: 1 }, 'ESC_SWEEP_SPEC', '.stop'],
    [INTERVAL, { start: NaN, stop: 1, step: 1 }, 'ESC_SWEEP_SPEC', '.start'],
    [INTERVAL, { start: '0', stop: 1, step: 1 }, 'ESC_SWEEP_SPEC', ''],
    [INTERVAL, { start: 0, stop: 1 }, 'ESC_SWEEP_SPEC', ''],
    [INTERVAL, { start: 0, stop: 1, step: 1, log: true }, 'ESC_SWEEP_SPEC', ''],
    [INTERVAL, {}, 'ESC_SWEEP_SPEC', ''],
    [INTERVAL, [], 'ESC_SWEEP_SPEC', ''],
    [INTERVAL, [1, 2, 1], 'ESC_SWEEP_SPEC', ''],
    [INTERVAL, [1, NaN], 'ESC_SWEEP_SPEC', ''],
    [INTERVAL, { seeds: 3 }, 'ESC_SWEEP_SPEC', ''],
    ['seed', { seeds: 0 }, 'ESC_SWEEP_SPEC', '.seeds'],
    ['seed', { seeds: 1.5 }, 'ESC_SWEEP_SPEC', '.seeds'],
    ['venue.fees.taker', ['0.1', '0.10'], 'ESC_SWEEP_SPEC', ''],
    ['venue.fees.taker', { start: '1e-3', stop: '1', step: '1' }, 'ESC_SWEEP_SPEC', '.start'],
    ['venue.fees.taker', [0.1], 'ESC_SWEEP_KEY', ''],
    [INTERVAL, ['100'], 'ESC_SWEEP_KEY', ''],
    [INTERVAL, [1, true], 'ESC_SWEEP_KEY', ''],
    [INTERVAL, null, 'ESC_SWEEP_KEY', ''],
    ['strategy.params.spread', [1], 'ESC_SWEEP_KEY', ''],
    ['strategy.params.qtyLots.deeper', [1], 'ESC_SWEEP_KEY', ''],
    ['data[1].synthetic.seed', [1], 'ESC_SWEEP_KEY', ''],
    ['toString', [1], 'ESC_SWEEP_KEY', ''],
    ['window.start', ['1'], 'ESC_SWEEP_KEY', ''],
  ])('%s: %j is refused with its key', (key, spec, code, part) => {
    const found = refusalOf(() => planOf(experimentOf({ sweeps: { [key]: spec } })))
    expect(found).toEqual({ code, field: `experiment.sweeps.${key}${part}` })
  })

  test('a key that another one holds, or the same one twice', () => {
    const both = { 'venue.queue': [{ model: 'log' }], 'venue.queue.n': [1, 2] }
    expect(refusalOf(() => planOf(experimentOf({ sweeps: both })))).toEqual({
      code: 'ESC_SWEEP_KEY',
      field: 'experiment.sweeps.venue.queue.n',
    })
    const random = { samples: 2, of: { [QTY]: { from: 1, to: 5, step: 1 } } }
    const twice = experimentOf({ sweeps: { [QTY]: [1] }, random })
    expect(refusalOf(() => planOf(twice)).code).toBe('ESC_SWEEP_KEY')
  })

  test('a window that the experiment itself cuts', () => {
    const window = { start: '1', end: '2' }
    const swept = experimentOf({ sweeps: { 'window.start': ['0', '1'] } }, { window })
    expect(refusalOf(() => planOf(swept)).field).toBe('experiment.sweeps.window.start')
  })

  test('a point that is no configuration is named with its key, and its values', () => {
    const wrong = experimentOf({ sweeps: { 'venue.queue.n': [3, 0], seed: [1, 2] } })
    const message = messageOf(() => planOf(wrong))
    expect(message).toMatch(/venue\.queue\.n.*sweep_0001 has seed = 1, venue\.queue\.n = 0/s)
    const model = experimentOf({ sweeps: { 'venue.queue': [{ model: 'power3', n: -1 }] } })
    expect(messageOf(() => planOf(model))).toMatch(/venue\.queue\.n, swept by venue\.queue/)
  })
})

const messageOf = (work: () => unknown): string => {
  try {
    work()
  } catch (cause) {
    return String((cause as Error).message)
  }
  return ''
}

describe('a sweep of several keys', () => {
  test('is the product in sorted order of keys, the last one fastest', () => {
    const sweeps = {
      'strategy.params.qtyLots': [1, 2],
      'strategy.params.intervalMs': { start: 100, stop: 200, step: 100 },
    }
    const plan = planOf(experimentOf({ sweeps }))
    expect(plan.keys).toEqual([INTERVAL, QTY])
    expect(valuesOf(plan)).toEqual([
      [100, 1],
      [100, 2],
      [200, 1],
      [200, 2],
    ])
    expect(plan.points.map(({ id }) => id)).toEqual(
      ['0000', '0001', '0002', '0003'].map((number) => `sweep_${number}`),
    )
  })

  test('of nothing is one point', () => {
    const plan = planOf(experimentOf())
    expect(valuesOf(plan)).toEqual([[]])
    expect(plan.runs.map(({ id }) => id)).toEqual(['all/sweep_0000'])
  })

  test('has wider numbers where four digits do not do', () => {
    const seeds = experimentOf({ sweeps: { seed: { seeds: 10_001 } } })
    const ids = planOf(seeds, 20_000).points.map(({ id }) => id)
    expect([ids[0], ids.at(-1)]).toEqual(['sweep_00000', 'sweep_10000'])
  })

  test('combines each point of a random search with each of the grid', () => {
    const random = { samples: 3, seed: 5, of: { [QTY]: { from: 1, to: 50, step: 1 } } }
    const values = valuesOf(planOf(experimentOf({ sweeps: { [INTERVAL]: [100, 200] }, random })))
    const drawn = values.slice(0, 3).map(([, qty]) => qty)
    expect(values).toEqual([100, 200].flatMap((ms) => drawn.map((qty) => [ms, qty])))
  })

  property.prop([fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 })], {
    seed: 11,
    numRuns: 40,
  })('of lengths %j gives each combination once', (lengths) => {
    const keys = ['qtyLots', 'intervalMs', 'maxPositionLots'].map(
      (name) => `strategy.params.${name}`,
    )
    const sweeps = Object.fromEntries(
      lengths.map((length, i) => [keys[i]!, Array.from({ length }, (_, n) => n + 1)]),
    )
    const values = valuesOf(planOf(experimentOf({ sweeps })))
    expect(values).toHaveLength(lengths.reduce((product, length) => product * length, 1))
    expect(new Set(values.map((value) => value.join())).size).toBe(values.length)
    const sorted = [...values].sort((a, b) => {
      const at = a.findIndex((value, i) => value !== b[i])
      return at < 0 ? 0 : (a[at] as number) - (b[at] as number)
    })
    expect(values).toEqual(sorted)
  })
})

describe('a random search', () => {
  const space = {
    [QTY]: { from: 1, to: 1000, step: 1 },
    [INTERVAL]: { from: 10, to: 10_000, log: true, step: 10 },
  }
  const drawn = (samples: number, seed = 3) =>
    valuesOf(planOf(experimentOf({ random: { samples, seed, of: space } })))

  test('draws the same points again, others with another seed, and more of them after the first', () => {
    expect(drawn(8)).toEqual(drawn(8))
    expect(drawn(8, 4)).not.toEqual(drawn(8))
    expect(drawn(20).slice(0, 8)).toEqual(drawn(8))
  })

  test('keeps to its bounds and steps, and gives equal ratios equal chance where it is told to', () => {
    const points = drawn(400) as [number, number][]
    for (const [interval, qty] of points) {
      expect(interval % 10).toBe(0)
      expect(interval).toBeGreaterThanOrEqual(10)
      expect(interval).toBeLessThanOrEqual(10_000)
      expect(Number.isInteger(qty) && qty >= 1 && qty <= 1000).toBe(true)
    }
    const below = points.filter(([interval]) => interval < 316).length
    expect(Math.abs(below - 200)).toBeLessThan(50)
    const low = points.filter(([, qty]) => qty <= 500).length
    expect(Math.abs(low - 200)).toBeLessThan(50)
  })

  test('of decimals in quotes gives six digits', () => {
    const of = { 'venue.fees.taker': { from: '0.0001', to: '0.01', log: true } }
    const values = valuesOf(planOf(experimentOf({ random: { samples: 20, of } }))).flat()
    expect(new Set(values).size).toBe(20)
    for (const value of values) expect(value).toMatch(/^0\.0\d{1,9}$/)
  })

  test.each<[Record<string, unknown>, string]>([
    [{ samples: 3, of: {} }, 'random.of'],
    [{ samples: 6, of: { [QTY]: { from: 1, to: 5, step: 1 } } }, 'random.samples'],
    [{ samples: 1, of: { [QTY]: { from: 1, to: 5 } } }, `random.of.${QTY}`],
    [{ samples: 1, of: { [QTY]: { from: 5, to: 1, step: 1 } } }, `random.of.${QTY}.to`],
    [{ samples: 1, of: { [QTY]: { from: 1, to: 5, step: 0 } } }, `random.of.${QTY}.step`],
    [{ samples: 1, of: { [QTY]: { from: 0, to: 5, log: true } } }, `random.of.${QTY}.from`],
    [{ samples: 1, of: { [QTY]: { from: 1, to: '5', step: 1 } } }, `random.of.${QTY}`],
  ])('%j is refused', (random, field) => {
    const found = refusalOf(() => planOf(experimentOf({ random })))
    expect(found).toEqual({ code: 'ESC_SWEEP_SPEC', field: `experiment.${field}` })
  })
})
