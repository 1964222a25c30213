/** The rules that Risk asks before any limit on exposure: shape, policy, switch, loss and scope. */
import { describe, expect, test } from 'vitest'
import type { NewIntent } from '../../../core/intents.ts'
import { orderKey } from '../../../core/orders.ts'
import { RiskEngine } from '../../../core/risk/risk-engine.ts'
import { tradingChart } from '../../../core/state/control-state.ts'
import type { State } from '../../../core/state/state.ts'
import { BUY, SELL } from '../../../core/units.ts'
import { lots, scoped, verdicts } from './risk-kit.ts'
import { change, d, filled, linear, place, withdraw, working, world } from './world.ts'

/** Moves the quotes of an instrument, one level a side; 0 is an empty side. */
function quote(state: State, bid: number, ask: number, instrument = 0): void {
  const { book } = state.market[instrument]!
  book.set(BUY, 99, 0)
  book.set(SELL, 101, 0)
  if (bid > 0) book.set(BUY, bid, 5)
  if (ask > 0) book.set(SELL, ask, 5)
}
const postOnly = (price: number, side: 1 | -1): NewIntent =>
  place(1, { price, side, timeInForce: 'postOnly' })

describe('an order', () => {
  test.each([0, -1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])(
    'of %d lots is none, limit or market',
    (qty) => {
      const market = place(2, { orderType: 'market', price: 0, qty })
      expect(verdicts(world(), place(1, { qty }), market)).toEqual(['INVALID_QTY', 'INVALID_QTY'])
    },
  )

  test.each([0, -1, 0.5, Number.NaN, 2 ** 53])('at %d ticks is none, except at market', (price) => {
    const market = place(2, { orderType: 'market', price })
    expect(verdicts(world(), place(1, { price }), market)).toEqual([
      'INVALID_LIMIT_PRICE',
      'allowed',
    ])
  })

  test('of an instrument that is not there is none, of the last one is', () => {
    const two = world({ instruments: [linear, { ...linear, symbol: 'TWO' }] })
    const at = (instrument: number) => place(1, { instrument })
    expect(verdicts(two, at(-1), at(0), at(1), at(2))).toEqual([
      'INVALID_INSTRUMENT',
      'allowed',
      'allowed',
      'INVALID_INSTRUMENT',
    ])
  })

  test('at market needs both sides of the book, and a limit order none', () => {
    for (const [bid, ask, expected] of [
      [99, 101, 'allowed'],
      [0, 101, 'NO_MID_FOR_MARKET'],
      [99, 0, 'NO_MID_FOR_MARKET'],
      [0, 0, 'NO_MID_FOR_MARKET'],
    ] as const) {
      const state = world()
      quote(state, bid, ask)
      const market = place(1, { orderType: 'market', price: 0 })
      expect(verdicts(state, market, place(2))).toEqual([expected, 'allowed'])
    }
  })

  test('that is post-only is denied from the other side of the book on', () => {
    const denied = 'POST_ONLY_WOULD_TRADE'
    const ask = (price: number, side: 1 | -1) => verdicts(world(), postOnly(price, side))[0]
    expect([100, 101, 102].map((price) => ask(price, BUY))).toEqual(['allowed', denied, denied])
    expect([100, 99, 98].map((price) => ask(price, SELL))).toEqual(['allowed', denied, denied])
    expect(verdicts(world(), place(1, { price: 500 }))).toEqual(['allowed'])
  })

  test('that is post-only may have any price where the other side is empty', () => {
    const state = world()
    quote(state, 0, 101)
    expect(verdicts(state, postOnly(1, SELL), postOnly(101, BUY))).toEqual([
      'allowed',
      'POST_ONLY_WOULD_TRADE',
    ])
    const upper = world()
    quote(upper, 99, 0)
    expect(verdicts(upper, postOnly(1e9, BUY))).toEqual(['allowed'])
  })

  test('that is post-only and would trade is dropped where the policy says so', () => {
    const ask = (postOnlyMode: 'drop' | 'reject') =>
      verdicts(world({ risk: { postOnlyMode } }), postOnly(101, BUY), postOnly(100, BUY))
    expect(ask('drop')).toEqual(['DROPPED_BY_POLICY', 'allowed'])
    expect(ask('reject')).toEqual(['POST_ONLY_WOULD_TRADE', 'allowed'])
  })

  test('whose value cannot be counted is denied where any limit is asked, and there alone', () => {
    const huge = place(1, { price: 2 ** 50, qty: 8 })
    expect(verdicts(world(), huge)).toEqual(['allowed'])
    expect(verdicts(world({ risk: { minOrderNotional: d('1') } }), huge)).toEqual(['INDETERMINATE'])
    expect(verdicts(lots(), huge)).toEqual(['INDETERMINATE'])
    const own = { ownRisk: [{ minOrderNotional: d('1') }, null] }
    expect(scoped(world(own), huge)).toEqual(['INDETERMINATE account'])
    expect(scoped(world(own), { ...huge, key: orderKey(1, 1) })).toEqual(['allowed'])
  })
})

