import {
  BUY,
  cancelOrder,
  defineStrategy,
  instantiate,
  millis,
  placeLimit,
  replaceOrder,
} from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { readMarketRows } from '../../adapters/market-data/read.ts'
import { type BacktestDefinition, RunFailed, runBacktest } from '../../runtime/backtest.ts'
import { explainOrder } from '../../runtime/explain/explain-order.ts'
import type { Entry } from '../../runtime/explain/explanation.ts'
import { backtestOf, making, market, quietMarket } from '../kit/backtest.ts'
import { fixtures } from '../kit/fixtures.ts'
import { patient as restingAt } from '../kit/patient.ts'

const definition = backtestOf(market())
const plain = runBacktest(definition)
const keysOf = (of: BacktestDefinition) => {
  const { recording } = runBacktest(of)
  return [...new Set(recording.fills.map(({ fill }) => fill.key))]
}

/** Rests two ticks below the best bid for two seconds at a time, then moves or cancels. */
const patient = (endsWith: 'cancel' | 'replace') =>
  instantiate(
    defineStrategy<unknown, { turn: number }>({
      name: 'patient',
      init: () => ({ turn: 0 }),
      decide(view, { turn }) {
        const wakeAt = view.now + millis(2_000)
        const touch = view.touch()
        const [open] = view.openOrders()
        if (touch === null) return { wakeAt }
        const price = touch.bid - 1
        const memory = { turn: turn + 1 }
        if (open === undefined) {
          return { wakeAt, memory, intents: [placeLimit(view, { side: BUY, price, qty: 10 })] }
        }
        if (endsWith === 'cancel') return { wakeAt, memory, intents: [cancelOrder(open)] }
        return { wakeAt, memory, intents: [replaceOrder(open, { price })] }
      },
    }),
  )

const story = (of: BacktestDefinition, key = 1) => explainOrder(of, key).explanation
const kinds = (entries: readonly Entry[]) => entries.map(({ kind }) => kind)

