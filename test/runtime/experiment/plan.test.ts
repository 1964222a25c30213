/**
 * The planner is a pure function: the plan is held against the experiment it came from, and two
 * ways of writing one experiment must give the same bytes.
 */
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../../runtime/canonical-json.ts'
import { definer, planHash } from '../../../runtime/experiment/plan.ts'
import { summarisePlan } from '../../../runtime/experiment/plan-summary.ts'
import { checkExperiment } from '../../../runtime/experiment/read-experiment.ts'
import { experimentConfig, experimentOf, planOf } from '../../kit/experiment.ts'

const sweeps = { 'strategy.params.qtyLots': [1, 2], seed: { seeds: 2 } }
const SECOND = 1_000_000_000n
const at = (seconds: number): string => (1_000n * SECOND + BigInt(seconds) * SECOND).toString()
const window = { start: at(0), end: at(10) }

describe('a plan', () => {
  test('has the same bytes whichever way its experiment is written down', () => {
    const one = experimentConfig({
      sweeps,
      splits: { windows: { b: { start: at(5), end: at(9) }, a: { start: at(1), end: at(5) } } },
    })
    const { experiment, ...rest } = one
    const shuffled = Object.fromEntries(
      Object.entries({
        experiment: {
          ...experiment,
          splits: { windows: { a: { start: at(1), end: at(5) }, b: { end: at(9), start: at(5) } } },
          sweeps: { seed: { seeds: 2 }, 'strategy.params.qtyLots': [1, 2] },
        },
        ...rest,
      }).reverse(),
    )
    const [a, b] = [one, shuffled].map((value) => planOf(checkExperiment(value, 'e.yaml')))
    expect(canonicalJson(a)).toBe(canonicalJson(b))
    expect(planHash(a!)).toBe(planHash(b!))
    const other = planOf(experimentOf({ sweeps: { seed: { seeds: 2 } } }))
    expect(planHash(other)).not.toBe(planHash(a!))
  })

  test('gives each run a definition that has its identity, and needs nothing else', () => {
    const plan = planOf(experimentOf({ sweeps }))
    const define = definer(plan)
    const definitions = plan.runs.map(define)
    expect(definitions.map(({ identity }) => identity)).toEqual(
      plan.runs.map(({ identity }) => identity),
    )
    expect(new Set(plan.runs.map(({ identity }) => identity)).size).toBe(4)
    expect(definitions[3]!.config).toMatchObject({ seed: 2, strategy: { params: { qtyLots: 2 } } })
    expect(definitions[3]!.parameters).toEqual({ seed: 2, 'strategy.params.qtyLots': 2 })
    expect(JSON.parse(canonicalJson(definitions[3]))).toEqual(definitions[3])
  })

  test('knows a run by what decides it, and not by names and places', () => {
    const identities = (changes: Record<string, unknown>, block: Record<string, unknown> = {}) =>
      planOf(experimentOf({ sweeps, ...block }, changes)).runs.map(({ identity }) => identity)
    const plain = identities({})
    expect(identities({ name: 'other' }, { id: 'other', description: 'more' })).toEqual(plain)
    for (const change of [{ seed: 9 }, { control: { digestEvery: 5 } }]) {
      expect(identities(change).filter((identity) => plain.includes(identity))).toEqual([])
    }
    const { runs } = planOf(experimentOf({ sweeps }))
    const { source } = { source: 'another commit' }
    const draft = planOf(experimentOf({ sweeps }))
    expect(definer({ ...draft, code: { ...draft.code, source } })(runs[0]!).identity).not.toBe(
      plain[0],
    )
  })

  test('shares a market among points that change nothing of it', () => {
    const markets = (key: string) =>
      new Set(planOf(experimentOf({ sweeps: { [key]: [1, 2] } })).runs.map(({ market }) => market))
        .size
    expect(markets('strategy.params.qtyLots')).toBe(1)
    expect(markets('seed')).toBe(1)
    expect(markets('data[0].synthetic.seed')).toBe(2)
  })

  test('is refused when it has more runs than allowed, before a point is made', () => {
    const huge = { seed: { start: 0, stop: 4_000_000_000, step: 1 } }
    expect(() => planOf(experimentOf({ sweeps: huge }))).toThrow(
      /ESC_EXPERIMENT_RUNS.*4000000001 runs/s,
    )
    expect(planOf(experimentOf({ sweeps }), 4).runs).toHaveLength(4)
    expect(() => planOf(experimentOf({ sweeps }), 3)).toThrow(/--max-runs 4/)
  })
})

