/** Market Events to the letter: the touch alone, bounds of a clear, times, and a feed that ended. */
import { BUY, RowKind, SELL, WHOLE_SIDE } from '@escapement/core'
import { describe, expect, test, vi } from 'vitest'
import { feedChart } from '../../core/state/control-state.ts'
import { Desk } from '../kit/core-desk.ts'
import { ask, bid, marketEvent, type Row } from '../kit/market.ts'

const snap = (row: Row): Row => ({ ...row, kind: RowKind.SNAPSHOT })
const book = (desk: Desk) =>
  [BUY, SELL].map((side) =>
    desk.core.view.levels(side as 1 | -1, 10).map(({ price, qty }) => [price, qty]),
  )

describe('a snapshot', () => {
  const old = [bid(95, 1), bid(94, 1), ask(105, 1), ask(106, 1)]
  /** Rows, what the book holds then, and whether it was set as a touch, in one go. */
  const cases: readonly (readonly [string, readonly Row[], number[][][], number])[] = [
    ['a bid and an ask', [snap(bid(99, 5)), snap(ask(101, 6))], [[[99, 5]], [[101, 6]]], 1],
    ['an ask and a bid', [snap(ask(101, 6)), snap(bid(99, 5))], [[[99, 5]], [[101, 6]]], 0],
    [
      'two bids',
      [snap(bid(99, 5)), snap(bid(98, 6))],
      [
        [
          [99, 5],
          [98, 6],
        ],
        [],
      ],
      0,
    ],
    [
      'two bids, the worse first',
      [snap(bid(98, 6)), snap(bid(99, 5))],
      [
        [
          [99, 5],
          [98, 6],
        ],
        [],
      ],
      0,
    ],
    [
      'two asks',
      [snap(ask(101, 5)), snap(ask(102, 6))],
      [
        [],
        [
          [101, 5],
          [102, 6],
        ],
      ],
      0,
    ],
    ['one bid', [snap(bid(99, 5))], [[[99, 5]], []], 0],
    [
      'two levels a side',
      [snap(bid(99, 5)), snap(ask(101, 6)), snap(bid(98, 4)), snap(ask(102, 3))],
      [
        [
          [99, 5],
          [98, 4],
        ],
        [
          [101, 6],
          [102, 3],
        ],
      ],
      0,
    ],
    ['a change first', [bid(99, 5), snap(ask(101, 6))], [[[99, 5]], [[101, 6]]], 0],
    ['a change second', [snap(bid(99, 5)), ask(101, 6)], [[[99, 5]], [[101, 6]]], 0],
    ['changes alone', [bid(99, 5), ask(101, 6)], [[[99, 5]], [[101, 6]]], 0],
    ['a bid that is gone', [snap(bid(99, 0)), snap(ask(101, 6))], [[], [[101, 6]]], 0],
    ['an ask that is gone', [snap(bid(99, 5)), snap(ask(101, 0))], [[[99, 5]], []], 0],
    ['two sides at one price', [snap(bid(100, 5)), snap(ask(100, 6))], [[], [[100, 6]]], 0],
  ]

  test.each(cases)('of %s replaces what was there', (_name, rows, expected, touches) => {
    const desk = new Desk().start()
    desk.step(marketEvent(1, old))
    const setTouch = vi.spyOn(desk.state.market[0]!.book, 'setTouch')
    desk.step({ ...marketEvent(2, rows), type: 'market.snapshot' })
    expect(book(desk)).toEqual(expected)
    expect(setTouch).toHaveBeenCalledTimes(touches)
  })

  test.each(cases)('of %s may be rows within a view', (_name, rows, expected, touches) => {
    const desk = new Desk().start()
    desk.step(marketEvent(1, old))
    const setTouch = vi.spyOn(desk.state.market[0]!.book, 'setTouch')
    const all = [snap(bid(90, 9)), ...rows, snap(ask(110, 9))]
    const event = { ...marketEvent(2, all), from: 1, to: 1 + rows.length }
    desk.step({ ...event, type: 'market.snapshot' })
    expect(book(desk)).toEqual(expected)
    expect(setTouch).toHaveBeenCalledTimes(touches)
  })

  test('is what a change is not: the same rows as changes leave the other levels', () => {
    const desk = new Desk().start()
    desk.step(marketEvent(1, [bid(95, 1)]))
    desk.step(marketEvent(2, [snap(bid(99, 5)), snap(ask(101, 6))]))
    expect(book(desk)).toEqual([
      [
        [99, 5],
        [95, 1],
      ],
      [[101, 6]],
    ])
  })
})

describe('a clear', () => {
  const clear = (side: 1 | -1 | 0, price: number): Row => ({
    kind: RowKind.CLEAR,
    side,
    price,
    qty: 0,
  })
  test.each<[string, Row, number[][][]]>([
    [
      'all bids',
      clear(BUY, WHOLE_SIDE),
      [
        [],
        [
          [101, 1],
          [103, 1],
        ],
      ],
    ],
    [
      'all asks',
      clear(SELL, WHOLE_SIDE),
      [
        [
          [99, 1],
          [97, 1],
        ],
        [],
      ],
    ],
    ['both sides', clear(0, WHOLE_SIDE), [[], []]],
    [
      'bids down to a price beyond the asks',
      clear(BUY, 99),
      [
        [[97, 1]],
        [
          [101, 1],
          [103, 1],
        ],
      ],
    ],
    [
      'asks up to a price',
      clear(SELL, 101),
      [
        [
          [99, 1],
          [97, 1],
        ],
        [[103, 1]],
      ],
    ],
  ])('takes %s and no more', (_name, row, expected) => {
    const desk = new Desk().start()
    desk.step(marketEvent(1, [bid(99, 1), bid(97, 1), ask(101, 1), ask(103, 1)]))
    desk.step(marketEvent(2, [row]))
    expect(book(desk)).toEqual(expected)
  })
})

test('an Event without rows tells the local time and keeps that of the Venue', () => {
  const desk = new Desk().start()
  const rows = [5, 6, 7].map((exchTime) => ({ ...bid(99, 1), exchTime }))
  desk.step({ ...marketEvent(8, rows), from: 0, to: 3 })
  desk.step({ ...marketEvent(9, rows), from: 2, to: 2 })
  expect(desk.state.market[0]).toMatchObject({ exchTime: 7, localTime: 9 })
})

test('a feed that has ended stays so, whatever arrives', () => {
  const desk = new Desk().start()
  desk.state.control.feeds[0] = feedChart.state.ended
  desk.step(marketEvent(1, [bid(99, 1)]))
  desk.step({ type: 'control.feedRestored', time: 1, instrument: 0 })
  expect(desk.state.control.feeds[0]).toBe(feedChart.state.ended)
})
