import { BUY, type Instrument, parseDecimal, SELL, type Side } from '@escapement/core'
import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  type FeeConfig,
  feeModel,
  summedFees,
} from '../../../actors/fill-simulator/fees/fee-config.ts'
import type { FeeModel } from '../../../actors/fill-simulator/fees/fee-model.ts'
import { venueIdentity } from '../../../actors/fill-simulator/venue-config.ts'
import { inverse, linear } from '../../kit/configuration.ts'
import {
  nearestEven,
  ofDecimal,
  ofInteger,
  over,
  type Rational,
  tenTo,
  times,
} from '../../kit/naive-core/rational.ts'
import { ask, bid, buy, sell, sellTrade, VenueProbe, venueConfig } from './probe.ts'

/** Fee models. Goal: the stated fraction, to the unit, and what is stated of tiers and orders. */

const rates = (maker: string, taker: string) => ({
  maker: parseDecimal(maker),
  taker: parseDecimal(taker),
})
const rateText = fc
  .tuple(fc.integer({ min: -9_999, max: 9_999 }), fc.integer({ min: 3, max: 9 }))
  .map(([digits, scale]) => {
    const text = String(Math.abs(digits)).padStart(scale + 1, '0')
    const cut = text.length - scale
    return `${digits < 0 ? '-' : ''}${text.slice(0, cut)}${scale > 0 ? `.${text.slice(cut)}` : ''}`
  })
const fill = fc.record({
  instrument: fc.constantFrom<Instrument>(linear, inverse, { ...linear, quoteDecimals: 4 }),
  maker: rateText,
  taker: rateText,
  price: fc.integer({ min: 1, max: 2_000_000 }),
  qty: fc.integer({ min: 1, max: 50_000 }),
  liquidity: fc.constantFrom('maker' as const, 'taker' as const),
  side: fc.constantFrom<Side>(BUY, SELL),
})

const lots = ({ lotSize }: Instrument, qty: number): Rational =>
  times(ofDecimal(lotSize), ofInteger(qty))
const units = ({ quoteDecimals }: Instrument, amount: Rational): number =>
  Number(nearestEven(times(amount, { num: tenTo(quoteDecimals), den: 1n })))
function value(instrument: Instrument, price: number, qty: number): Rational {
  const size = times(lots(instrument, qty), ofDecimal(instrument.contractSize))
  const ticks = times(ofInteger(price), ofDecimal(instrument.tickSize))
  return instrument.kind === 'inverse' ? over(size, ticks) : times(size, ticks)
}

describe('a fee is the exact fraction rounded half to even once', () => {
  test.prop([fill])('of the value', ({ instrument, price, qty, liquidity, side, ...text }) => {
    const both = rates(text.maker, text.taker)
    const r = ofDecimal(both[liquidity])
    const expected = units(instrument, times(r, value(instrument, price, qty)))
    const of = (config: FeeConfig) =>
      feeModel(config).create(instrument)(price, qty, liquidity, side, true, 5)
    expect(of({ model: 'value', ...both })).toBe(expected)
    expect(of({ model: 'tiered', tiers: [{ from: parseDecimal('0'), ...both }] })).toBe(expected)
    const other = rates('7', '7')
    const [mine, others] = side === BUY ? [both, other] : [other, both]
    expect(of({ model: 'directional', buy: mine, sell: others })).toBe(expected)
  })

  test.prop([fill])('of the quantity', ({ instrument, price, qty, liquidity, side, ...text }) => {
    const both = rates(text.maker, text.taker)
    const r = ofDecimal(both[liquidity])
    const of = (per: 'lot' | 'unit') =>
      feeModel({ model: 'quantity', per, ...both }).create(instrument)(
        price,
        qty,
        liquidity,
        side,
        true,
        5,
      )
    expect(of('lot')).toBe(units(instrument, times(r, ofInteger(qty))))
    expect(of('unit')).toBe(units(instrument, times(r, lots(instrument, qty))))
  })

  test.prop([fill, fc.boolean()])(
    'of an execution or an order',
    ({ instrument, price, qty, liquidity, side, ...text }, isFirst) => {
      const both = rates(text.maker, text.taker)
      const of = (per: 'execution' | 'order') =>
        feeModel({ model: 'flat', per, ...both }).create(instrument)(
          price,
          qty,
          liquidity,
          side,
          isFirst,
          5,
        )
      const expected = units(instrument, ofDecimal(both[liquidity]))
      expect(of('execution')).toBe(expected)
      expect(of('order')).toBe(isFirst ? expected : 0)
    },
  )
})

