import { SELL } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { ask, bid, buy, buyTrade, cancel, replace, sell, sellTrade, venue } from './probe.ts'

/** Requests on arrival. Goal: each row of the table "Arrivals" in its README. */

const touch = [bid(1, 99, 10), ask(1, 101, 4), ask(1, 102, 3), ask(1, 103, 9)]
const withoutRecords = (reports: string[]) =>
  reports.filter((line) => !/submitted|dispatched/.test(line))

describe('an order that does not cross', () => {
  test('rests when GTC or post-only, and is accepted after both latencies', () => {
    for (const timeInForce of ['GTC', 'postOnly'] as const) {
      const probe = venue()
        .market(touch)
        .request(100, buy(1, 2, 100, { timeInForce }))
      expect(probe.run()).toEqual(['100 #1 submitted', '115 #1 accepted'])
      expect(probe.reports[1]).toMatchObject({ time: 115, exchTime: 110 })
    }
  })

  test('expires when IOC or FOK, accepted first', () => {
    for (const [timeInForce, reason] of [
      ['IOC', 'ioc'],
      ['FOK', 'fok'],
    ] as const) {
      const probe = venue()
        .market(touch)
        .request(100, buy(1, 2, 100, { timeInForce }))
      expect(withoutRecords(probe.run())).toEqual(['115 #1 accepted', `115 #1 expired ${reason}`])
    }
  })

  test('meets no other side: everything rests or expires, nothing executes', () => {
    const probe = venue()
      .market([bid(1, 99, 10)])
      .request(100, buy(1, 2, 500))
      .request(100, buy(2, 2, 500, { timeInForce: 'IOC' }))
    expect(withoutRecords(probe.run())).toEqual([
      '115 #1 accepted',
      '115 #2 accepted',
      '115 #2 expired ioc',
    ])
  })
})

describe('an order that crosses', () => {
  test('expires when post-only', () => {
    const probe = venue()
      .market(touch)
      .request(100, buy(1, 2, 101, { timeInForce: 'postOnly' }))
      .request(100, sell(2, 2, 99, { timeInForce: 'postOnly' }))
    expect(withoutRecords(probe.run())).toEqual([
      '115 #1 accepted',
      '115 #1 expired postOnlyWouldTake',
      '115 #2 accepted',
      '115 #2 expired postOnlyWouldTake',
    ])
  })

  test('walks the levels to its limit, one execution a level, and rests with the remainder', () => {
    const probe = venue()
      .market([...touch, sellTrade(200, 102, 5)])
      .request(100, buy(1, 10, 102))
    expect(withoutRecords(probe.run())).toEqual([
      '115 #1 accepted',
      '115 #1 take 4@101 4/6',
      '115 #1 take 3@102 7/3',
      '205 #1 trade 3@102 10/0',
    ])
  })

  test('with IOC takes what is there and expires with the rest', () => {
    const probe = venue()
      .market(touch)
      .request(100, buy(1, 10, 102, { timeInForce: 'IOC' }))
    expect(withoutRecords(probe.run())).toEqual([
      '115 #1 accepted',
      '115 #1 take 4@101 4/6',
      '115 #1 take 3@102 7/3',
      '115 #1 expired ioc',
    ])
  })

  test('with FOK takes all or nothing', () => {
    const all = venue()
      .market(touch)
      .request(100, buy(1, 7, 102, { timeInForce: 'FOK' }))
    expect(withoutRecords(all.run())).toEqual([
      '115 #1 accepted',
      '115 #1 take 4@101 4/3',
      '115 #1 take 3@102 7/0',
    ])
    const none = venue()
      .market(touch)
      .request(100, buy(1, 8, 102, { timeInForce: 'FOK' }))
    expect(withoutRecords(none.run())).toEqual(['115 #1 accepted', '115 #1 expired fok'])
  })

  test('without partial fills executes whole at the best price, whatever is displayed', () => {
    for (const timeInForce of ['GTC', 'IOC', 'FOK'] as const) {
      const probe = venue({ partialFills: false })
        .market(touch)
        .request(100, buy(1, 50, 102, { timeInForce }))
      expect(withoutRecords(probe.run())).toEqual(['115 #1 accepted', '115 #1 take 50@101 50/0'])
    }
  })

  test('a sell is the mirror of a buy', () => {
    const probe = venue()
      .market([ask(1, 110, 1), bid(1, 99, 4), bid(1, 98, 3)])
      .request(100, sell(1, 9, 98))
    expect(withoutRecords(probe.run())).toEqual([
      '115 #1 accepted',
      '115 #1 take 4@99 4/5',
      '115 #1 take 3@98 7/2',
    ])
  })
})