describe('the file of an experiment', () => {
  test.each<[Record<string, unknown>, RegExp]>([
    [{ version: 2 }, /experiment\.version/],
    [{ swepes: {} }, /experiment\.swepes.*an unknown key.*one of version, id/s],
    [{ id: '../up' }, /experiment\.id.*letters, digits/s],
    [{ id: '..' }, /experiment\.id/],
    [{ segments: { policy: 'sometimes' } }, /segments\.policy.*continuous, independent/s],
    [{ segments: { boundaries: ['noon'] } }, /boundaries\[0\].*epoch ns or ISO 8601/s],
    [{ random: { samples: 1 } }, /experiment\.random\.of/],
  ])('with %j is refused', (block, message) => {
    expect(() => experimentOf(block)).toThrow(message)
    expect(() => experimentOf(block)).toThrow(/ESC_CONFIG_INVALID/)
  })

  test('is a backtest configuration besides, and must have the block', () => {
    expect(() => experimentOf({}, { sede: 1 })).toThrow(/ESC_CONFIG_INVALID.*sede/s)
    const { experiment: _, ...backtest } = experimentConfig()
    expect(() => checkExperiment(backtest, 'e.yaml')).toThrow(/experiment.*nothing/s)
    expect(() => checkExperiment([], 'e.yaml')).toThrow(/ESC_CONFIG_INVALID/)
  })
})

