import { describe, expect, test } from 'vitest'
import {
  ask,
  bid,
  buy,
  buyTrade,
  clearAsks,
  clearBids,
  sell,
  sellTrade,
  type VenueProbe,
  venue,
} from './probe.ts'

/** Resting orders. Goal: each rule under "Resting orders" in its README, on a feed of a few rows. */

const touch = [bid(1, 99, 10), ask(1, 101, 10)]
const outcome = (probe: VenueProbe) =>
  probe.run().filter((line) => !/submitted|dispatched|accepted/.test(line))

describe('a trade at the order price', () => {
  test('executes what went past the displayed queue, in one execution a trade', () => {
    const probe = venue()
      .market([...touch, sellTrade(200, 99, 8), sellTrade(210, 99, 5), sellTrade(220, 99, 9)])
      .request(100, buy(1, 6, 99))
    expect(outcome(probe)).toEqual(['215 #1 trade 3@99 3/3', '225 #1 trade 3@99 6/0'])
  })

  test('of the same side as the order does nothing', () => {
    const probe = venue()
      .market([...touch, buyTrade(200, 99, 80), sellTrade(210, 101, 80)])
      .request(100, buy(1, 6, 99))
      .request(100, sell(2, 6, 101))
    expect(outcome(probe)).toEqual([])
  })

  test('without a side does nothing', () => {
    const trade = { ...sellTrade(200, 90, 80), side: 0 }
    expect(
      outcome(
        venue()
          .market([...touch, trade])
          .request(100, buy(1, 6, 99)),
      ),
    ).toEqual([])
  })

  test('reports cause, row, and the queue before and after', () => {
    const probe = venue()
      .market([...touch, sellTrade(200, 99, 8), sellTrade(210, 99, 5)])
      .request(100, buy(1, 6, 99))
    probe.run()
    expect(probe.reports.at(-1)).toEqual({
      type: 'order.filled',
      time: 215,
      exchTime: 210,
      key: 1,
      instrument: 0,
      side: 1,
      execId: 1,
      lastPrice: 99,
      lastQty: 3,
      cumQty: 3,
      leavesQty: 3,
      liquidity: 'maker',
      fee: -148, // -0.0001 x 3 x 49.5, in units of 0.0001, is -148.5: half to even
      cause: 'trade',
      causeRow: 1003,
      queueBefore: 2,
      queueAfter: 0,
    })
  })

  test('is shared: what one own order got, the next does not get again', () => {
    const probe = venue()
      .market([...touch, sellTrade(200, 99, 14), sellTrade(210, 99, 3)])
      .request(100, buy(1, 3, 99))
      .request(101, buy(2, 3, 99))
      .request(102, buy(3, 3, 99))
    expect(outcome(probe)).toEqual([
      '205 #1 trade 3@99 3/0',
      '205 #2 trade 1@99 1/2',
      '215 #2 trade 2@99 3/0',
      '215 #3 trade 1@99 1/2',
    ])
  })

  test('executes the whole order without partial fills, but not the next one', () => {
    const probe = venue({ partialFills: false })
      .market([...touch, sellTrade(200, 99, 11)])
      .request(100, buy(1, 5, 99))
      .request(101, buy(2, 5, 99))
    expect(outcome(probe)).toEqual(['205 #1 trade 5@99 5/0'])
  })
})

describe('a trade through the order price', () => {
  test('executes at the order price, better orders first, as far as its size goes', () => {
    const probe = venue()
      .market([...touch, buyTrade(200, 102, 8)])
      .request(100, sell(1, 5, 101))
      .request(101, sell(2, 5, 100))
      .request(102, sell(3, 5, 102))
    expect(outcome(probe)).toEqual([
      '205 #2 trade 5@100 5/0',
      '205 #1 trade 3@101 3/2',
      // 8 traded at 102, of which own orders ahead got all.
    ])
  })

  test('leaves nothing ahead of what remains', () => {
    const probe = venue()
      .market([...touch, buyTrade(200, 102, 2), buyTrade(210, 101, 1)])
      .request(100, sell(1, 5, 101))
    expect(outcome(probe)).toEqual(['205 #1 trade 2@101 2/3', '215 #1 trade 1@101 3/2'])
  })

  test('executes everything without partial fills', () => {
    const probe = venue({ partialFills: false })
      .market([...touch, buyTrade(200, 102, 2)])
      .request(100, sell(1, 5, 101))
    expect(outcome(probe)).toEqual(['205 #1 trade 5@101 5/0'])
  })
})