describe('a market order', () => {
  const market = { orderType: 'market', price: 0 } as const
  test('takes what there is and expires for want of liquidity', () => {
    const probe = venue()
      .market(touch)
      .request(100, buy(1, 20, 0, market))
    expect(withoutRecords(probe.run())).toEqual([
      '115 #1 accepted',
      '115 #1 take 4@101 4/16',
      '115 #1 take 3@102 7/13',
      '115 #1 take 9@103 16/4',
      '115 #1 expired noLiquidity',
    ])
  })

  test('finds an empty side and expires, with and without partial fills', () => {
    for (const partialFills of [true, false]) {
      const probe = venue({ partialFills })
        .market([bid(1, 99, 1)])
        .request(100, buy(1, 1, 0, market))
      expect(withoutRecords(probe.run())).toEqual(['115 #1 accepted', '115 #1 expired noLiquidity'])
    }
  })

  test('sells into the bids', () => {
    const probe = venue()
      .market(touch)
      .request(100, sell(1, 3, 0, market))
    expect(withoutRecords(probe.run())).toEqual(['115 #1 accepted', '115 #1 take 3@99 3/0'])
  })

  test('with FOK takes all or nothing', () => {
    const probe = venue()
      .market(touch)
      .request(100, buy(1, 17, 0, { ...market, timeInForce: 'FOK' }))
      .request(110, buy(2, 16, 0, { ...market, timeInForce: 'FOK' }))
    const lines = withoutRecords(probe.run())
    expect(lines.slice(0, 2)).toEqual(['115 #1 accepted', '115 #1 expired fok'])
    expect(lines.at(-1)).toBe('125 #2 take 9@103 16/0')
  })

  test('cannot be post-only', () => {
    const probe = venue()
      .market(touch)
      .request(100, buy(1, 1, 0, { ...market, timeInForce: 'postOnly' }))
    expect(withoutRecords(probe.run())).toEqual(['115 #1 rejected marketPostOnly'])
  })
})

describe('a cancel', () => {
  test('removes a resting order, which then executes no more', () => {
    const probe = venue()
      .market([...touch, sellTrade(300, 98, 50)])
      .request(100, buy(1, 2, 99))
      .request(200, cancel(1))
    expect(withoutRecords(probe.run())).toEqual(['115 #1 accepted', '215 #1 canceled'])
    expect(probe.reports[2]).toEqual({
      type: 'intent.dispatched',
      time: 200,
      key: 1,
      kind: 'cancel',
    })
  })

  test('of an unknown, executed or canceled order is rejected', () => {
    const probe = venue()
      .market(touch)
      .request(100, buy(1, 1, 101))
      .request(100, cancel(1))
      .request(100, cancel(7))
    expect(withoutRecords(probe.run())).toEqual([
      '115 #1 accepted',
      '115 #1 take 1@101 1/0',
      '115 #1 cancelRejected unknownOrder',
      '115 #7 cancelRejected unknownOrder',
    ])
  })
})

