import {
  BUY,
  type Dispatch,
  type Instrument,
  NO_ASK,
  NO_BID,
  parseDecimal,
  SELL,
} from '@escapement/core'
import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { limitChecks } from '../../../actors/fill-simulator/rules/order-limits.ts'
import { RequestLimits } from '../../../actors/fill-simulator/rules/request-limits.ts'
import type {
  OrderLimits,
  SelfTradePolicy,
  VenueMarket,
  VenueRules,
} from '../../../actors/fill-simulator/rules/venue-rules.ts'
import { venueIdentity } from '../../../actors/fill-simulator/venue-config.ts'
import type { VenueReport } from '../../../actors/ports.ts'
import { inverse, linear } from '../../kit/configuration.ts'
import {
  absolute,
  isAbove,
  minus,
  ofDecimal,
  ofInteger,
  over,
  ratio,
  times,
} from '../../kit/naive-core/rational.ts'
import {
  ask,
  bid,
  buy,
  buyTrade,
  cancel,
  dispatch,
  type Options,
  type Row,
  replace,
  sell,
  VenueProbe,
  venueConfig,
} from './probe.ts'
import { world } from './worlds.ts'

/** Rules of an exchange. Goal: each refuses exactly what it says, with its reason, and no more. */

/** A venue with these rules; its book is 10 x 5 against 12 x 3 and 13 x 9 unless rows say otherwise. */
function ruled(rules: VenueRules, options: Options = {}, rows: readonly Row[] = standing) {
  const config = venueConfig({ entryNs: 0, responseNs: 0, ...options })
  const instruments = config.instruments.map((one) => ({ ...one, rules }))
  return new VenueProbe({ ...config, instruments }).market(rows)
}
const standing = [bid(1, 10, 5), ask(1, 12, 3), ask(1, 13, 9)]
const postOnly = { timeInForce: 'postOnly' } as const
/** Without the records of what was sent. */
const said = (probe: VenueProbe): string[] =>
  probe.run().filter((line) => !/ (submitted|dispatched)$/.test(line))

const order = fc.record({
  side: fc.constantFrom(BUY, SELL),
  orderType: fc.constantFrom('limit' as const, 'limit' as const, 'market' as const),
  price: fc.integer({ min: 1, max: 400 }),
  qty: fc.integer({ min: 1, max: 60 }),
})
const market = fc.record<VenueMarket>({
  bestBid: fc.oneof(fc.constant(NO_BID), fc.integer({ min: 1, max: 200 })),
  bestAsk: fc.oneof(fc.constant(NO_ASK), fc.integer({ min: 201, max: 400 })),
  lastTrade: fc.option(fc.integer({ min: 1, max: 400 })),
})
const instruments = fc.constantFrom<Instrument>(linear, inverse)

/** The reasons of a limit for terms in a market. */
function reasons(limits: OrderLimits, terms: Partial<Dispatch>, seen: VenueMarket, of = linear) {
  return limitChecks(of, limits).map((check) => check(dispatch(terms), seen, 5))
}