describe('the windows of a plan', () => {
  const groups = (block: Record<string, unknown>, changes: Record<string, unknown> = { window }) =>
    planOf(experimentOf(block, changes)).groups
  const spans = (block: Record<string, unknown>) =>
    groups(block).map(({ id, startNs, measuredFromNs, endNs }) => [
      id,
      startNs,
      measuredFromNs,
      endNs,
    ])

  test('are one, whole, unless something is said', () => {
    expect(spans({})).toEqual([['all', at(0), at(0), at(10)]])
    expect(groups({}, {})).toEqual([
      {
        id: 'all',
        startNs: null,
        measuredFromNs: null,
        endNs: null,
        segments: [{ id: 'segment_0000', startNs: null, endNs: null }],
      },
    ])
  })

  test('of continuous segments are one run, cut where the experiment says', () => {
    const cut = { segments: { boundaries: [at(3), at(4)] } }
    expect(spans(cut)).toEqual([['all', at(0), at(0), at(10)]])
    expect(groups(cut)[0]!.segments.map(({ startNs, endNs }) => [startNs, endNs])).toEqual([
      [at(0), at(3)],
      [at(3), at(4)],
      [at(4), at(10)],
    ])
  })

  test('of independent segments are runs of their own, with warm-up', () => {
    const segments = { policy: 'independent', count: 2 }
    expect(spans({ segments, warmUpSeconds: 2.5 })).toEqual([
      ['segment_0000', (BigInt(at(0)) - 2_500_000_000n).toString(), at(0), at(5)],
      ['segment_0001', (BigInt(at(5)) - 2_500_000_000n).toString(), at(5), at(10)],
    ])
  })

  test('of splits are ordered by time, whatever their names, and hold segments', () => {
    const windows = { b: { start: at(1), end: at(5) }, a: { start: at(5), end: at(9) } }
    expect(spans({ splits: { windows } }).map(([id]) => id)).toEqual(['b', 'a'])
    const segments = { policy: 'independent', count: 2 }
    expect(spans({ splits: { windows }, segments }).map(([id]) => id)).toEqual([
      'b.segment_0000',
      'b.segment_0001',
      'a.segment_0000',
      'a.segment_0001',
    ])
    const cut = { splits: { windows }, segments: { boundaries: [at(3), at(6)] } }
    expect(groups(cut).map((group) => group.segments.length)).toEqual([2, 2])
  })

  test('of equal times are ordered by their ends, then by name', () => {
    const windows = {
      z: { start: at(1), end: at(5) },
      y: { start: at(1), end: at(5) },
      x: { start: at(1), end: at(6) },
    }
    expect(spans({ splits: { windows } }).map(([id]) => id)).toEqual(['y', 'z', 'x'])
  })

  test('of periods are equal parts without gaps', () => {
    expect(spans({ splits: { periods: 3 } }).map(([id, start, , end]) => [id, start, end])).toEqual(
      [
        ['period_0000', at(0), '1003333333333'],
        ['period_0001', '1003333333333', '1006666666666'],
        ['period_0002', '1006666666666', at(10)],
      ],
    )
  })

  test.each<[Record<string, unknown>, Record<string, unknown>, RegExp]>([
    [{ segments: { count: 2 } }, {}, /segments\.count.*no window/s],
    [{ segments: { count: 2, boundaries: [] } }, { window }, /segments.*one of both/s],
    [{ segments: { boundaries: [at(4), at(4)] } }, { window }, /boundaries\[1\].*later/s],
    [{ segments: { boundaries: [at(11)] } }, { window }, /boundaries\[0\].*within/s],
    [{ splits: {} }, { window }, /splits.*one of both/s],
    [{ splits: { periods: 2, windows: {} } }, { window }, /splits.*one of both/s],
    [{ splits: { windows: { a: { start: at(2), end: at(2) } } } }, {}, /windows\.a\.end/],
    [{ warmUpSeconds: 1 }, {}, /warmUpSeconds.*no start/s],
    [{ warmUpSeconds: 1e-10 }, { window }, /warmUpSeconds.*whole nanoseconds/s],
    [{ splits: { periods: 20 } }, { window: { start: '1', end: '9' } }, /periods.*at most 8/s],
  ])('%j is refused', (block, changes, message) => {
    expect(() => groups(block, changes)).toThrow(message)
    expect(() => groups(block, changes)).toThrow('ESC_EXPERIMENT_WINDOW')
  })
})

describe('the summary of a plan', () => {
  test('counts, and warns of what is much or nothing', () => {
    const { warnings, ...counts } = summarisePlan(planOf(experimentOf({ sweeps })))
    expect(counts).toMatchObject({ points: 4, groups: 1, segments: 1, runs: 4, markets: 1 })
    expect(warnings).toEqual([])
    const of = (block: Record<string, unknown>) =>
      summarisePlan(planOf(experimentOf(block, { window }))).warnings
    expect(of({})).toEqual([expect.stringMatching(/nothing is swept/)])
    expect(of({ sweeps: { seed: { seeds: 501 } } })).toEqual(['501 runs are more than 500'])
    expect(of({ sweeps, segments: { count: 51 } })).toEqual(['51 segments are more than 50'])
    expect(of({ sweeps: { 'data[0].synthetic.seed': { seeds: 3 } } })[0]).toMatch(/3 markets/)
  })
})

describe('canonical JSON', () => {
  test('sorts keys, leaves out what is undefined, and refuses what JSON cannot say', () => {
    expect(canonicalJson({ b: [1, 'x', null], a: { d: true, c: undefined } })).toBe(
      '{"a":{"d":true},"b":[1,"x",null]}',
    )
    for (const value of [NaN, Infinity, 1n, undefined, [undefined]]) {
      expect(() => canonicalJson(value)).toThrow(TypeError)
    }
  })
})
