import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import {
  aggregateSegments,
  summariseExperiment,
} from '../../../runtime/analysis/experiment/aggregate.ts'
import { pivot, sensitivity } from '../../../runtime/analysis/experiment/grid.ts'
import { rankRuns } from '../../../runtime/analysis/experiment/ranking.ts'
import {
  rankCorrelation,
  splitReturns,
  stabilityOf,
} from '../../../runtime/analysis/experiment/stability.ts'
import { evaluate } from '../../../runtime/analysis/experiment/thresholds.ts'
import { returnSums, sharpeOf } from '../../../runtime/analysis/return-sums.ts'
import { runStatistics } from '../../../runtime/analysis/run-statistics.ts'
import { linear } from '../../kit/configuration.ts'
import { fill, point, resultOf } from './kit.ts'

const failed = (id: string, parameters = {}) =>
  resultOf(id, null, { status: 'failed', metrics: {}, parameters })
const sharpe = (value: number) => ({ sharpe: value, count: 100, skewness: 0, kurtosis: 3 })

describe('a ranking', () => {
  const runs = [
    resultOf('b', 2, { sharpe: sharpe(0.3) }),
    resultOf('a', 2, { sharpe: sharpe(0.1) }),
    resultOf('d', null),
    failed('c'),
    resultOf('e', 5, { sharpe: null }),
  ]

  it('is by value and then by id, and says what was not ranked', () => {
    const { ranked, unranked } = rankRuns(runs, { metric: 'pnl', order: 'highest' })
    expect(ranked.map(({ rank, id, value }) => [rank, id, value])).toEqual([
      [1, 'e', 5],
      [2, 'a', 2],
      [3, 'b', 2],
    ])
    expect(unranked).toEqual(['c', 'd'])
    const lowest = rankRuns(runs, { metric: 'pnl', order: 'lowest' })
    expect(lowest.ranked.map(({ id }) => id)).toEqual(['a', 'b', 'e'])
  })

  it('carries the number of trials, failed ones too, and deflates by it', () => {
    const ranking = rankRuns(runs, { metric: 'pnl', order: 'highest' })
    expect(ranking.trials).toBe(5)
    expect(ranking.variance).toBeCloseTo(0.02, 15)
    expect(ranking.expectedMaximum).toBeGreaterThan(0.1)
    const more = rankRuns(runs, { metric: 'pnl', order: 'highest', trials: 500 })
    const of = (from: typeof ranking, id: string) =>
      from.ranked.find((run) => run.id === id)!.deflatedSharpe
    expect(of(more, 'b')!).toBeLessThan(of(ranking, 'b')!)
    expect(of(ranking, 'e')).toBeNull()
  })

  test.prop([fc.shuffledSubarray(runs, { minLength: 5 })])(
    'does not depend on the order in which runs come',
    (some) => {
      const criterion = { metric: 'pnl', order: 'highest' } as const
      expect(rankRuns(some, criterion)).toEqual(rankRuns(runs, criterion))
    },
  )

  it.each([
    [[resultOf('a', 1), resultOf('a', 2)], {}, /ESC_STATISTICS.*a twice/],
    [[resultOf('a', 1)], { metric: 'profit' }, /ESC_STATISTICS.*profit.*needed pnl/],
    [[resultOf('a', 1)], { trials: 0 }, /ESC_STATISTICS.*trials.*at least 1/],
    [[resultOf('a', 1)], { trials: 1.5 }, /ESC_STATISTICS.*trials/],
  ])('%#: is refused for what makes none', (some, criterion, message) => {
    expect(() => rankRuns(some, { metric: 'pnl', order: 'highest', ...criterion })).toThrow(message)
  })

  it('of no runs is empty', () => {
    const nothing = { trials: 0, variance: null, expectedMaximum: null, ranked: [], unranked: [] }
    expect(rankRuns([], { metric: 'pnl', order: 'highest' })).toMatchObject(nothing)
  })
})

describe('stability over periods', () => {
  it('cuts returns into consecutive parts of nearly one length', () => {
    const parts = splitReturns([1n, 2n, 3n, 4n, 5n], 2)
    expect(parts.map(({ count, first }) => [count, first])).toEqual([
      [2, 3n],
      [3, 12n],
    ])
    expect(() => splitReturns([], 0)).toThrow(/ESC_STATISTICS.*periods/)
  })

  it('is the share of good periods, and whether ranks stay', () => {
    const found = stabilityOf([
      [3, 2, -1],
      [2, 1, 5],
      [1, -1, null],
    ])
    expect(found.positiveShare).toEqual([2 / 3, 1, 1 / 2])
    expect(found.consecutive).toEqual([1, -1])
    expect(found.meanCorrelation).toBe(0)
  })

  it('is unknown where there is nothing to compare', () => {
    const unknown = { consecutive: [null], meanCorrelation: null }
    expect(stabilityOf([])).toEqual({ positiveShare: [], consecutive: [], meanCorrelation: null })
    expect(stabilityOf([[1, 2]])).toEqual({ positiveShare: [1], ...unknown })
    expect(
      stabilityOf([
        [null, null],
        [1, 1],
      ]),
    ).toMatchObject({ positiveShare: [null, 1], ...unknown })
    expect(() => stabilityOf([[1], [1, 2]])).toThrow(/ESC_STATISTICS.*1 and 2/)
  })

  it('gives ties the mean of their ranks', () => {
    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
    const pairs = [
      [1, 1],
      [2, 2],
      [2, 3],
      [9, 4],
    ] as const
    expect(rankCorrelation(pairs)).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 15)
    expect(
      rankCorrelation([
        [1, 1],
        [1, 2],
      ]),
    ).toBeNull()
  })

  test.prop([fc.uniqueArray(fc.integer(), { minLength: 2, maxLength: 20 })])(
    'a rank correlation sees order alone',
    (values) => {
      const cubes = values.map((value): [number, number] => [value, value ** 3])
      expect(rankCorrelation(cubes)).toBeCloseTo(1, 12)
      expect(rankCorrelation(cubes.map(([a, b]) => [a, -b]))).toBeCloseTo(-1, 12)
    },
  )
})