describe('a limit of orders refuses exactly', () => {
  test.prop([order, market, fc.integer({ min: 1, max: 7 })])(
    'prices and quantities that are no multiples',
    (terms, seen, m) => {
      const wrongPrice = terms.orderType === 'limit' && terms.price % m !== 0
      expect(reasons({ tickMultiple: m, lotMultiple: m }, terms, seen)).toEqual([
        wrongPrice ? 'tickMultiple' : null,
        terms.qty % m !== 0 ? 'lotMultiple' : null,
      ])
    },
  )

  test.prop([order, market, fc.integer({ min: 10, max: 600 })])(
    'quantities below and above, in tenths of a lot',
    (terms, seen, tenths) => {
      // A lot is 0.001, so a tenth of it is 0.0001.
      const bound = parseDecimal(`0.${String(tenths).padStart(4, '0')}`)
      expect(reasons({ minQty: bound, maxQty: bound }, terms, seen)).toEqual([
        terms.qty * 10 < tenths ? 'minQuantity' : null,
        terms.qty * 10 > tenths ? 'maxQuantity' : null,
      ])
    },
  )

  test.prop([order, market, instruments, fc.integer({ min: 1, max: 9_999 }), fc.nat(4)])(
    'values below, of a market order at what it would take',
    (terms, seen, of, digits, scale) => {
      const least = { digits: BigInt(digits), scale }
      const taken = terms.side === BUY ? seen.bestAsk : seen.bestBid
      const price = terms.orderType === 'limit' ? terms.price : taken
      const isPriced = price !== NO_ASK && price !== NO_BID
      const size = times(
        times(ofInteger(terms.qty), ofDecimal(of.lotSize)),
        ofDecimal(of.contractSize),
      )
      const ticks = times(ofInteger(price), ofDecimal(of.tickSize))
      const value = of.kind === 'inverse' ? over(size, ticks) : times(size, ticks)
      const isSmall = isPriced && isAbove(ratio(least.digits, 10n ** BigInt(scale)), value)
      expect(reasons({ minNotional: least }, terms, seen, of)).toEqual([
        isSmall ? 'minNotional' : null,
      ])
    },
  )

  test.prop([order, market, fc.constantFrom('mid' as const, 'lastTrade' as const), fc.nat(300)])(
    'limit prices outside of a band, its edge being inside',
    (terms, seen, around, width) => {
      const { bestBid, bestAsk, lastTrade } = seen
      const mid = bestBid === NO_BID || bestAsk === NO_ASK ? null : (bestBid + bestAsk) / 2
      const reference = around === 'mid' ? mid : lastTrade
      const isBound = terms.orderType === 'limit' && reference !== null
      const distance = Math.abs(terms.price - (reference ?? 0))
      expect(reasons({ priceBand: { around, ticks: width } }, terms, seen)).toEqual([
        isBound && distance > width ? 'priceBand' : null,
      ])
      const percent = parseDecimal(`${(width / 10).toFixed(1)}`)
      const doubled = ofInteger(Math.round(2 * (reference ?? 0)))
      const far = isAbove(
        absolute(minus(ofInteger(2 * terms.price), doubled)),
        times(doubled, over(ofDecimal(percent), ofInteger(100))),
      )
      expect(reasons({ priceBand: { around, percent } }, terms, seen)).toEqual([
        isBound && far ? 'priceBand' : null,
      ])
    },
  )

  test.each<[string, OrderLimits]>([
    ['tickMultiple', { tickMultiple: 0 }],
    ['lotMultiple', { lotMultiple: 1.5 }],
    ['maxQty', { maxQty: parseDecimal('0.0009') }],
    ['priceBand.ticks', { priceBand: { around: 'mid', ticks: -1 } }],
    ['priceBand.percent', { priceBand: { around: 'mid', percent: parseDecimal('-0.1') } }],
  ])('a wrong %s is refused', (field, limits) => {
    expect(() => limitChecks(linear, limits)).toThrow(
      expect.objectContaining({
        facts: expect.objectContaining({ field: `venue.rules.${field}` }),
      }),
    )
  })
})

