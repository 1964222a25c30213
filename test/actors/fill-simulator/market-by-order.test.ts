import type { OrderFilled } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { venueIdentity } from '../../../actors/fill-simulator/venue-config.ts'
import {
  addAsk,
  addBid,
  ask,
  bid,
  buy,
  buyTrade,
  cancelOrder,
  clearAsks,
  clearBids,
  fillOrder,
  modifyOrder,
  type Options,
  type Row,
  replace,
  sellTrade,
  type VenueProbe,
  venue,
  venueConfig,
} from './probe.ts'

/**
 * Market by order: where an own order stands, and what a FILL gives it. Order 1 has 5 at 99 before
 * ours comes at 110; order 2 has 5 behind it.
 */
const market = [addBid(1, 1, 99, 5), addAsk(1, 9, 101, 9), addBid(150, 2, 99, 5)]

const day = (rows: readonly Row[], options: Options = {}): VenueProbe =>
  venue({ queue: { model: 'l3Fifo' }, responseNs: 0, ...options }).market([...market, ...rows])

function fillsOf(probe: VenueProbe): string[] {
  probe.run()
  return probe.reports
    .filter((report): report is OrderFilled => report.type === 'order.filled')
    .map((fill) => {
      const queue = `${fill.queueBefore}->${fill.queueAfter}`
      return `#${fill.key} ${fill.cause} ${fill.lastQty}@${fill.lastPrice} queue ${queue}`
    })
}

describe('a FILL', () => {
  const ours = (rows: readonly Row[], options: Options = {}) =>
    fillsOf(day(rows, options).request(100, buy(1, 4, 99)))

  test('of an order ahead executes nothing of ours, also when it was the last of them', () => {
    expect(ours([fillOrder(200, 1, 5)])).toEqual([])
  })

  test('of an order behind executes ours by its size, up to what ours has left', () => {
    const rows = [fillOrder(200, 1, 5), fillOrder(200, 2, 3), fillOrder(201, 2, 2)]
    expect(ours(rows)).toEqual(['#1 trade 3@99 queue 0->0', '#1 trade 1@99 queue 0->0'])
  })

  test('of an order behind executes ours whatever still stands ahead', () => {
    expect(ours([fillOrder(200, 2, 1)])).toEqual(['#1 trade 1@99 queue 5->5'])
  })

  test('at a worse price executes ours too; at a better one it does not', () => {
    const worse = [addBid(160, 3, 98, 2), fillOrder(200, 3, 2)]
    expect(ours(worse)).toEqual(['#1 trade 2@99 queue 5->5'])
    expect(ours([addBid(160, 3, 100, 2), fillOrder(200, 3, 2)])).toEqual([])
  })

  test('is shared in queue order, better price first', () => {
    const probe = day([addBid(160, 3, 98, 9), fillOrder(200, 3, 6)])
    probe
      .request(100, buy(1, 2, 98))
      .request(101, buy(2, 3, 99))
      .request(102, buy(3, 5, 98))
    expect(fillsOf(probe)).toEqual([
      '#2 trade 3@99 queue 5->5',
      '#1 trade 2@98 queue 0->0',
      '#3 trade 1@98 queue 0->0',
    ])
  })

  test('executes whole orders where there are no partial fills, while something is left', () => {
    const probe = day([fillOrder(200, 2, 3)], { partialFills: false })
    probe
      .request(100, buy(1, 2, 99))
      .request(101, buy(2, 9, 99))
      .request(102, buy(3, 1, 99))
    expect(fillsOf(probe)).toEqual(['#1 trade 2@99 queue 5->5', '#2 trade 9@99 queue 5->5'])
  })

  test('is told by FILL rows alone: a TRADE executes nothing', () => {
    expect(ours([sellTrade(200, 98, 50)])).toEqual([])
    expect(ours([buyTrade(200, 99, 50)])).toEqual([])
  })
})

