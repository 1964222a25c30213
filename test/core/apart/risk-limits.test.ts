/** Limits on size and on quotes by example, each at its last allowed and first denied step. */
import { describe, expect, test } from 'vitest'
import type { Instrument } from '../../../core/instrument.ts'
import type { State } from '../../../core/state/state.ts'
import { SELL } from '../../../core/units.ts'
import { holds, sent, verdicts, waits } from './risk-kit.ts'
import { change, d, filled, linear, place, terms, working, world } from './world.ts'

const two: readonly Instrument[] = [linear, { ...linear, symbol: 'TWO' }]
const sell = (key: number, qty: number, price = 110) => place(key, { side: SELL, price, qty })
const noMid = (state: State, instrument = 0): State => {
  state.market[instrument]!.book.set(SELL, 101, 0)
  return state
}

describe('the position limit', () => {
  const held = (lots: number) => holds(world({ risk: { maxPosition: d('5') } }), lots)
  test.each([
    [3, place(1, { qty: 2 }), 'allowed'],
    [3, place(1, { qty: 3 }), 'MAX_POSITION'],
    [3, sell(1, 8), 'allowed'],
    [3, sell(1, 9), 'MAX_POSITION'],
    [-3, sell(1, 2), 'allowed'],
    [-3, sell(1, 3), 'MAX_POSITION'],
    [-3, place(1, { qty: 8 }), 'allowed'],
    [-3, place(1, { qty: 9 }), 'MAX_POSITION'],
    // Beyond the limit already: as far on the other side is no larger, one more is.
    [9, sell(1, 18), 'allowed'],
    [9, sell(1, 19), 'MAX_POSITION'],
    [-9, place(1, { qty: 18 }), 'allowed'],
    [-9, place(1, { qty: 19 }), 'MAX_POSITION'],
  ])('with %d held: case %#', (lots, intent, expected) => {
    expect(verdicts(held(lots), intent)).toEqual([expected])
  })

  test('counts the orders of the same side and instrument alone', () => {
    const state = world({ risk: { maxPosition: d('5') }, instruments: two })
    working(state, 1, { qty: 4 })
    working(state, 2, { side: SELL, qty: 3 })
    working(state, 3, { instrument: 1, qty: 2 })
    const at = (instrument: number, side: 1 | -1, qty: number) =>
      verdicts(state, place(9, { instrument, side, qty }))[0]
    expect([at(0, 1, 1), at(0, 1, 2)]).toEqual(['allowed', 'MAX_POSITION'])
    expect([at(0, -1, 2), at(0, -1, 3)]).toEqual(['allowed', 'MAX_POSITION'])
    expect([at(1, 1, 3), at(1, 1, 4)]).toEqual(['allowed', 'MAX_POSITION'])
    expect([at(1, -1, 5), at(1, -1, 6)]).toEqual(['allowed', 'MAX_POSITION'])
  })
})

describe('the gross limit', () => {
  test.each([
    // 2 held at the mid and 1 open of the same side at the mid, then 1 at its own price.
    ['390', 'allowed'],
    ['389.9', 'MAX_GROSS_NOTIONAL'],
  ])('values the new order at its price, all else at the mid: %s', (limit, expected) => {
    const state = holds(world({ risk: { maxGrossNotional: d(limit) } }), 2)
    working(state, 1, { price: 50 })
    working(state, 2, { side: SELL, price: 150 })
    expect(verdicts(state, place(3))).toEqual([expected])
  })

  test('adds what is held of every instrument, long or short, and ignores an order that reduces', () => {
    const ask = (limit: string) => {
      const state = world({ risk: { maxGrossNotional: d(limit) }, instruments: two })
      holds(holds(state, 2), -3, 1)
      return verdicts(state, place(3), sell(4, 4), sell(5, 1))
    }
    expect(ask('590')).toEqual(['allowed', 'allowed', 'MAX_GROSS_NOTIONAL'])
    expect(ask('589.9')[0]).toBe('MAX_GROSS_NOTIONAL')
    expect(ask('0')).toEqual(['MAX_GROSS_NOTIONAL', 'allowed', 'MAX_GROSS_NOTIONAL'])
  })

  test('counts what is left of an order that has filled in part', () => {
    const ask = (limit: string) => {
      const state = world({ risk: { maxGrossNotional: d(limit) } })
      working(state, 1, { qty: 5 })
      filled(state, 1, 3)
      // 3 held are 300; of a total of 6 three may fill, at 80 each.
      return verdicts(state, change(1, 80, 6))[0]
    }
    expect([ask('540'), ask('539.9')]).toEqual(['allowed', 'MAX_GROSS_NOTIONAL'])
  })

  test('denies while a held instrument has no mid, and asks for none that is not held', () => {
    const state = noMid(world({ risk: { maxGrossNotional: d('1000') }, instruments: two }), 1)
    expect(verdicts(state, place(1))).toEqual(['allowed'])
    expect(verdicts(holds(state, 1, 1), place(1))).toEqual(['NO_MID'])
  })
})