test('a cancel is allowed whatever holds, and nothing else without the trading switch', () => {
  const state = world({ risk: { maxDrawdown: d('0') } })
  working(state, 1)
  state.control.trading = tradingChart.state.disabled
  expect(verdicts(state, withdraw(1), place(2), change(1, 91, 1), withdraw(7))).toEqual([
    'allowed',
    'TRADING_DISABLED',
    'TRADING_DISABLED',
    'allowed',
  ])
})

describe('the smallest notional', () => {
  test('of the account and of a strategy are both asked, the account first', () => {
    const risk = { minOrderNotional: d('90') }
    const state = world({ risk, ownRisk: [{ minOrderNotional: d('100') }, null] })
    const of = (namespace: number, price: number) => place(orderKey(namespace, 1), { price })
    expect(scoped(state, of(0, 89), of(0, 90), of(0, 99), of(0, 100))).toEqual([
      'MIN_NOTIONAL account',
      'MIN_NOTIONAL strategy',
      'MIN_NOTIONAL strategy',
      'allowed',
    ])
    expect(scoped(state, of(1, 89), of(1, 90))).toEqual(['MIN_NOTIONAL account', 'allowed'])
  })
})

describe('a loss', () => {
  /** One lot bought at 90 by the first strategy, with the mid at 100 at first. */
  const held = (parts: Parameters<typeof world>[0]): State => {
    const state = world(parts)
    working(state, 1)
    filled(state, 1, 1)
    for (const { equity } of [state.execution, state.execution.own[0]!]) equity.first = 1000n
    return state
  }

  test.each([
    // Net worth is 10.00 with the mid at 100 and counts hundredths.
    [95, '5.01', 'allowed'],
    [95, '5', 'MAX_LOSS_DRAWDOWN'],
    [95, '4.99', 'MAX_LOSS_DRAWDOWN'],
    [110, '0.01', 'allowed'],
  ])('is hit when it reaches its limit: mid %d, limit %s', (mid, limit, expected) => {
    const account = held({ risk: { maxDrawdown: d(limit) } })
    quote(account, mid - 1, mid + 1)
    expect(verdicts(account, place(2), change(1, 90, 1))[0]).toBe(expected)
    const own = held({ ownRisk: [{ maxDrawdown: d(limit) }, null] })
    quote(own, mid - 1, mid + 1)
    const ofOwn = expected === 'allowed' ? expected : `${expected} strategy`
    expect(scoped(own, place(2), place(orderKey(1, 1)))).toEqual([ofOwn, 'allowed'])
  })

  test.each([
    ['5.01', 'allowed'],
    ['5', 'MAX_LOSS_ROLLING'],
  ])('within the window counts from its start: limit %s', (limit, expected) => {
    const maxRollingLoss = { amount: d(limit), windowNs: 100 }
    const state = held({ risk: { maxRollingLoss } })
    const { equity } = state.execution
    equity.sample(0, 9000n, 100)
    equity.sample(50, 1000n, 100)
    equity.sample(60, 700n, 100)
    quote(state, 94, 96)
    state.control.clock = 150
    expect(verdicts(state, place(2))).toEqual([expected])
  })

  test('is none before the first equity is known, and unknown equity denies', () => {
    const amount = d('0.01')
    const limits = [{ maxDrawdown: amount }, { maxRollingLoss: { amount, windowNs: 100 } }]
    const ask = (index: number, empty: boolean) => {
      const state = held({ risk: limits[index]! })
      state.execution.equity.first = null
      if (empty) quote(state, 99, 0)
      return verdicts(state, place(2))[0]
    }
    expect([ask(0, false), ask(1, false)]).toEqual(['allowed', 'allowed'])
    expect([ask(0, true), ask(1, true)]).toEqual(['MAX_LOSS_DRAWDOWN', 'MAX_LOSS_ROLLING'])
  })

  test('is asked anew with each step, and the account stands before the strategy', () => {
    const limits = { maxDrawdown: d('5') }
    const state = held({ risk: limits, ownRisk: [limits] })
    const risk = new RiskEngine(state)
    risk.begin()
    expect(risk.judge(place(2))).toHaveProperty('allowed')
    quote(state, 94, 96)
    risk.begin()
    expect(risk.judge(place(2))).toEqual({ denied: 'MAX_LOSS_DRAWDOWN', scope: 'account' })
    quote(state, 0, 0)
    quote(state, 99, 101)
    risk.begin()
    expect(risk.judge(place(2))).toHaveProperty('allowed')
  })
})