describe('a replace', () => {
  const filledThree = () =>
    venue()
      .market([bid(1, 99, 10), ask(1, 101, 4), sellTrade(150, 99, 13), sellTrade(300, 99, 2)])
      .request(100, buy(1, 8, 99))

  test('down keeps the queue position; the quantity is the new total', () => {
    const probe = filledThree().request(200, replace(1, 5, 99))
    expect(withoutRecords(probe.run())).toEqual([
      '115 #1 accepted',
      '155 #1 trade 3@99 3/5',
      '215 #1 replaced 5@99 leaves 2',
      '305 #1 trade 2@99 5/0',
    ])
  })

  test('up loses the queue position', () => {
    const probe = filledThree().request(200, replace(1, 9, 99))
    expect(withoutRecords(probe.run())).toEqual([
      '115 #1 accepted',
      '155 #1 trade 3@99 3/5',
      '215 #1 replaced 9@99 leaves 6',
    ])
  })

  test('to the executed quantity cancels the rest, below it is rejected', () => {
    const equal = filledThree().request(200, replace(1, 3, 99))
    expect(withoutRecords(equal.run())).toEqual([
      '115 #1 accepted',
      '155 #1 trade 3@99 3/5',
      '215 #1 canceled',
    ])
    const below = filledThree().request(200, replace(1, 2, 99))
    expect(withoutRecords(below.run())).toEqual([
      '115 #1 accepted',
      '155 #1 trade 3@99 3/5',
      '215 #1 replaceRejected belowFilled',
      '305 #1 trade 2@99 5/3',
    ])
  })

  test('to a crossing price takes', () => {
    const probe = venue()
      .market(touch)
      .request(100, buy(1, 5, 99))
      .request(200, replace(1, 5, 101))
    expect(withoutRecords(probe.run())).toEqual([
      '115 #1 accepted',
      '215 #1 replaced 5@101 leaves 5',
      '215 #1 take 4@101 4/1',
    ])
  })

  test('of a post-only order to a crossing price expires it', () => {
    const probe = venue()
      .market(touch)
      .request(100, buy(1, 5, 99, { timeInForce: 'postOnly' }))
      .request(200, replace(1, 5, 101))
    expect(withoutRecords(probe.run())).toEqual([
      '115 #1 accepted',
      '215 #1 replaced 5@101 leaves 5',
      '215 #1 expired postOnlyWouldTake',
    ])
  })

  test('of an unknown order, or to terms that are none, is rejected', () => {
    const probe = venue()
      .market(touch)
      .request(100, buy(1, 5, 99))
      .request(200, replace(7, 5, 99))
      .request(200, replace(1, 0, 99))
      .request(200, replace(1, 5, 99.5))
    expect(withoutRecords(probe.run())).toEqual([
      '115 #1 accepted',
      '215 #7 replaceRejected unknownOrder',
      '215 #1 replaceRejected badQuantity',
      '215 #1 replaceRejected badPrice',
    ])
  })
})

describe('what own takes used up', () => {
  test('is not there for the next take until the level changes', () => {
    const ioc = { timeInForce: 'IOC' } as const
    const probe = venue()
      .market([...touch, ask(150, 101, 4), ask(250, 101, 2)])
      .request(100, buy(1, 3, 101, ioc))
      .request(110, buy(2, 3, 101, ioc))
      .request(200, buy(3, 3, 101, ioc))
      .request(300, buy(4, 3, 101, ioc))
    expect(withoutRecords(probe.run()).filter((line) => !line.includes('accepted'))).toEqual([
      '115 #1 take 3@101 3/0',
      '125 #2 take 1@101 1/2',
      '125 #2 expired ioc',
      '215 #3 expired ioc', // the row at 150 repeated the size: nothing new was displayed
      '315 #4 take 2@101 2/1', // the row at 250 changed it
      '315 #4 expired ioc',
    ])
  })

  test('does not block a post-only order at that price; new size there executes it', () => {
    const probe = venue()
      .market([...touch, ask(200, 101, 6)])
      .request(100, buy(1, 4, 101, { timeInForce: 'IOC' }))
      .request(110, buy(2, 2, 101, { timeInForce: 'postOnly' }))
    expect(withoutRecords(probe.run())).toEqual([
      '115 #1 accepted',
      '115 #1 take 4@101 4/0',
      '125 #2 accepted',
      '205 #2 cross 2@101 2/0',
    ])
  })

  test('executes nothing at that price when the level goes away', () => {
    const probe = venue()
      .market([...touch, ask(200, 101, 0)])
      .request(100, buy(1, 6, 101))
    expect(withoutRecords(probe.run())).toEqual(['115 #1 accepted', '115 #1 take 4@101 4/2'])
  })

  test('lets quotes behind it meet the order that rests there', () => {
    // 101 is used up and still the best ask; a seller at 102 finds our bid of 102 all the same.
    const probe = venue()
      .market([ask(1, 101, 4), ask(200, 103, 3), ask(210, 102, 3)])
      .request(100, buy(1, 6, 102))
    expect(withoutRecords(probe.run())).toEqual([
      '115 #1 accepted',
      '115 #1 take 4@101 4/2',
      '215 #1 cross 2@102 6/0',
    ])
  })

  test('is what a whole fill found, if it was less than a lot too', () => {
    const market = { orderType: 'market', price: 0 } as const
    const probe = venue({ partialFills: false, lotUnits: 10 })
      .market([ask(1, 101, 4), ask(1, 102, 40)])
      .request(100, buy(1, 1, 0, market))
      .request(110, buy(2, 1, 0, market))
    expect(withoutRecords(probe.run()).filter((line) => line.includes('take'))).toEqual([
      '115 #1 take 1@101 1/0',
      '125 #2 take 1@102 1/0',
    ])
  })

  test('is whole again once the level left and came back', () => {
    const probe = venue()
      .market([...touch, ask(150, 101, 0), ask(160, 101, 4)])
      .request(100, buy(1, 4, 101, { timeInForce: 'IOC' }))
      .request(200, buy(2, 4, 101, { timeInForce: 'FOK' }))
    expect(withoutRecords(probe.run())).toContain('215 #2 take 4@101 4/0')
  })
})