test('the size of one order is its whole quantity, also where it has filled or reduces', () => {
  const state = world({ risk: { maxSingleOrderNotional: d('450') } })
  working(state, 1, { qty: 5 })
  filled(state, 1, 4)
  const change5 = verdicts(state, change(1, 90, 5), change(1, 91, 5), sell(2, 4), sell(3, 5))
  expect(change5).toEqual([
    'allowed',
    'MAX_SINGLE_ORDER_NOTIONAL',
    'allowed',
    'MAX_SINGLE_ORDER_NOTIONAL',
  ])
})

describe('the limits on quotes', () => {
  test.each([
    ['gross, at their own prices', { maxGrossQuoteNotional: d('290') }, 'MAX_GROSS_QUOTE_NOTIONAL'],
    ['net, sells against buys', { maxNetQuoteNotional: d('70') }, 'MAX_NET_QUOTE_NOTIONAL'],
  ])('%s', (_, risk, denied) => {
    const state = world({ risk })
    working(state, 1, { price: 90 })
    working(state, 2, { side: SELL, price: 110 })
    expect(verdicts(state, place(3))).toEqual(['allowed'])
    expect(verdicts(state, place(3, { price: 91 }))).toEqual([denied])
  })

  test('know a sell of another instrument by its price', () => {
    const state = world({ risk: { maxGrossQuoteNotional: d('200') }, instruments: two })
    working(state, 1, { instrument: 1, side: SELL, price: 110 })
    expect(verdicts(state, place(2), place(3, { price: 1 }))).toEqual([
      'allowed',
      'MAX_GROSS_QUOTE_NOTIONAL',
    ])
  })

  test('show the price of the order while its cancel waits, or that of a REPLACE under way', () => {
    const ask = (limit: string, isAsked: boolean) => {
      const state = world({ risk: { maxGrossQuoteNotional: d(limit) } })
      working(state, 1, { price: 80 })
      if (isAsked) sent(state, 'replace', 1, terms(1, { price: 70 }))
      waits(state, 'cancel', 'cancel', terms(1, { price: 60 }))
      return verdicts(state, place(2))[0]
    }
    expect([ask('170', false), ask('169.9', false)]).toEqual([
      'allowed',
      'MAX_GROSS_QUOTE_NOTIONAL',
    ])
    expect([ask('160', true), ask('159.9', true)]).toEqual(['allowed', 'MAX_GROSS_QUOTE_NOTIONAL'])
  })

  test('net is as large below nothing as above', () => {
    const state = world({ risk: { maxNetQuoteNotional: d('110') } })
    expect(verdicts(state, sell(1, 1), sell(2, 1, 1), place(3, { price: 1 }))).toEqual([
      'allowed',
      'MAX_NET_QUOTE_NOTIONAL',
      'allowed',
    ])
  })

  test('value what an order shows: the price asked for, and what has not filled', () => {
    const ask = (limit: string, price: number, qty: number) => {
      const state = world({ risk: { maxGrossQuoteNotional: d(limit) } })
      working(state, 1, { qty: 5 })
      filled(state, 1, 3)
      return verdicts(state, change(1, price, qty), place(2, { price: 10 }))
    }
    expect(ask('330', 80, 7)).toEqual(['allowed', 'allowed'])
    expect(ask('329.9', 80, 7)).toEqual(['allowed', 'MAX_GROSS_QUOTE_NOTIONAL'])
    expect(ask('319.9', 80, 7)).toEqual(['MAX_GROSS_QUOTE_NOTIONAL', 'allowed'])
    // A total below what has filled shows nothing.
    expect(ask('10', 80, 2)).toEqual(['allowed', 'allowed'])
    expect(ask('9.9', 80, 2)).toEqual(['allowed', 'MAX_GROSS_QUOTE_NOTIONAL'])
  })

  test('deny for want of a mid while a market order is open, and only where values are asked', () => {
    const market = (risk: Parameters<typeof world>[0]) => {
      const state = world({ ...risk, instruments: two })
      working(state, 1, { orderType: 'market', price: 0 })
      return noMid(state)
    }
    const gross = market({ risk: { maxGrossQuoteNotional: d('1000') } })
    expect(verdicts(gross, place(2))).toEqual(['NO_MID'])
    // Its own part is out while it is judged itself, and comes back.
    expect(verdicts(gross, place(1), place(2))).toEqual(['allowed', 'NO_MID'])
    expect(verdicts(market({ risk: { maxNetQuoteNotional: d('0') } }), place(2))).toEqual([
      'NO_MID',
    ])
    expect(verdicts(market({ risk: { maxActiveQuotes: 2 } }), place(2), place(3))).toEqual([
      'allowed',
      'MAX_ACTIVE_QUOTES',
    ])
  })

  test('value a market order that is open at the mid', () => {
    const ask = (limit: string) => {
      const state = world({ risk: { maxGrossQuoteNotional: d(limit) } })
      working(state, 1, { orderType: 'market', price: 0, qty: 2 })
      return verdicts(state, place(2))[0]
    }
    expect([ask('290'), ask('289.9')]).toEqual(['allowed', 'MAX_GROSS_QUOTE_NOTIONAL'])
  })
})
