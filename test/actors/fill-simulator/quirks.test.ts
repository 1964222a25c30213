import { describe, expect, test } from 'vitest'
import { noQuirks, type Quirks, quirkPreset } from '../../../actors/fill-simulator/quirks.ts'
import {
  addAsk,
  addBid,
  ask,
  bid,
  buy,
  buyTrade,
  cancel,
  clearBids,
  fillOrder,
  type Options,
  replace,
  sell,
  sellTrade,
  type VenueProbe,
  venue,
} from './probe.ts'

/**
 * Quirks of hftbacktest. Goal: on the smallest feed that tells them apart, each switch alone gives
 * its column of the quirk table in the README of the fill simulator, and without it ours.
 */

const touch = [bid(1, 99, 10), ask(1, 101, 4), ask(1, 102, 3)]

function both(
  quirk: keyof Quirks,
  scenario: (options: Options) => VenueProbe,
  options: Options = {},
): { on: string[]; off: string[] } {
  const run = (on: boolean) =>
    scenario({ ...options, quirks: { [quirk]: on } })
      .run()
      .filter((line) => !/submitted|dispatched|accepted/.test(line))
  return { on: run(true), off: run(false) }
}

test('1: an exact fill leaves a dead order, and touching it aborts', () => {
  const scenario = (options: Options) =>
    venue(options)
      .market([...touch, sellTrade(200, 99, 13), sellTrade(210, 99, 1)])
      .request(100, buy(1, 3, 99))
  expect(() => both('exactFillLeavesDeadOrder', scenario)).toThrow(/InvalidOrderStatus/)
  expect(scenario({}).run().at(-1)).toBe('205 #1 trade 3@99 3/0')
})

test('1: a fill beyond the exact size, a quote that crosses, and a whole fill are not affected', () => {
  const scenario = (rows: Parameters<VenueProbe['market']>[0], options: Options) =>
    venue(options)
      .market([...touch, ...rows])
      .request(100, buy(1, 3, 99))
  for (const rows of [
    [sellTrade(200, 99, 14), sellTrade(210, 99, 50)],
    [ask(200, 99, 3), sellTrade(210, 99, 50)],
  ]) {
    const { on, off } = both('exactFillLeavesDeadOrder', (options) => scenario(rows, options))
    expect(on).toEqual(off)
  }
})

test('6: a requeued replace keeps the old remainder', () => {
  const { on, off } = both('requeuedReplaceKeepsLeaves', (options) =>
    venue(options)
      .market(touch)
      .request(100, buy(1, 2, 99))
      .request(200, replace(1, 9, 98)),
  )
  expect(on).toEqual(['215 #1 replaced 2@98 leaves 2'])
  expect(off).toEqual(['215 #1 replaced 9@98 leaves 9'])
})

test('7: an in-place replace sets what remains, whatever was executed', () => {
  const { on, off } = both('inPlaceReplaceSetsLeaves', (options) =>
    venue(options)
      .market([...touch, sellTrade(150, 99, 13)])
      .request(100, buy(1, 8, 99))
      .request(200, replace(1, 4, 99)),
  )
  expect(on.at(-1)).toBe('215 #1 replaced 7@99 leaves 4')
  expect(off.at(-1)).toBe('215 #1 replaced 4@99 leaves 1')
})

test('9: every own order gets the whole trade', () => {
  const { on, off } = both('eachOrderGetsWholeTrade', (options) => {
    const probe = venue(options).market([...touch, sellTrade(200, 99, 11), sellTrade(300, 98, 1)])
    for (let key = 1; key <= 5; key++) probe.request(100, buy(key, 1, 99))
    return probe
  })
  expect(on).toEqual([1, 2, 3, 4, 5].map((key) => `205 #${key} trade 1@99 1/0`))
  expect(off).toEqual(['205 #1 trade 1@99 1/0', '305 #2 trade 1@99 1/0'])
})

test('9: a trade through the price executes everything', () => {
  const { on, off } = both('eachOrderGetsWholeTrade', (options) =>
    venue(options)
      .market([...touch, sellTrade(200, 98, 1)])
      .request(100, buy(1, 5, 99)),
  )
  expect(on).toEqual(['205 #1 trade 5@99 5/0'])
  expect(off).toEqual(['205 #1 trade 1@99 1/4'])
})

test('10: the remainder of a taking GTC order executes at its limit', () => {
  const { on, off } = both('remainderExecutesAtLimit', (options) =>
    venue(options)
      .market(touch)
      .request(100, buy(1, 10, 102)),
  )
  // The buy leaves the limit level out: its remainder covers it.
  expect(on).toEqual(['115 #1 take 4@101 4/6', '115 #1 take 6@102 10/0'])
  expect(off).toEqual(['115 #1 take 4@101 4/6', '115 #1 take 3@102 7/3'])
})

test('10: the mirrored sell includes the limit level, so it has one execution more', () => {
  const { on } = both('remainderExecutesAtLimit', (options) =>
    venue(options)
      .market([bid(1, 99, 4), bid(1, 98, 3)])
      .request(100, sell(1, 10, 98)),
  )
  expect(on).toEqual(['115 #1 take 4@99 4/6', '115 #1 take 3@98 7/3', '115 #1 take 3@98 10/0'])
})

test('11: without partial fills a market order executes at no price on an empty side', () => {
  const { on, off } = both(
    'marketFillsOnEmptySide',
    (options) =>
      venue(options)
        .market([bid(1, 99, 4)])
        .request(100, buy(1, 2, 0, { orderType: 'market' })),
    { partialFills: false },
  )
  expect(on).toEqual(['115 #1 take 2@2147483647 2/0'])
  expect(off).toEqual(['115 #1 expired noLiquidity'])
})

