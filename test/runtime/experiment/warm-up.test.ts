/**
 * Windows of a run: segments divide what was recorded and change nothing, and a strategy that warms
 * up sees the market and trades nothing until its window begins.
 */
import {
  accountEquity,
  decimal,
  defineStrategy,
  formatDecimal,
  instantiate,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { runBacktest } from '../../../runtime/backtest.ts'
import { segmentResults } from '../../../runtime/experiment/segment-results.ts'
import { warmingUp } from '../../../runtime/experiment/warm-up.ts'
import { backtestOf, making, market } from '../../kit/backtest.ts'

const rows = market(5, 10, 800)
const SECOND = 1_000_000_000
const definition = backtestOf(rows)
const result = runBacktest(definition)
const { instruments } = definition.configuration
const { origin } = definition
const [account] = result.state.execution.accounts
const equity = accountEquity(result.state, 0, account!)
const closing = [{ position: account!.position, equity }]

const cut = (bounds: readonly number[]) => {
  const ns = (seconds: number) => (origin + BigInt(seconds * SECOND)).toString()
  const edges = [null, ...bounds.map(ns), null]
  const segments = edges.slice(1).map((endNs, i) => ({ id: `s${i}`, startNs: edges[i]!, endNs }))
  return segmentResults(segments, result.recording, instruments, closing, origin)
}

describe('segments of one run', () => {
  test('are one whole, or parts that add up to it', () => {
    const [whole] = cut([])
    expect(whole).toMatchObject({ fills: result.recording.fills.length, change: whole!.equity })
    expect(whole!.equity).toBe(formatDecimal(decimal(equity!, instruments[0]!.quoteDecimals)))
    expect(whole!.positionLots).toEqual([account!.position])
    expect(whole!.decisions).toBe(result.counters.decisions)
    expect(whole!.fills).toBeGreaterThan(5)
    for (const bounds of [[5], [2, 4, 6, 8], [0.001, 9.999]]) {
      const parts = cut(bounds)
      const sum = (of: (part: (typeof parts)[number]) => number) =>
        parts.reduce((total, part) => total + of(part), 0)
      expect(sum(({ fills }) => fills)).toBe(whole!.fills)
      expect(sum(({ decisions }) => decisions)).toBe(whole!.decisions)
      expect(sum(({ change }) => Number(change))).toBeCloseTo(Number(whole!.equity), 8)
      expect(parts.at(-1)).toMatchObject({
        equity: whole!.equity,
        positionLots: whole!.positionLots,
      })
    }
  })

  test('before anything is known are worth nothing', () => {
    const [early] = cut([0.0001])
    expect(early).toMatchObject({ fills: 0, positionLots: [0], equity: '0', change: '0' })
  })
})

describe('a strategy that warms up', () => {
  const until = 4 * SECOND
  const warm = (strategy = making()) =>
    runBacktest({ ...definition, strategies: [warmingUp(strategy, until)] })

  test('is asked and woken as before, and sends nothing until its window begins', () => {
    const { recording, counters } = warm()
    expect(counters.decisions).toBe(result.counters.decisions)
    const times = recording.fills.map(({ fill }) => fill.time)
    expect(times.length).toBeGreaterThan(3)
    expect(Math.min(...times)).toBeGreaterThan(until)
    expect(Math.min(...result.recording.fills.map(({ fill }) => fill.time))).toBeLessThan(until)
  })

  test('remembers what it saw', () => {
    const counting = instantiate(
      defineStrategy<unknown, { seen: number; asked: number }>({
        name: 'counting',
        trigger: { everyNth: 10 },
        init: () => ({ seen: 0, asked: 0 }),
        reduce: ({ seen, asked }) => ({ seen: seen + 1, asked }),
        decide: (_view, { seen, asked }) => ({ memory: { seen, asked: asked + 1 } }),
      }),
    )
    const { stateHash } = runBacktest({ ...definition, strategies: [counting] })
    expect(warm(counting).stateHash).toBe(stateHash)
  })

  test('from the start on is the strategy itself', () => {
    const { eventLogHash } = runBacktest({
      ...definition,
      strategies: [warmingUp(making(), 0)],
    })
    expect(eventLogHash).toBe(result.eventLogHash)
  })
})