describe('tiers', () => {
  const tiers = [
    { from: parseDecimal('0'), ...rates('0.1', '0.2') },
    { from: parseDecimal('100'), ...rates('0.01', '0.02') },
    { from: parseDecimal('100.000000001'), ...rates('0', '0.001') },
  ]
  // A lot of `linear` is 0.001, so 1,000 lots at 500 ticks of 0.1 are worth 50, or 5 x 10^9 units.
  const trade = (config: Omit<FeeConfig & { model: 'tiered' }, 'model'>) => {
    const rule = feeModel({ model: 'tiered', ...config }).create(linear)
    return (time: number, qty = 1_000, price = 500) => rule(price, qty, 'maker', BUY, true, time)
  }

  test('go by what was traded before, the bound itself included', () => {
    const fee = trade({ tiers })
    expect([fee(1), fee(2), fee(2), fee(9e15), fee(9e15)]).toEqual([5e8, 5e8, 5e7, 0, 0])
  })

  test('a bound finer than the money is reached by the unit above it', () => {
    const fee = trade({ tiers })
    fee(1)
    fee(1)
    // Another unit of money: 10^-8 is the value of 1 lot at 0.0001... of a tick; so 1 tick is enough.
    expect(fee(1, 1, 1)).toBe(100)
    expect(fee(1)).toBe(0)
  })

  test('of a window forget what is as old as it', () => {
    const fee = trade({ tiers, windowNs: 100 })
    expect([fee(1), fee(50), fee(100), fee(101), fee(149), fee(150)]).toEqual([
      5e8, 5e8, 5e7, 5e7, 0, 0,
    ])
    // At 300 everything is forgotten but what came after 200, which is nothing.
    expect([fee(300), fee(399), fee(400)]).toEqual([5e8, 5e8, 5e8])
  })

  test.prop([
    fc.array(fc.record({ step: fc.nat(30), qty: fc.integer({ min: 1, max: 3_000 }) }), {
      maxLength: 60,
    }),
    fc.integer({ min: 1, max: 100 }),
  ])('of a window are those of a list that is summed anew each time', (fills, windowNs) => {
    const fee = trade({ tiers, windowNs })
    const past: { readonly time: number; readonly value: number }[] = []
    let time = 0
    for (const { step, qty } of fills) {
      time += step
      const since = past.filter((one) => one.time > time - windowNs)
      const before = since.reduce((sum, one) => sum + one.value, 0)
      const rate = before < 100e8 ? 0.1 : before === 100e8 ? 0.01 : 0
      const value = (qty * 500 * 1e8) / 10_000
      expect(fee(time, qty)).toBe(Math.round(value * rate))
      past.push({ time, value })
    }
  })

  test('each instrument counts its own', () => {
    const model = feeModel({ model: 'tiered', tiers })
    const [a, b] = [model.create(linear), model.create(linear)]
    a(500, 4_000, 'maker', BUY, true, 1)
    expect(b(500, 1_000, 'maker', BUY, true, 2)).toBe(5e8)
  })

  test.each<[string, readonly (typeof tiers)[number][], number | undefined]>([
    ['fees.tiers', [], undefined],
    ['fees.tiers[0].from', tiers.slice(1), undefined],
    ['fees.tiers[1].from', [tiers[0]!, tiers[0]!], undefined],
    ['fees.tiers[2].from', [tiers[0]!, tiers[2]!, tiers[1]!], undefined],
    ['fees.windowNs', tiers, 0],
    ['fees.windowNs', tiers, 0.5],
  ])('a wrong %s is refused', (field, wrong, windowNs) => {
    expect(() => feeModel({ model: 'tiered', tiers: wrong, windowNs })).toThrow(
      expect.objectContaining({
        code: 'ESC_CONFIG_INVALID',
        facts: expect.objectContaining({ field }),
      }),
    )
  })
})