describe('the story of an order', () => {
  it('costs no hash: the run that is watched is the run', () => {
    const { outcome } = explainOrder(definition, 1)
    if (outcome instanceof RunFailed) throw outcome
    expect(outcome.eventLogHash).toBe(plain.eventLogHash)
    expect(outcome.stateHash).toBe(plain.stateHash)
    expect(outcome.topologyHash).toBe(plain.topologyHash)
  })

  it('tells every fill that the run recorded, with its cause, row, queue and position', () => {
    const keys = keysOf(definition).slice(0, 12)
    expect(keys.length).toBe(12)
    for (const key of keys) {
      const told = story(definition, key).timeline.filter((entry) => entry.kind === 'filled')
      const recorded = plain.recording.fills.filter(({ fill }) => fill.key === key)
      expect(told).toMatchObject(
        recorded.map(({ position, fill }) => ({
          position,
          execId: fill.execId,
          cause: fill.cause,
          row: fill.causeRow,
          queueBefore: fill.queueBefore,
          queueAfter: fill.queueAfter,
          responseNs: 5_000_000,
        })),
      )
    }
  })

  it.each(['cancel', 'replace'] as const)('leaves no gap in the queue of a %s', (endsWith) => {
    const patiently = backtestOf(quietMarket(7, 30), {}, patient(endsWith))
    let moves = 0
    for (const key of keysOf(patiently).slice(0, 8)) {
      let queue = Number.NaN
      for (const entry of story(patiently, key).timeline) {
        if (entry.kind === 'rested') queue = entry.queue
        if (entry.kind !== 'moved' && entry.kind !== 'filled') continue
        if (entry.kind === 'filled' && entry.cause === 'take') continue
        expect(entry.queueBefore).toBe(queue)
        queue = entry.queueAfter
        if (entry.kind === 'moved') {
          expect(entry.market).not.toBeNull()
          moves++
        }
      }
    }
    expect(moves).toBeGreaterThan(15)
  })

  it('goes from decision to risk, queue, record, arrival, acceptance and place', () => {
    const { timeline, asked, end } = story(backtestOf(market(7, 40), {}, patient('cancel')))
    expect(kinds(timeline).slice(0, 7)).toEqual([
      'decision',
      'risk',
      'admitted',
      'sent',
      'arrived',
      'accepted',
      'rested',
    ])
    expect(timeline[3]).toMatchObject({ command: 'new', recordPosition: expect.any(Number) })
    expect(timeline[4]).toMatchObject({ entryNs: 5_000_000 })
    expect(asked).toMatchObject({ side: 'buy', orderType: 'limit', timeInForce: 'GTC' })
    expect(['filled', 'canceled']).toContain(end.state)
  })

  it('says which limit denied an order', () => {
    const small = backtestOf(market(), { risk: { maxPosition: '0.001' } })
    const { timeline, end } = story(small)
    expect(kinds(timeline)).toEqual(['decision', 'risk'])
    expect(timeline[1]).toMatchObject({
      verdict: 'denied',
      reason: expect.any(String),
      scope: 'account',
    })
    expect(end).toMatchObject({ state: 'denied', fills: 0, filledQty: '0' })
  })

  it('says what waits for the rate and what superseded it', () => {
    const slow = backtestOf(market(5, 10), { rateLimits: { ordersPerSecond: '1' } }, making())
    const all = [1, 2, 3].flatMap((key) => story(slow, key).timeline)
    const waits = all.filter((entry) => entry.kind === 'waits')
    expect(waits.map(({ waitsFor }) => waitsFor)).toContain('rate')
    expect(waits.find(({ waitsFor }) => waitsFor === 'rate')?.dueNs).toMatch(/^\d+$/)
    const closed = all.filter((entry) => entry.kind === 'closed')
    for (const entry of closed.filter(({ reason }) => reason === 'superseded')) {
      expect(entry.by).not.toBeNull()
    }
  })

  it('says by what a command that waited was superseded', () => {
    const order = { instrument: 0, price: 500_000, qty: 1 }
    const wavering = instantiate(
      defineStrategy<unknown, { turn: number }>({
        name: 'wavering',
        init: () => ({ turn: 0 }),
        decide(view, { turn }) {
          const next = { wakeAt: view.now + millis(100), memory: { turn: turn + 1 } }
          if (turn === 0) return { ...next, intents: [placeLimit(view, { side: BUY, ...order })] }
          if (turn === 1)
            return { ...next, intents: [{ type: 'intent.replace', key: 1, ...order }] }
          if (turn === 2) {
            return { ...next, intents: [{ type: 'intent.cancel', key: 1, instrument: 0 }] }
          }
          return {}
        },
      }),
    )
    const never = backtestOf(market(5, 2), { rateLimits: { ordersPerSecond: '0' } }, wavering)
    const { timeline, end } = story(never)
    expect(kinds(timeline)).toEqual([
      ...['decision', 'risk', 'admitted', 'waits'],
      ...['decision', 'risk', 'closed', 'admitted', 'waits'],
      ...['decision', 'risk', 'closed', 'closed'],
    ])
    expect(timeline.filter((entry) => entry.kind === 'closed')).toMatchObject([
      { command: 'new', reason: 'superseded', by: 'replace' },
      { command: 'replace', reason: 'superseded', by: 'cancel' },
      { command: 'cancel', reason: 'closedLocally', by: null },
    ])
    expect(end.state).toBe('neverSent')
  })

  it('is told up to where a run failed', () => {
    const broken = instantiate(
      defineStrategy<unknown, null>({
        name: 'broken',
        init: () => null,
        decide(view) {
          if (view.now > millis(4_000)) throw new Error('no more')
          const touch = view.touch()
          const wakeAt = view.now + millis(500)
          if (touch === null || view.openOrders().length > 0) return { wakeAt }
          return { wakeAt, intents: [placeLimit(view, { side: BUY, price: touch.bid, qty: 5 })] }
        },
      }),
    )
    const { explanation, outcome } = explainOrder(backtestOf(market(), {}, broken), 1)
    expect(outcome).toBeInstanceOf(RunFailed)
    expect(kinds(explanation.timeline)).toContain('accepted')
  })

  it('that never was is refused, and the nearest ones are named', () => {
    expect(() => explainOrder(definition, 1_000_000)).toThrow(/ESC_ORDER_UNKNOWN.*kit-1000000/)
    const { fills } = plain.recording
    const last = Math.max(...fills.map(({ fill }) => fill.key))
    expect(() => explainOrder(definition, 1_000_000)).toThrow(new RegExp(`kit-${last}\\b`))
  })
})

describe.skipIf(!fixtures.available)('the story of an order on a recorded market', () => {
  it('has a long queue and no gap in it', () => {
    const rows = readMarketRows(fixtures.path('data/binance/usdm_btcusdt_20240808.npz'), {})
    const { timeline, end } = story(backtestOf(rows, {}, restingAt(1, 2_000)), 101)
    const moved = timeline.filter((entry) => entry.kind === 'moved')
    expect(moved.length).toBeGreaterThan(5)
    moved.slice(1).forEach((entry, i) => {
      expect(entry.queueBefore).toBe(moved[i]!.queueAfter)
      expect(entry.row).toBeGreaterThan(moved[i]!.row)
    })
    expect(['filled', 'canceled']).toContain(end.state)
  })
})
