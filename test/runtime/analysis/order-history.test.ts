import { type CoreEvent, orderKey } from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { distributionOf } from '../../../runtime/analysis/distribution.ts'
import { runEvents } from '../../../runtime/analysis/order-history.ts'
import { orderStatistics } from '../../../runtime/analysis/order-statistics.ts'
import { fill } from './kit.ts'

const key = (counter: number) => orderKey(0, counter)
const submitted = (time: number, counter: number, rest: object = {}) =>
  ({
    ...{ type: 'order.submitted', time, key: key(counter), instrument: 0, side: 1 },
    ...{ orderType: 'limit', timeInForce: 'GTC', price: 100, qty: 10, ...rest },
  }) as CoreEvent
const report = (type: string, exchTime: number, counter: number, rest: object = {}) =>
  ({ type, time: exchTime + 5, exchTime, key: key(counter), ...rest }) as CoreEvent
const stream = (...events: CoreEvent[]) =>
  runEvents(events.map((event, position) => ({ position, event })))

describe('the history of an order', () => {
  const { orders, quotes, requests, fills } = stream(
    submitted(10, 1),
    report('order.accepted', 20, 1),
    fill(30, 1, 100, 4, { key: key(1), leavesQty: 6 }),
    { type: 'intent.dispatched', time: 40, key: key(1), kind: 'replace' },
    report('order.replaced', 45, 1, { price: 101, qty: 12, leavesQty: 8 }),
    fill(60, 1, 101, 8, { key: key(1), leavesQty: 0 }),
  )

  it('has its times, last terms and end', () => {
    expect(orders).toHaveLength(1)
    expect(orders[0]).toMatchObject({
      ...{ position: 0, price: 101, qty: 12, filledQty: 12, fills: 2, replaces: 1 },
      ...{ acceptedAt: 25, acceptedExchTime: 20, firstFillAt: 35, firstFillExchTime: 30 },
      ...{ endedAt: 65, end: 'filled', reason: null },
    })
    expect(fills.map(({ position }) => position)).toEqual([2, 5])
  })

  it('has each price that it showed, in exchange time', () => {
    expect(quotes.map(({ order: _, ...quote }) => quote)).toEqual([
      { price: 100, qty: 10, from: 20, until: 45, filledQty: 4, end: 'replaced' },
      { price: 101, qty: 8, from: 45, until: 60, filledQty: 8, end: 'filled' },
    ])
  })

  it('has what was asked of the Venue', () => {
    expect(requests.map(({ kind, outcome, position }) => [kind, outcome, position])).toEqual([
      ['new', 'sent', 0],
      ['replace', 'sent', 3],
    ])
  })
})

describe('orders end once', () => {
  it.each([
    ['order.canceled', {}, 'canceled', null],
    ['order.rejected', { reason: 'no' }, 'rejected', 'no'],
    ['order.expired', { reason: 'would take' }, 'expired', 'would take'],
    ['order.disposed', { outcome: 'canceled', reason: 'lost' }, 'disposed', 'lost'],
  ])('by %s, and a fill after it changes no end', (type, rest, end, reason) => {
    const { orders } = stream(
      submitted(1, 1),
      report(type, 5, 1, rest),
      fill(9, 1, 100, 10, { key: key(1) }),
    )
    expect(orders[0]).toMatchObject({ end, reason, endedAt: 10, filledQty: 10 })
  })

  it('or not at all, and a report of an unknown order is none of ours', () => {
    const { orders, quotes } = stream(submitted(1, 1), report('order.accepted', 2, 7))
    expect(orders[0]).toMatchObject({ end: 'open', acceptedAt: null })
    expect(quotes).toEqual([])
  })

  it.each([{ timeInForce: 'IOC' }, { timeInForce: 'FOK' }, { orderType: 'market', price: 0 }])(
    '%j shows no price',
    (terms) => {
      const { quotes } = stream(submitted(1, 1, terms), report('order.accepted', 2, 1))
      expect(quotes).toEqual([])
    },
  )

  it('what never left, or was denied, is a request and no order', () => {
    const base = { time: 3, key: key(1), kind: 'new', reason: 'down' } as const
    const { orders, requests, funding } = stream(
      { type: 'dispatch.failed', ...base },
      { type: 'intent.rejected', ...base },
      report('account.funded', 4, 1, { amount: 3 }),
    )
    expect(orders).toEqual([])
    expect(requests.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['failed', 'down'],
      ['denied', 'down'],
    ])
    expect(funding).toHaveLength(1)
  })
})

describe('statistics of orders', () => {
  const { orders } = stream(
    submitted(0, 1),
    submitted(0, 2),
    submitted(0, 3),
    report('order.accepted', 5, 1),
    report('order.accepted', 15, 2),
    report('order.rejected', 20, 3, { reason: 'no' }),
    fill(45, 1, 100, 5, { key: key(1), leavesQty: 5 }),
  )

  it('are shares of lots and of orders, and latencies', () => {
    const found = orderStatistics(orders)
    expect(found).toMatchObject({
      orders: 3,
      ends: { filled: 0, canceled: 0, rejected: 1, expired: 0, disposed: 0, open: 2 },
      fillRatio: 5 / 30,
      filledOrderRatio: 1 / 3,
      rejectRatio: 1 / 3,
    })
    expect(found.orderToAck).toMatchObject({ count: 2, min: 10, mean: 15, max: 20 })
    expect(found.orderToFill).toMatchObject({ count: 1, median: 50 })
    expect(found.timeToFill).toMatchObject({ count: 1, median: 40 })
  })

  it('are unknown without orders', () => {
    const none = { orderToAck: null, orderToFill: null, timeToFill: null }
    const shares = { fillRatio: null, filledOrderRatio: null, rejectRatio: null }
    expect(orderStatistics([])).toMatchObject({ orders: 0, ...none, ...shares })
  })

  it('quantiles are values of the set, by nearest rank', () => {
    const ten = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    expect(distributionOf(ten)).toEqual({
      ...{ count: 10, min: 1, mean: 5.5, median: 5, p90: 9, p99: 10, max: 10 },
    })
    expect(distributionOf([7])).toMatchObject({ min: 7, median: 7, p90: 7, p99: 7, max: 7 })
    expect(distributionOf([])).toBeNull()
  })
})