describe('a quote that crosses', () => {
  test('executes completely, at the order price, every order it reaches or passes', () => {
    const probe = venue()
      .market([...touch, ask(200, 98, 1)])
      .request(100, buy(1, 5, 99))
      .request(101, buy(2, 5, 98))
      .request(102, buy(3, 5, 97))
    expect(outcome(probe)).toEqual(['205 #1 cross 5@99 5/0', '205 #2 cross 5@98 5/0'])
  })

  test('counts when the side was empty before', () => {
    const probe = venue()
      .market([bid(1, 99, 10), ask(200, 99, 1)])
      .request(100, buy(1, 5, 99))
    expect(outcome(probe)).toEqual(['205 #1 cross 5@99 5/0'])
  })

  test('a worse best, a removal and a quote behind the best execute nothing', () => {
    const probe = venue()
      .market([...touch, ask(200, 101, 0), ask(210, 103, 5), ask(220, 104, 5), bid(230, 99, 0)])
      .request(100, buy(1, 5, 100))
    expect(outcome(probe)).toEqual([])
  })
})

describe('ties at the venue', () => {
  const postOnly = { timeInForce: 'postOnly' } as const
  test('a request is judged after all rows of its instant', () => {
    const probe = venue()
      .market([...touch, ask(110, 100, 1)])
      .request(100, buy(1, 1, 100, postOnly))
    expect(outcome(probe)).toEqual(['115 #1 expired postOnlyWouldTake'])
  })

  test('a nanosecond earlier it rests and that row executes it', () => {
    const probe = venue()
      .market([...touch, ask(110, 100, 1)])
      .request(99, buy(1, 1, 100, postOnly))
    expect(outcome(probe)).toEqual(['115 #1 cross 1@100 1/0'])
  })

  test('rows of one instant are separate: an order can execute twice in it', () => {
    const probe = venue()
      .market([...touch, sellTrade(200, 99, 12), sellTrade(200, 99, 1)])
      .request(100, buy(1, 5, 99))
    expect(outcome(probe)).toEqual(['205 #1 trade 2@99 2/3', '205 #1 trade 1@99 3/2'])
  })

  test('with no latency at all a report of a row is out before the next row of its instant', () => {
    const probe = venue({ entryNs: 0, responseNs: 0 })
      .market([...touch, sellTrade(200, 99, 12), sellTrade(200, 99, 1)])
      .request(100, buy(1, 5, 99))
    expect(probe.run()).toEqual([
      '100 #1 submitted',
      '100 #1 accepted',
      '200 #1 trade 2@99 2/3',
      '200 #1 trade 1@99 3/2',
    ])
  })
})

describe('the queue estimate', () => {
  test('starts at the displayed quantity of the own side on arrival', () => {
    const probe = venue()
      .market([...touch, bid(105, 99, 4), sellTrade(200, 99, 5)])
      .request(100, buy(1, 5, 99))
    expect(outcome(probe)).toEqual(['205 #1 trade 1@99 1/4'])
  })

  test('is not tested on depth rows: a front at 0 waits for the next trade', () => {
    const probe = venue()
      .market([...touch, bid(150, 99, 0), bid(160, 99, 7), sellTrade(200, 99, 2)])
      .request(100, buy(1, 5, 99))
    expect(outcome(probe)).toEqual(['205 #1 trade 2@99 2/3'])
  })

  test('after a CLEAR of its level stands at the back of what is displayed there next', () => {
    const rows = [bid(150, 99, 2), clearBids(160, 99), bid(161, 99, 6), sellTrade(200, 99, 7)]
    const probe = venue()
      .market([...touch, ...rows])
      .request(100, buy(1, 5, 99))
    expect(outcome(probe)).toEqual(['205 #1 trade 1@99 1/4'])
  })

  test('is kept by a CLEAR that does not reach it, and by one of the other side', () => {
    const rows = [bid(150, 98, 2), clearBids(160, 99), clearAsks(160, 101), bid(161, 98, 6)]
    const probe = venue()
      .market([...touch, bid(2, 98, 3), ...rows, sellTrade(200, 98, 3)])
      .request(100, buy(1, 5, 98))
    expect(outcome(probe)).toEqual(['205 #1 trade 1@98 1/4'])
  })
})

test('orders of several instruments do not see each other', () => {
  const probe = venue({ instruments: 2 })
    .market([...touch, sellTrade(200, 99, 20)], 0)
    .market([...touch, sellTrade(300, 99, 20)], 1)
    .request(100, buy(1, 5, 99))
    .request(100, { ...buy(2, 5, 99), instrument: 1 })
  expect(outcome(probe)).toEqual(['205 #1 trade 5@99 5/0', '305 #2 trade 5@99 5/0'])
})
