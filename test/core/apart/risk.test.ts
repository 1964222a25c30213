/** Risk with Execution Control removed: State, Intents and verdicts alone. */
import { describe, expect, test } from 'vitest'
import { RiskEngine } from '../../../core/risk/risk-engine.ts'
import { SELL } from '../../../core/units.ts'
import { verdicts } from './risk-kit.ts'
import { change, d, filled, place, withdraw, working, world } from './world.ts'

describe('Risk alone', () => {
  test('allows what no limit forbids, and hands back the very Intent', () => {
    const intent = place(1)
    expect(new RiskEngine(world()).judge(intent)).toEqual({ allowed: intent })
  })

  test('counts what the step allowed before, and forgets it with the step', () => {
    const state = world({ risk: { maxPosition: d('3') } })
    expect(verdicts(state, place(1, { qty: 2 }), place(2, { qty: 2 }), place(3))).toEqual([
      'allowed',
      'MAX_POSITION',
      'allowed',
    ])
    expect(verdicts(state, place(2, { qty: 3 }))).toEqual(['allowed'])
  })

  test('counts an open order until it ends, whatever a CANCEL of this step says', () => {
    const state = world({ risk: { maxPosition: d('3') } })
    working(state, 1, { qty: 3 })
    expect(verdicts(state, withdraw(1), place(2))).toEqual(['allowed', 'MAX_POSITION'])
  })

  test('counts what filled as position, and what is left as open', () => {
    const state = world({ risk: { maxPosition: d('5'), maxGrossQuoteNotional: d('270') } })
    working(state, 1, { qty: 4 })
    filled(state, 1, 3)
    // 3 held and 1 open: one more is the fifth.
    expect(verdicts(state, place(2), place(3))).toEqual(['allowed', 'MAX_POSITION'])
    // A total of 6 leaves 3 to fill, which is 270 at its price.
    expect(verdicts(world({ risk: state.risk }), place(1, { qty: 3 }))).toEqual(['allowed'])
    expect(verdicts(state, change(1, 90, 5))).toEqual(['allowed'])
    expect(verdicts(state, change(1, 90, 6))).toEqual(['MAX_POSITION'])
  })

  test('lets an order through that only makes a position smaller', () => {
    const state = world({ risk: { maxPosition: d('1') } })
    working(state, 1, { qty: 3 })
    filled(state, 1, 3)
    expect(verdicts(state, place(2, { side: SELL, qty: 3 }), place(3))).toEqual([
      'allowed',
      'MAX_POSITION',
    ])
  })

  test('denies for want of a mid, and for a book without one allows what needs none', () => {
    const state = world({ risk: { maxGrossNotional: d('1000') } })
    working(state, 1, { qty: 1 })
    filled(state, 1, 1)
    state.market[0]!.book.set(SELL, 101, 0)
    expect(verdicts(state, place(2), place(3, { orderType: 'market', price: 0 }))).toEqual([
      'NO_MID',
      'NO_MID_FOR_MARKET',
    ])
    expect(verdicts(state, place(2, { side: SELL }))).toEqual(['allowed'])
  })
})