describe('a venue with limits', () => {
  test('refuses NEW and REPLACE with the reason of the first rule, and keeps the order', () => {
    const probe = ruled({ limits: { tickMultiple: 2, lotMultiple: 2 } })
    probe
      .request(10, buy(1, 3, 9))
      .request(11, buy(2, 3, 8))
      .request(12, buy(3, 2, 8))
    probe
      .request(13, replace(3, 2, 7))
      .request(14, replace(3, 4, 6))
      .request(15, cancel(3))
    expect(said(probe)).toEqual([
      '10 #1 rejected tickMultiple',
      '11 #2 rejected lotMultiple',
      '12 #3 accepted',
      '13 #3 replaceRejected tickMultiple',
      '14 #3 replaced 4@6 leaves 4',
      '15 #3 canceled',
    ])
  })

  test('knows the last trade of the rows it has taken in', () => {
    const rows = [...standing, buyTrade(100, 12, 1), buyTrade(200, 13, 1), bid(300, 9, 1)]
    const band = { around: 'lastTrade', ticks: 3 } as const
    const probe = ruled({ limits: { priceBand: band } }, {}, rows)
    probe
      .request(50, buy(1, 1, 2))
      .request(100, buy(2, 1, 8))
      .request(199, buy(3, 1, 9))
    probe.request(200, buy(4, 1, 9)).request(350, buy(5, 1, 10))
    expect(said(probe)).toEqual([
      '50 #1 accepted',
      '100 #2 rejected priceBand',
      '199 #3 accepted',
      '200 #4 rejected priceBand',
      '350 #5 accepted',
    ])
  })

  test('asks rules of a user last, and what every venue refuses first', () => {
    const noSells = {
      identity: 'noSells',
      create: () => (terms: { readonly side: number }) => (terms.side === SELL ? 'noSells' : null),
    }
    const probe = ruled({ limits: { lotMultiple: 2 }, own: [noSells] })
    probe
      .request(10, sell(1, 1, 20))
      .request(11, sell(2, 2, 20))
      .request(12, sell(3, 0, 20))
    expect(said(probe)).toEqual([
      '10 #1 rejected lotMultiple',
      '11 #2 rejected noSells',
      '12 #3 rejected badQuantity',
    ])
  })

  test('is another venue, for each of its rules', () => {
    const some: VenueRules[] = [
      {},
      { limits: { tickMultiple: 2 } },
      { limits: { minNotional: parseDecimal('5') } },
      { limits: { minNotional: parseDecimal('6') } },
      { own: [{ identity: 'x', create: () => () => null }] },
      { own: [{ identity: 'y', create: () => () => null }] },
      { selfTrade: 'cancelBoth' },
      { postOnly: 'slide' },
    ]
    const config = venueConfig()
    const identities = some.map((rules) =>
      venueIdentity({ ...config, instruments: [{ ...config.instruments[0]!, rules }] }),
    )
    expect(new Set([venueIdentity(config), ...identities]).size).toBe(some.length + 1)
  })
})

describe('a limit of requests', () => {
  test('refuses what is one too many of its kinds, until the window has passed', () => {
    const requestLimits = [{ kinds: ['new', 'replace'], requests: 2, windowNs: 100 }] as const
    const probe = ruled({ requestLimits })
    probe
      .request(10, buy(1, 1, 9))
      .request(20, replace(1, 2, 9))
      .request(30, buy(2, 1, 9))
    probe
      .request(40, cancel(1))
      .request(109, buy(3, 1, 9))
      .request(110, buy(4, 1, 9))
    probe.request(119, replace(4, 2, 9)).request(120, replace(4, 2, 9))
    expect(said(probe)).toEqual([
      '10 #1 accepted',
      '20 #1 replaced 2@9 leaves 2',
      '30 #2 rejected requestLimit',
      '40 #1 canceled',
      '109 #3 rejected requestLimit',
      '110 #4 accepted',
      '119 #4 replaceRejected requestLimit',
      '120 #4 replaced 2@9 leaves 2',
    ])
  })

  test('of cancels keeps the order', () => {
    const probe = ruled({ requestLimits: [{ kinds: ['cancel'], requests: 1, windowNs: 100 }] })
    probe
      .request(10, buy(1, 1, 9))
      .request(20, cancel(7))
      .request(30, cancel(1))
    probe.request(120, cancel(1))
    expect(said(probe)).toEqual([
      '10 #1 accepted',
      '20 #7 cancelRejected unknownOrder',
      '30 #1 cancelRejected requestLimit',
      '120 #1 canceled',
    ])
  })

  const kind = fc.constantFrom('new' as const, 'replace' as const, 'cancel' as const)
  const limit = fc.record({
    kinds: fc.uniqueArray(kind, { minLength: 1 }),
    requests: fc.integer({ min: 1, max: 4 }),
    windowNs: fc.integer({ min: 1, max: 60 }),
  })
  test.prop([
    fc.array(limit, { maxLength: 3 }),
    fc.array(fc.record({ kind, step: fc.nat(25) }), { maxLength: 80 }),
  ])('lets in what a list of all that was let in says', (limits, asked) => {
    const real = new RequestLimits(limits)
    const letIn: { readonly kind: Dispatch['kind']; readonly time: number }[] = []
    let time = 0
    for (const { kind, step } of asked) {
      time += step
      const isFull = limits.some(({ kinds, requests, windowNs }) => {
        const counted = letIn.filter(
          (one) => kinds.includes(one.kind) && one.time > time - windowNs,
        )
        return kinds.includes(kind) && counted.length >= requests
      })
      expect(real.admits(kind, time)).toBe(!isFull)
      if (!isFull) letIn.push({ kind, time })
    }
  })

  test.each([
    ['kinds', { kinds: [], requests: 1, windowNs: 1 }],
    ['requests', { kinds: ['new' as const], requests: 0, windowNs: 1 }],
    ['requests', { kinds: ['new' as const], requests: 2_000_000, windowNs: 1 }],
    ['windowNs', { kinds: ['new' as const], requests: 1, windowNs: 0.5 }],
  ])('with wrong %s is refused', (name, wrong) => {
    expect(() => new RequestLimits([wrong])).toThrow(`venue.rules.requestLimits[0].${name}`)
  })
})

