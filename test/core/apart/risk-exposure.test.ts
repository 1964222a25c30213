/** What an Intent changes of the exposure that those after it are judged against. */
import { describe, expect, test } from 'vitest'
import type { State } from '../../../core/state/state.ts'
import { SELL } from '../../../core/units.ts'
import { lots, room, sent, verdicts, waits } from './risk-kit.ts'
import { change, d, filled, place, report, terms, withdraw, working, world } from './world.ts'

describe('what has filled of an order', () => {
  const half = (state: State): State => {
    working(state, 1, { qty: 7 })
    filled(state, 1, 3)
    return state
  }

  test('is position, and what is left is open', () => {
    expect(room(half(lots()))).toBe(93)
  })

  test('counts once in a REPLACE that waits or is under way', () => {
    const waiting = half(lots())
    waits(waiting, 'replace', 'replace', terms(1, { qty: 12 }))
    expect(room(waiting)).toBe(88)
    const asked = half(lots())
    sent(asked, 'replace', 1, terms(1, { qty: 12 }))
    expect(room(asked)).toBe(88)
    // 3 of a total of 5 have filled, but until the Venue agrees 4 more may.
    expect(room(half(lots()), change(1, 90, 5))).toBe(93)
  })
})

describe('an Intent about what is open', () => {
  test('is judged against everything but itself, and put back when denied', () => {
    const state = lots()
    working(state, 1, { qty: 60 })
    expect(verdicts(state, change(1, 90, 100), place(2))).toEqual(['allowed', 'MAX_POSITION'])
    expect(verdicts(state, change(1, 90, 101), place(2, { qty: 41 }))).toEqual([
      'MAX_POSITION',
      'MAX_POSITION',
    ])
    expect(verdicts(state, change(1, 90, 101), place(2, { qty: 40 }))).toEqual([
      'MAX_POSITION',
      'allowed',
    ])
  })

  test('that is denied before any limit is asked leaves what is open as it is', () => {
    const state = lots()
    working(state, 1, { qty: 60 })
    expect(room(state, change(1, 90, 0))).toBe(40)
    expect(room(state, place(2), change(1, 90, 0), change(1, 0, 5))).toBe(39)
  })

  test('counts as it is after the last of several', () => {
    const state = lots()
    expect(room(state, place(1, { qty: 30 }), change(1, 90, 50), change(1, 90, 20))).toBe(80)
    expect(room(state, place(1, { qty: 30 }), withdraw(1))).toBe(100)
    expect(room(state, place(1, { qty: 30 }), place(2, { qty: 5 }), withdraw(1))).toBe(95)
  })

  test('changes what waits of an earlier step, and counts it once', () => {
    const state = lots()
    waits(state, 'new', 'new', terms(1, { qty: 30 }))
    waits(state, 'new', 'new', terms(2, { qty: 5 }))
    expect(room(state)).toBe(65)
    expect(room(state, change(1, 90, 50))).toBe(45)
    expect(room(state, withdraw(1))).toBe(95)
    expect(room(state, withdraw(1), withdraw(2))).toBe(100)
  })

  test('is folded in when the first that needs the sums comes after it', () => {
    // A cancel needs no exposure, so it stands in the overlay when the sums are made.
    const state = lots()
    working(state, 1, { qty: 30 })
    waits(state, 'new', 'new', terms(2, { qty: 5 }))
    expect(room(state, withdraw(2), withdraw(1))).toBe(70)
  })

  test.each([
    ['a CANCEL', withdraw(1)],
    ['a REPLACE', change(1, 90, 30)],
  ])('counts nothing when it is %s of an order that has ended', (_, intent) => {
    const state = world({ risk: { maxPosition: d('100') } })
    working(state, 1, { qty: 30 })
    report(state, { type: 'order.canceled', time: 0, exchTime: 0, key: 1 })
    expect(room(state, intent)).toBe(100)
  })

  test('replaces a NEW that has left and is not recorded yet', () => {
    const state = lots()
    sent(state, 'new', 1, terms(1, { side: SELL, qty: 7 }))
    expect(verdicts(state, change(1, 110, 100), change(1, 110, 101))).toEqual([
      'allowed',
      'MAX_POSITION',
    ])
    expect(room(state, change(1, 110, 50))).toBe(100)
  })

  test.each<[string, (state: State) => void]>([
    ['nothing', () => {}],
    [
      'an order that has ended',
      (state) => {
        working(state, 1)
        report(state, { type: 'order.canceled', time: 0, exchTime: 0, key: 1 })
      },
    ],
    ['a NEW recorded as left whose order is gone', (state) => sent(state, 'new', 1, null)],
    ['a CANCEL under way alone', (state) => sent(state, 'cancel', 1, terms(1))],
  ])('knows no order to replace in %s', (_, before) => {
    const state = lots()
    before(state)
    expect(verdicts(state, change(1, 90, 1))).toEqual(['UNKNOWN_ORDER'])
  })

  test('takes the terms of what waits before those of what works', () => {
    const state = world({ risk: { maxSingleOrderNotional: d('1000') } })
    working(state, 1, { side: SELL, price: 110 })
    waits(state, 'cancel', 'cancel', terms(1, { orderType: 'market', price: 0 }))
    // A pending CANCEL says nothing of terms: the order is a limit still, worth its price.
    expect(verdicts(state, change(1, 1000, 1), change(1, 1001, 1))).toEqual([
      'allowed',
      'MAX_SINGLE_ORDER_NOTIONAL',
    ])
    waits(state, 'replace', 'replace', terms(1, { orderType: 'market', price: 0 }))
    expect(verdicts(state, change(1, 1001, 10), change(1, 1001, 11))).toEqual([
      'allowed',
      'MAX_SINGLE_ORDER_NOTIONAL',
    ])
  })
})