describe('a level of less than a lot', () => {
  const rows = [ask(1, 101, 4), ask(1, 102, 30)]
  test('is crossed, but nothing can be taken from it', () => {
    const probe = venue({ lotUnits: 10 })
      .market(rows)
      .request(100, buy(1, 1, 101, { timeInForce: 'postOnly' }))
      .request(100, buy(2, 1, 101, { timeInForce: 'IOC' }))
      .request(100, buy(3, 5, 102, { timeInForce: 'IOC' }))
    expect(withoutRecords(probe.run()).filter((line) => !line.includes('accepted'))).toEqual([
      '115 #1 expired postOnlyWouldTake',
      '115 #2 expired ioc',
      '115 #3 take 3@102 3/2',
      '115 #3 expired ioc',
    ])
  })

  test('meets what rests at its price when it changes', () => {
    const probe = venue({ lotUnits: 10 })
      .market([...rows, ask(200, 101, 4), ask(210, 101, 50)])
      .request(100, buy(1, 1, 101))
    expect(withoutRecords(probe.run())).toEqual(['115 #1 accepted', '215 #1 cross 1@101 1/0'])
  })
})

describe('wrong requests', () => {
  test('are rejected with a reason', () => {
    const probe = venue()
      .market(touch)
      .request(100, buy(1, 0, 99))
      .request(100, buy(2, 1.5, 99))
      .request(100, buy(3, 1, Number.NaN))
      .request(100, buy(4, 1, 0x7fffffff))
      .request(100, buy(5, 1, 99))
      .request(100, sell(5, 1, 120))
    expect(withoutRecords(probe.run())).toEqual([
      '115 #1 rejected badQuantity',
      '115 #2 rejected badQuantity',
      '115 #3 rejected badPrice',
      '115 #4 rejected badPrice',
      '115 #5 accepted',
      '115 #5 rejected duplicateOrder',
    ])
  })

  test('for an instrument that the venue does not have are our own mistake', () => {
    expect(() =>
      venue()
        .request(100, { ...buy(1, 1, 99), instrument: 3 })
        .run(),
    ).toThrow(/instrument 3/)
  })
})

test('the dispatch record carries all terms of a new order', () => {
  const probe = venue().request(100, sell(4, 2, 120, { timeInForce: 'IOC' }))
  probe.run()
  expect(probe.reports[0]).toEqual({
    type: 'order.submitted',
    time: 100,
    key: 4,
    instrument: 0,
    side: SELL,
    orderType: 'limit',
    timeInForce: 'IOC',
    price: 120,
    qty: 2,
  })
})

test('executions are numbered through all instruments, in the order they happened', () => {
  const probe = venue({ instruments: 2 })
    .market([ask(1, 101, 4), buyTrade(2, 101, 1)], 0)
    .market([ask(1, 201, 4), ask(1, 202, 4)], 1)
    .request(100, { ...buy(1, 6, 202), instrument: 1 })
    .request(101, buy(2, 1, 101))
  probe.run()
  const ids = probe.reports.flatMap((report) =>
    report.type === 'order.filled' ? [[report.execId, report.instrument]] : [],
  )
  expect(ids).toEqual([
    [1, 1],
    [2, 1],
    [3, 0],
  ])
})
