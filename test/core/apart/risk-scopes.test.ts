/** Whose limit it was: the account's, or a strategy's own. */
import { describe, expect, test } from 'vitest'
import { orderKey } from '../../../core/orders.ts'
import { SELL } from '../../../core/units.ts'
import { holds, scoped } from './risk-kit.ts'
import { d, linear, place, working, world } from './world.ts'

describe('limits of a strategy', () => {
  const [a, b, nobody] = [0, 1, 7].map((namespace) => orderKey(namespace, 1)) as [
    number,
    number,
    number,
  ]
  test.each([
    [{ maxPosition: d('1') }, 'MAX_POSITION'],
    [{ maxSingleOrderNotional: d('90') }, 'MAX_SINGLE_ORDER_NOTIONAL'],
    [{ maxGrossNotional: d('90') }, 'MAX_GROSS_NOTIONAL'],
    [{ maxActiveQuotes: 0 }, 'MAX_ACTIVE_QUOTES'],
    [{ maxGrossQuoteNotional: d('90') }, 'MAX_GROSS_QUOTE_NOTIONAL'],
    [{ maxNetQuoteNotional: d('90') }, 'MAX_NET_QUOTE_NOTIONAL'],
  ])('hold for its own orders alone: %o', (own, reason) => {
    const order = (key: number) => place(key, { qty: 2 })
    const ask = (key: number) => scoped(world({ ownRisk: [null, own] }), order(key))
    expect([ask(a), ask(b), ask(nobody)]).toEqual([
      ['allowed'],
      [`${reason} strategy`],
      ['allowed'],
    ])
    expect(scoped(world({ risk: own, ownRisk: [null, own] }), order(b))).toEqual([
      `${reason} account`,
    ])
  })

  test('are held against what is its own, those of the account against everything', () => {
    const state = world({
      risk: { maxPosition: d('9'), maxGrossQuoteNotional: d('720') },
      ownRisk: [{ maxPosition: d('4') }, { maxGrossQuoteNotional: d('360') }],
      instruments: [linear, { ...linear, symbol: 'TWO' }],
    })
    holds(state, 1)
    working(state, a, { qty: 2 })
    working(state, b, { qty: 3, instrument: 1 })
    working(state, nobody, { qty: 1, side: SELL })
    const ask = (key: number, qty: number) => scoped(state, place(key + 1, { qty }))[0]
    expect([ask(a, 1), ask(a, 2)]).toEqual(['allowed', 'MAX_POSITION strategy'])
    expect([ask(b, 1), ask(b, 2)]).toEqual(['allowed', 'MAX_GROSS_QUOTE_NOTIONAL strategy'])
    expect([ask(nobody, 2), ask(nobody, 3)]).toEqual([
      'allowed',
      'MAX_GROSS_QUOTE_NOTIONAL account',
    ])
  })
})