describe('a post-only order that would take', () => {
  const reports = (rules: VenueRules) => {
    const probe = ruled(rules)
    probe.request(10, buy(1, 1, 12, postOnly)).request(11, sell(2, 1, 9, postOnly))
    probe
      .request(12, buy(3, 1, 9, postOnly))
      .request(13, replace(3, 1, 12))
      .request(14, cancel(3))
    return said(probe)
  }

  test('expires where nothing is said, and with `expire`', () => {
    const expected = [
      '10 #1 accepted',
      '10 #1 expired postOnlyWouldTake',
      '11 #2 accepted',
      '11 #2 expired postOnlyWouldTake',
      '12 #3 accepted',
      '13 #3 replaced 1@12 leaves 1',
      '13 #3 expired postOnlyWouldTake',
      '14 #3 cancelRejected unknownOrder',
    ]
    expect(reports({})).toEqual(expected)
    expect(reports({ postOnly: 'expire' })).toEqual(expected)
  })

  test('is refused with `reject`, and a replaced one stays', () => {
    expect(reports({ postOnly: 'reject' })).toEqual([
      '10 #1 rejected postOnlyWouldTake',
      '11 #2 rejected postOnlyWouldTake',
      '12 #3 accepted',
      '13 #3 replaceRejected postOnlyWouldTake',
      '14 #3 canceled',
    ])
  })

  test('rests one tick behind with `slide`, and the price is reported', () => {
    expect(reports({ postOnly: 'slide' })).toEqual([
      '10 #1 accepted',
      '10 #1 replaced 1@11 leaves 1',
      '11 #2 accepted',
      '11 #2 replaced 1@11 leaves 1',
      '12 #3 accepted',
      '13 #3 replaced 1@11 leaves 1',
      '14 #3 canceled',
    ])
  })

  test('slides to a multiple of ticks, and fills at the price it has', () => {
    const rows = [...standing, ask(50, 10, 4)]
    const probe = ruled({ postOnly: 'slide', limits: { tickMultiple: 5 } }, {}, rows)
    probe.request(10, buy(1, 2, 15, postOnly))
    expect(said(probe)).toEqual([
      '10 #1 accepted',
      '10 #1 replaced 2@10 leaves 2',
      '50 #1 cross 2@10 2/0',
    ])
  })
})