test('an unknown model is refused with the words there are', () => {
  expect(() => feeModel({ model: 'none' } as unknown as FeeConfig)).toThrow(
    /fees.model.*"none".*value, quantity, flat, directional or tiered/,
  )
})

describe('at the venue', () => {
  const feesOf = (fees: FeeModel) => {
    const config = venueConfig()
    const probe = new VenueProbe({
      ...config,
      instruments: config.instruments.map((one) => ({ ...one, fees })),
    })
    probe.market([bid(1, 10, 5), ask(1, 12, 2), ask(1, 13, 9), sellTrade(200, 10, 9)])
    probe
      .request(50, buy(1, 4, 13))
      .request(100, buy(2, 3, 10))
      .request(101, sell(3, 1, 10))
    probe.run()
    return probe.reports.flatMap((report) =>
      report.type === 'order.filled' ? [`#${report.key} ${report.liquidity} ${report.fee}`] : [],
    )
  }

  test('a fee per order is paid with its first execution', () => {
    expect(feesOf(feeModel({ model: 'flat', per: 'order', ...rates('0.0001', '0.0007') }))).toEqual(
      ['#1 taker 7', '#1 taker 0', '#3 taker 7', '#2 maker 1'],
    )
  })

  test('fees that are summed are rounded each by itself', () => {
    const half = feeModel({ model: 'flat', per: 'execution', ...rates('0.00005', '0.00015') })
    // 0.5 and 1.5 units, to even: 0 and 2.
    expect(feesOf(summedFees([half, half]))).toEqual([
      '#1 taker 4',
      '#1 taker 4',
      '#3 taker 4',
      '#2 maker 0',
    ])
  })

  test('a model of a user is told side, order and time, and has to give integers', () => {
    const told: string[] = []
    const mine: FeeModel = {
      identity: 'mine',
      create: () => (price, qty, liquidity, side, isFirst, exchTime) => {
        told.push(`${exchTime} ${side} ${qty}@${price} ${liquidity} ${isFirst}`)
        return 3
      },
    }
    expect(feesOf(mine)).toEqual(['#1 taker 3', '#1 taker 3', '#3 taker 3', '#2 maker 3'])
    expect(told).toEqual([
      '60 1 2@12 taker true',
      '60 1 2@13 taker false',
      '111 -1 1@10 taker true',
      '200 1 3@10 maker true',
    ])
    expect(() => feesOf({ identity: 'half', create: () => () => 0.5 })).toThrow(
      /ESC_CONFIG_INVALID.*venue.fees half.*0.5.*an integer/,
    )
  })

  test('each model is another venue', () => {
    const both = rates('0', '0.1')
    const models = [
      feeModel({ model: 'value', ...both }),
      feeModel({ model: 'quantity', per: 'lot', ...both }),
      feeModel({ model: 'quantity', per: 'unit', ...both }),
      feeModel({ model: 'flat', per: 'order', ...both }),
      feeModel({ model: 'flat', per: 'execution', ...both }),
      feeModel({ model: 'directional', buy: both, sell: both }),
      feeModel({ model: 'directional', buy: both, sell: rates('0', '0.2') }),
      feeModel({ model: 'tiered', tiers: [{ from: parseDecimal('0'), ...both }] }),
      feeModel({ model: 'tiered', windowNs: 5, tiers: [{ from: parseDecimal('0'), ...both }] }),
    ]
    const config = venueConfig()
    const identities = [...models, summedFees(models), both].map((fees) =>
      venueIdentity({ ...config, instruments: [{ ...config.instruments[0]!, fees }] }),
    )
    expect(new Set(identities).size).toBe(models.length + 2)
  })
})