describe('thresholds', () => {
  it('pass at their bound, and say how far it is', () => {
    const metrics = { sharpe: 0.5, maxDrawdown: 12, hitRatio: null }
    const evaluation = evaluate(metrics, [
      { metric: 'sharpe', bound: 'atLeast', value: 0.5 },
      { metric: 'maxDrawdown', bound: 'atMost', value: 10 },
      { metric: 'hitRatio', bound: 'atLeast', value: 0 },
      { metric: 'other', bound: 'atLeast', value: 0 },
    ])
    expect(evaluation.passes).toBe(false)
    expect(evaluation.results.map(({ passes, margin }) => [passes, margin])).toEqual([
      [true, 0],
      [false, -2],
      [false, null],
      [false, null],
    ])
    expect(evaluate(metrics, [])).toEqual({ passes: true, results: [] })
  })
})

describe('a grid of runs', () => {
  const at = (id: string, pnl: number | null, spread: unknown, qty: string) =>
    resultOf(id, pnl, { parameters: { spread: spread as number, qty } })
  const runs = [
    at('3', 4, 10, '0.10'),
    at('1', 1, 2, '0.2'),
    at('2', 3, 2, '0.2'),
    failed('4', { spread: 2, qty: '0.10' }),
    at('5', null, 10, '1.5'),
  ]

  it('has every combination, those that are missing or failed included', () => {
    const { rows, columns, cells } = pivot(runs, 'spread', 'qty', 'pnl')
    expect([rows, columns]).toEqual([
      [2, 10],
      ['0.10', '0.2', '1.5'],
    ])
    expect(cells.map((row) => row.map(({ status, mean }) => [status, mean]))).toEqual([
      [
        ['failed', null],
        ['done', 2],
        ['missing', null],
      ],
      [
        ['done', 4],
        ['missing', null],
        ['unknown', null],
      ],
    ])
    expect(cells[0]![1]).toMatchObject({ runs: ['1', '2'], min: 1, max: 3, failed: 0 })
  })

  it('along one parameter shows how much it matters', () => {
    const { points, range } = sensitivity(runs, 'spread', 'pnl')
    expect(points.map(({ value, mean, failed }) => [value, mean, failed])).toEqual([
      [2, 2, 1],
      [10, 4, 0],
    ])
    expect(range).toBe(2)
    expect(sensitivity(runs, 'nothing', 'pnl')).toMatchObject({ points: [], range: null })
    expect(() => sensitivity(runs, 'spread', 'other')).toThrow(/ESC_STATISTICS.*other/)
  })

  it('orders numbers by size, then decimals, then words, then switches', () => {
    const values = [true, 'x', '10', 10, '9.5', 9, 'a', false]
    const some = values.map((value, i) => at(String(i), i, value, 'q'))
    const { points } = sensitivity(some, 'spread', 'pnl')
    expect(points.map(({ value }) => value)).toEqual([9, 10, '9.5', '10', 'a', 'x', false, true])
  })
})

describe('aggregation', () => {
  const steps = [0n, 5n, 3n, 9n, 4n, 6n, 6n]
  const series = steps.map((equity, i) => point(i * 1e9, equity))
  const of = (points: typeof series, instrument = linear) =>
    runStatistics({
      instruments: [instrument],
      equity: [points],
      fills: [1, -1].map((side, i) => ({ position: i, fill: fill(i, side as 1, 10 + i, 1) })),
    })

  it('of segments gives the ratios of the run in one piece', () => {
    const whole = of(series)
    const total = aggregateSegments([of(series.slice(0, 4)), of(series.slice(3))])
    expect(total.returns).toEqual(whole.returns.sums)
    expect(total.sharpe).toBe(whole.returns.sharpe)
    expect(total.sharpe).toBe(sharpeOf(returnSums([5n, -2n, 6n, -5n, 2n, 0n])))
    expect(total).toMatchObject({ segments: 2, pnl: 6n, fills: 4, trips: 2, hitRatio: 1 })
    expect(total.deepestDrawdown).toBe(5n)
  })

  it('of segments that do not fit together is refused, and of none is nothing', () => {
    const other = of(series, { ...linear, quoteDecimals: 9 })
    expect(() => aggregateSegments([of(series), other])).toThrow(/ESC_STATISTICS.*decimals.*9/)
    expect(aggregateSegments([])).toMatchObject({ segments: 0, pnl: 0n, sharpe: null })
  })

  it('of runs says where they lie, and adds nothing up', () => {
    const runs = [
      resultOf('a', 3),
      resultOf('b', -1),
      failed('c'),
      resultOf('d', null),
      resultOf('e', 1),
    ]
    expect(summariseExperiment(runs, 'pnl')).toEqual({
      ...{ trials: 5, done: 4, failed: 1, unknown: 1 },
      ...{ min: -1, median: 1, mean: 1, max: 3, positiveShare: 2 / 3 },
    })
    expect(summariseExperiment([failed('c')], 'pnl')).toMatchObject({ median: null, mean: null })
  })
})