describe('orders of ours that would trade with each other', () => {
  const rest = (policy: VenueRules['selfTrade'], taker: Partial<Dispatch>, options: Options = {}) =>
    said(
      ruled({ selfTrade: policy }, options)
        .request(10, sell(1, 2, 13))
        .request(20, taker),
    ).slice(1)

  test('rest at crossing prices without a rule', () => {
    const probe = ruled({})
      .request(10, sell(1, 2, 11))
      .request(20, buy(2, 1, 11))
    expect(said(probe)).toEqual(['10 #1 accepted', '20 #2 accepted'])
  })

  test('cancelNewest: the arriving one takes what is better, then expires', () => {
    expect(rest('cancelNewest', buy(2, 5, 13))).toEqual([
      '20 #2 accepted',
      '20 #2 take 3@12 3/2',
      '20 #2 expired selfTrade',
    ])
  })

  test('cancelOldest: the resting one expires, and the arriving one goes on', () => {
    expect(rest('cancelOldest', buy(2, 5, 13))).toEqual([
      '20 #2 accepted',
      '20 #1 expired selfTrade',
      '20 #2 take 3@12 3/2',
      '20 #2 take 2@13 5/0',
    ])
  })

  test('cancelBoth: both end', () => {
    expect(rest('cancelBoth', buy(2, 5, 13))).toEqual([
      '20 #2 accepted',
      '20 #2 take 3@12 3/2',
      '20 #1 expired selfTrade',
      '20 #2 expired selfTrade',
    ])
  })

  test.each([
    ['what is satisfied before it', buy(2, 3, 13), ['20 #2 take 3@12 3/0']],
    ['what does not reach it', buy(2, 4, 12), ['20 #2 take 3@12 3/1']],
  ])('%s is no self-trade', (_, taker, then) => {
    expect(rest('cancelBoth', taker)).toEqual(['20 #2 accepted', ...then])
  })

  test('a market order reaches every price, and FOK takes nothing of less than it wants', () => {
    expect(rest('cancelNewest', buy(2, 4, 0, { orderType: 'market' }))).toEqual([
      '20 #2 accepted',
      '20 #2 take 3@12 3/1',
      '20 #2 expired selfTrade',
    ])
    expect(rest('cancelNewest', buy(2, 4, 13, { timeInForce: 'FOK' }))).toEqual([
      '20 #2 accepted',
      '20 #2 expired selfTrade',
    ])
  })

  test('with whole fills it is met only at the best price', () => {
    expect(rest('cancelNewest', buy(2, 9, 13), { partialFills: false })).toEqual([
      '20 #2 accepted',
      '20 #2 take 9@12 9/0',
    ])
  })

  test('a post-only order meets one of ours inside the spread, also by a replace', () => {
    const probe = ruled({ selfTrade: 'cancelOldest' })
    probe.request(10, sell(1, 2, 11)).request(20, buy(2, 1, 9, postOnly))
    probe.request(30, { ...replace(2, 1, 11), ...postOnly }).request(40, sell(3, 1, 11, postOnly))
    expect(said(probe)).toEqual([
      '10 #1 accepted',
      '20 #2 accepted',
      '30 #2 replaced 1@11 leaves 1',
      '30 #1 expired selfTrade',
      '40 #3 accepted',
      '40 #2 expired selfTrade',
    ])
  })

  test.prop([
    world,
    fc.constantFrom<SelfTradePolicy>('cancelNewest', 'cancelOldest', 'cancelBoth'),
  ])('never rest at crossing prices in a random world', (drawn, selfTrade) => {
    const config = venueConfig({ ...drawn, quirks: {} })
    const instruments = config.instruments.map((one) => ({ ...one, rules: { selfTrade } }))
    const probe = new VenueProbe({ ...config, instruments }).market(drawn.rows)
    for (const { time, terms } of drawn.asked) probe.request(time, terms)
    probe.run()
    for (const { bid, ask } of touchesOf(probe.reports)) expect(bid).toBeLessThan(ask)
  })
})

/** Best own bid and ask after all that happened at one time at the venue, from its reports alone. */
function touchesOf(
  reports: readonly VenueReport[],
): { readonly bid: number; readonly ask: number }[] {
  const orders = new Map<number, { readonly side: number; price: number; isOpen: boolean }>()
  const touches: { readonly bid: number; readonly ask: number }[] = []
  reports.forEach((report, i) => {
    if (report.type === 'order.submitted') {
      if (!orders.has(report.key)) orders.set(report.key, { ...report, isOpen: false })
    }
    if (!('exchTime' in report) || !('key' in report)) return
    const order = orders.get(report.key)
    if (order === undefined) return
    if (report.type === 'order.accepted') order.isOpen = true
    if (report.type === 'order.replaced') order.price = report.price
    const isFilled = report.type === 'order.filled' && report.leavesQty === 0
    if (isFilled || /canceled|expired/.test(report.type)) order.isOpen = false
    const next = reports.slice(i + 1).find((one) => 'exchTime' in one)
    if (next !== undefined && 'exchTime' in next && next.exchTime === report.exchTime) return
    const open = [...orders.values()].filter((one) => one.isOpen)
    const prices = (side: number) => open.filter((one) => one.side === side).map((one) => one.price)
    touches.push({ bid: Math.max(...prices(BUY)), ask: Math.min(...prices(SELL)) })
  })
  return touches
}