test('12: a CLEAR overlooks the level next to its bound', () => {
  const { on, off } = both('clearSkipsOneLevel', (options) =>
    venue(options)
      .market([bid(1, 99, 10), bid(1, 98, 5), bid(1, 97, 5), clearBids(2, 99)])
      .request(100, sell(1, 1, 0, { orderType: 'market' })),
  )
  expect(on).toEqual(['115 #1 take 1@97 1/0'])
  expect(off).toEqual(['115 #1 take 1@98 1/0'])
})

test('19: a CLEAR leaves queue estimates alone', () => {
  const { on, off } = both('clearKeepsQueue', (options) =>
    venue(options)
      .market([
        ...touch,
        bid(150, 99, 2),
        clearBids(160, 99),
        bid(161, 99, 6),
        sellTrade(200, 99, 7),
      ])
      .request(100, buy(1, 9, 99)),
  )
  expect(on).toEqual(['205 #1 trade 5@99 5/4'])
  expect(off).toEqual(['205 #1 trade 1@99 1/8'])
})

test('20: a FILL executes what it touches completely and leaves what is displayed', () => {
  const scenario = (options: Options) =>
    venue({ ...options, queue: { model: 'l3Fifo' } })
      .market([
        addBid(1, 1, 99, 2),
        addAsk(1, 2, 101, 9),
        addBid(150, 3, 99, 6),
        fillOrder(200, 3, 1),
      ])
      .request(100, buy(1, 4, 99))
      .request(210, sell(2, 9, 99, { timeInForce: 'IOC' }))
  const { on, off } = both('l3IgnoresSizes', scenario)
  expect(on).toEqual(['205 #1 trade 4@99 4/0', '225 #2 take 8@99 8/1', '225 #2 expired ioc'])
  expect(off).toEqual(['205 #1 trade 1@99 1/3', '225 #2 take 7@99 7/2', '225 #2 expired ioc'])
})

test('levels that a quote crossed stay stored', () => {
  const { on, off } = both('crossedLevelsStay', (options) =>
    venue(options)
      .market([
        ask(1, 100, 4),
        ask(1, 101, 4),
        bid(2, 100, 1),
        bid(3, 100, 0),
        ask(4, 99, 1),
        ask(5, 99, 0),
      ])
      .request(100, buy(1, 1, 0, { orderType: 'market' })),
  )
  // The bid made 101 the best ask; the level at 100 was found again once 99 came and went.
  expect(on).toEqual(['115 #1 take 1@100 1/0'])
  expect(off).toEqual(['115 #1 take 1@101 1/0'])
})

test('takes do not diminish the displayed size', () => {
  const { on, off } = both('takesConsumeNothing', (options) =>
    venue(options)
      .market(touch)
      .request(100, buy(1, 4, 101, { timeInForce: 'IOC' }))
      .request(101, buy(2, 4, 101, { timeInForce: 'IOC' })),
  )
  expect(on.at(-1)).toBe('116 #2 take 4@101 4/0')
  expect(off.at(-1)).toBe('116 #2 expired ioc')
})

test('a market order looks 100 ticks far', () => {
  const { on, off } = both('marketStopsAfter100Ticks', (options) =>
    venue(options)
      .market([ask(1, 100, 1), ask(1, 200, 1), ask(1, 201, 1)])
      .request(100, buy(1, 3, 0, { orderType: 'market' })),
  )
  expect(on.slice(1)).toEqual(['115 #1 take 1@200 2/1', '115 #1 expired noLiquidity'])
  expect(off.slice(1)).toEqual(['115 #1 take 1@200 2/1', '115 #1 take 1@201 3/0'])
})

describe('presets', () => {
  test('hftbacktest turns all on, partialfixed all but the exact fill, none nothing', () => {
    expect(Object.values(quirkPreset('hftbacktest')).every(Boolean)).toBe(true)
    const off = Object.entries(quirkPreset('partialfixed')).filter(([, on]) => !on)
    expect(off.map(([name]) => name)).toEqual(['exactFillLeavesDeadOrder'])
    expect(quirkPreset('none')).toBe(noQuirks)
    expect(Object.values(noQuirks).some(Boolean)).toBe(false)
  })

  test('hftbacktest: a replace to the price and size it has keeps everything', () => {
    const quirks = quirkPreset('hftbacktest')
    const probe = venue({ quirks, partialFills: false })
      .market([...touch, sellTrade(150, 99, 8), sellTrade(300, 99, 3)])
      .request(100, buy(1, 5, 99, { timeInForce: 'postOnly' }))
      .request(200, replace(1, 5, 99))
      .request(400, cancel(1))
    expect(probe.run().filter((line) => !/submitted|dispatched/.test(line))).toEqual([
      '115 #1 accepted',
      '215 #1 replaced 5@99 leaves 5',
      '305 #1 trade 5@99 5/0',
      '415 #1 cancelRejected unknownOrder',
    ])
  })

  test('hftbacktest: a buy trade executes every own sell up to its price', () => {
    const quirks = quirkPreset('hftbacktest')
    const probe = venue({ quirks, partialFills: false })
      .market([...touch, buyTrade(200, 101, 5)])
      .request(100, sell(1, 5, 100))
      .request(100, sell(2, 5, 101))
      .request(100, sell(3, 5, 102))
    expect(probe.run().filter((line) => line.includes('trade'))).toEqual([
      '205 #1 trade 5@100 5/0',
      '205 #2 trade 5@101 5/0',
    ])
  })
})
