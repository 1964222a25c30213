/** What Market, account and Control Events do to State. */
import {
  BUY,
  type CoreEvent,
  NO_ASK,
  NO_BID,
  RowKind,
  SELL,
  sessionChart,
  WHOLE_SIDE,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { feedChart } from '../../core/state/control-state.ts'
import { inverse, linear } from '../kit/configuration.ts'
import { Desk, flagged } from '../kit/core-desk.ts'
import { newOrder } from '../kit/core-puppet.ts'
import { ask, bid, marketEvent, type Row, trade } from '../kit/market.ts'

const levels = (desk: Desk, side: 1 | -1, instrument = 0) =>
  desk.core.view.levels(side, 10, instrument).map(({ price, qty }) => [price, qty])
const clear = (side: 1 | -1, price: number): Row => ({ kind: RowKind.CLEAR, side, price, qty: 0 })

describe('a Market Event', () => {
  test('is applied whole, in the order of its rows', () => {
    const desk = new Desk().start()
    desk.step(marketEvent(1, [bid(99, 5), ask(101, 6), bid(99, 7), bid(98, 1), bid(98, 0)]))
    expect([levels(desk, BUY), levels(desk, SELL)]).toEqual([[[99, 7]], [[101, 6]]])
  })

  test('applies its own range of rows and no other', () => {
    const desk = new Desk().start()
    const event = marketEvent(1, [bid(90, 1), bid(91, 1), bid(92, 1)])
    desk.step({ ...event, from: 1, to: 2 })
    expect(levels(desk, BUY)).toEqual([[91, 1]])
    desk.step({ ...event, from: 2, to: 2 })
    expect(levels(desk, BUY)).toEqual([[91, 1]])
  })

  test('that is a snapshot replaces both sides, however old the Venue says it is', () => {
    const desk = new Desk().start()
    desk.step(marketEvent(10, [bid(99, 5), bid(98, 5), ask(101, 6), ask(105, 6)]))
    const rows = [bid(97, 1), ask(103, 2)].map((row) => ({ ...row, exchTime: 1, time: 11 }))
    desk.step({ ...marketEvent(11, rows), type: 'market.snapshot' })
    expect([levels(desk, BUY), levels(desk, SELL)]).toEqual([[[97, 1]], [[103, 2]]])
    expect(desk.state.market[0]).toMatchObject({ exchTime: 1, localTime: 11 })
  })

  test('clears a side up to its bound, or all of it', () => {
    const desk = new Desk().start()
    desk.step(marketEvent(1, [bid(97, 1), bid(98, 1), bid(99, 1), ask(101, 1), ask(102, 1)]))
    desk.step(marketEvent(2, [clear(BUY, 98), clear(SELL, WHOLE_SIDE)]))
    expect([levels(desk, BUY), levels(desk, SELL)]).toEqual([[[97, 1]], []])
    expect(desk.state.market[0]!.book).toMatchObject({ bestBid: 97, bestAsk: NO_ASK })
    desk.step(marketEvent(3, [clear(BUY, WHOLE_SIDE)]))
    expect(desk.state.market[0]!.book.bestBid).toBe(NO_BID)
  })

  test('remembers the last trade and counts them, and leaves the book alone', () => {
    const desk = new Desk().start()
    desk.step(marketEvent(1, [bid(99, 5), trade(-1, 99, 2), trade(1, 101, 3)]))
    expect(desk.core.view.lastTrade()).toEqual({ price: 101, qty: 3, side: 1, count: 2 })
    expect(levels(desk, BUY)).toEqual([[99, 5]])
  })

  test('touches its own instrument alone', () => {
    const desk = new Desk({ instruments: [linear, inverse] }).start()
    desk.step(marketEvent(1, [bid(99, 5)], 1))
    expect([levels(desk, BUY, 0), levels(desk, BUY, 1)]).toEqual([[], [[99, 5]]])
  })
})

describe('the health of a feed', () => {
  const health = (desk: Desk) => feedChart.states[desk.state.control.feeds[0]!]
  test('becomes current with a snapshot, and after a gap with nothing less', () => {
    const desk = new Desk().start()
    expect(health(desk)).toBe('waiting')
    desk.step(marketEvent(1, [bid(99, 5)]))
    expect(health(desk)).toBe('waiting')
    desk.quote(99, 101)
    expect(health(desk)).toBe('current')
    desk.step({ type: 'control.feedGap', time: 1, instrument: 0 })
    desk.step(marketEvent(2, [bid(99, 6)]))
    expect(health(desk)).toBe('gapped')
    desk.quote(99, 101)
    expect(health(desk)).toBe('current')
    desk.step({ type: 'control.feedGap', time: 3, instrument: 0 })
    desk.step({ type: 'control.feedRestored', time: 3, instrument: 0 })
    expect(health(desk)).toBe('current')
  })
})

describe('the account as the Venue states it', () => {
  const state = (position: number, balance: number): CoreEvent => ({
    type: 'account.updated',
    time: 0,
    exchTime: 0,
    instrument: 0,
    position,
    balance,
  })
  const account = (desk: Desk) => desk.state.execution.accounts[0]!

  test('is where position and balance stand from here on, and fills after it add', () => {
    const desk = new Desk().start()
    desk.working(newOrder(1, 1, 1000, 10))
    desk.fill(1, 2, { fee: 50 })
    expect(flagged(desk.step(state(7, 1_000_000)))).toEqual(['accountDifference'])
    expect(account(desk).position).toBe(7)
    expect(account(desk).cash - account(desk).fees).toBe(1_000_000n)
    desk.fill(1, 1, { fee: 30 })
    // One lot at 1000 ticks costs 10^7 units, and 30 for the fee.
    expect(account(desk).position).toBe(8)
    expect(account(desk).cash - account(desk).fees).toBe(1_000_000n - 10_000_000n - 30n)
  })

  test('raises nothing when it says what the fills said', () => {
    const desk = new Desk().start()
    desk.working(newOrder(1, 1, 1000, 10))
    desk.fill(1, 2, { fee: 50 })
    expect(flagged(desk.step(state(2, -20_000_050)))).toEqual([])
    expect(flagged(desk.step(state(2, -20_000_051)))).toEqual(['accountDifference'])
    expect(flagged(desk.step(state(3, -20_000_051)))).toEqual(['accountDifference'])
  })
})

describe('Control Events', () => {
  test('move the session, and a second end changes nothing', () => {
    const desk = new Desk()
    const mode = () => sessionChart.states[desk.state.control.session]
    expect(mode()).toBe('warming')
    desk.start()
    expect(mode()).toBe('trading')
    for (const time of [1, 2]) desk.step({ type: 'control.sessionEnded', time, reason: '' })
    expect(mode()).toBe('closed')
  })

  test('seed the generator of State', () => {
    const seeded = (seed: number) => {
      const desk = new Desk()
      desk.step({ type: 'control.sessionStarted', time: 0, seed })
      return desk.state.control.strategies[0]!.random.snapshot()
    }
    expect(seeded(1)).toEqual(seeded(1))
    expect(seeded(1)).not.toEqual(seeded(2))
  })

  test.each<CoreEvent>([
    { type: 'control.checkpoint', time: 0, label: 'a' },
    { type: 'control.anomaly', time: 0, kind: 'overfill', key: 1 },
    { type: 'intent.rejected', time: 0, key: 1, kind: 'new', reason: '' },
  ])('that are records change nothing but the position: $type', (event) => {
    const desk = new Desk().start()
    const before = desk.state.digest()
    desk.step(event)
    expect(desk.state.digest()).not.toBe(before)
    desk.state.control.nextPosition--
    expect(desk.state.digest()).toBe(before)
  })
})