describe('the queue ahead', () => {
  /** What was ahead when a FILL of order 2, which is behind ours, comes in the end. */
  const ahead = (rows: readonly Row[], last = fillOrder(300, 2, 1)) =>
    fillsOf(day([...rows, last]).request(100, buy(1, 4, 99)))[0]

  test.each<[string, Row[], number]>([
    ['stands as it was', [], 5],
    ['shrinks by a FILL ahead', [fillOrder(200, 1, 2)], 3],
    ['shrinks by a CANCEL ahead, whatever quantity that names', [cancelOrder(200, 1, 99, 2)], 0],
    ['shrinks by a MODIFY to less, which keeps its place', [modifyOrder(200, 1, 99, 2)], 2],
    ['loses an order that becomes more', [modifyOrder(200, 1, 99, 6)], 0],
    ['loses an order that gets another price', [modifyOrder(200, 1, 98, 5)], 0],
    [
      'does not get back an order that returns',
      [1, 2].map((i) => modifyOrder(200 + i, 1, 97 + i, 5)),
      0,
    ],
    ['does not know what is behind', [addBid(200, 3, 99, 7), cancelOrder(201, 3)], 5],
  ])('%s', (_, rows, queue) => {
    expect(ahead(rows)).toBe(`#1 trade 1@99 queue ${queue}->${queue}`)
  })

  test('is what the snapshot after a CLEAR adds, and not what comes later', () => {
    const snapshot = [
      clearBids(200, 0),
      clearAsks(200, 200),
      addBid(200, 4, 99, 3),
      addBid(201, 5, 99, 4),
    ]
    const later = [sellTrade(202, 99, 1), addBid(203, 6, 99, 2)]
    const last = fillOrder(300, 6, 1)
    expect(ahead([...snapshot, ...later], last)).toBe('#1 trade 1@99 queue 7->7')
    expect(ahead([...snapshot, ...later, fillOrder(250, 4, 3)], last)).toBe(
      '#1 trade 1@99 queue 4->4',
    )
    // Without the row that ends it, the last order is one of the snapshot, and ahead of ours.
    expect(ahead([...snapshot, later[1]!], last)).toBeUndefined()
  })

  test('is empty after a CLEAR with clearKeepsQueue', () => {
    const probe = day([clearBids(200, 0), addBid(200, 4, 99, 3), fillOrder(300, 4, 1)], {
      quirks: { clearKeepsQueue: true },
    }).request(100, buy(1, 4, 99))
    expect(fillsOf(probe)).toEqual(['#1 trade 1@99 queue 0->0'])
  })

  test('is new after a replace that loses the place, and kept by one to less', () => {
    const probe = (qty: number) =>
      day([fillOrder(300, 2, 1)])
        .request(100, buy(1, 4, 99))
        .request(200, replace(1, qty, 99))
    expect(fillsOf(probe(5))).toEqual([])
    expect(fillsOf(probe(3))).toEqual(['#1 trade 1@99 queue 5->5'])
  })
})

test('a quote that reaches ours executes it, as with levels', () => {
  const rows = [fillOrder(199, 1, 5), cancelOrder(199, 2), addAsk(200, 3, 99, 1)]
  expect(fillsOf(day(rows).request(100, buy(1, 4, 99)))).toEqual(['#1 cross 4@99 queue 0->0'])
})

test('a quote that reaches ours leaves nothing ahead, also where quirks keep it from executing', () => {
  // Less than half a lot: the reference's book does not show it, but the bids that it met are gone.
  const rows = [addAsk(200, 3, 99, 3), addBid(201, 4, 99, 10), fillOrder(202, 4, 10)]
  const quirks = { crossedLevelsStay: true, takesConsumeNothing: true }
  const probe = day(rows, { lotUnits: 10, quirks }).request(100, buy(1, 4, 99))
  expect(fillsOf(probe)).toEqual(['#1 trade 1@99 queue 0->0'])
})

test('an order whose level a quote removed is unknown from then on', () => {
  const rows = [addAsk(200, 3, 99, 1), fillOrder(201, 2, 1), modifyOrder(202, 1, 99, 3)]
  expect(fillsOf(day(rows).request(205, buy(1, 4, 99)))).toEqual(['#1 take 1@99 queue 0->0'])
})

test('depth models read the totals of levels, and TRADE rows', () => {
  const rows = [fillOrder(200, 1, 5), sellTrade(201, 99, 6)]
  const probe = day(rows, { queue: { model: 'riskAverse' } }).request(100, buy(1, 4, 99))
  expect(fillsOf(probe)).toEqual(['#1 trade 1@99 queue 5->0'])
})

test('data without orders are refused, and named', () => {
  const probe = venue({ queue: { model: 'l3Fifo' } }).market([bid(1, 99, 5), ask(1, 101, 5)])
  expect(() => probe.run()).toThrow(/ESC_CONFIG_INVALID.*venue\.queue\.model.*l3Fifo/)
})

test('the switch of order rows is part of the identity of venues that read them, and no others', () => {
  const identity = (model: 'l3Fifo' | 'riskAverse', l3IgnoresSizes: boolean) =>
    venueIdentity(venueConfig({ queue: { model }, quirks: { l3IgnoresSizes } }))
  expect(identity('l3Fifo', true)).not.toBe(identity('l3Fifo', false))
  expect(identity('riskAverse', true)).toBe(identity('riskAverse', false))
})
