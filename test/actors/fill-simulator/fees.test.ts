import { type Instrument, parseDecimal } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { feeRule } from '../../../actors/fill-simulator/fees.ts'
import { venueIdentity } from '../../../actors/fill-simulator/venue-config.ts'
import { linear, venueConfig } from './probe.ts'

/** Fees of executions against hand-computed values, and configurations that are refused. */

const rates = { maker: parseDecimal('-0.00005'), taker: parseDecimal('0.0007') }

describe('a linear fee', () => {
  const btc: Instrument = {
    ...linear,
    tickSize: parseDecimal('0.1'),
    lotSize: parseDecimal('0.001'),
    quoteDecimals: 8,
  }
  test('is rate x price x quantity, a rebate when negative', () => {
    const fee = feeRule(btc, rates)
    // 61,800.2 x 0.010 = 618.002; x 0.0007 = 0.4326014; x -0.00005 = -0.0309001
    expect(fee(618002, 10, 'taker')).toBe(43260140)
    expect(fee(618002, 10, 'maker')).toBe(-3090010)
  })

  test('rounds half to even once, where the money unit is coarse', () => {
    const fee = feeRule({ ...btc, quoteDecimals: 2 }, { ...rates, taker: parseDecimal('0.5') })
    // 0.1 x 0.001 x 0.5 = 0.00005 a tick and lot; 100 lots x ticks make half a cent.
    expect([100, 300, 500, 101].map((lots) => fee(1, lots, 'taker'))).toEqual([0, 2, 2, 1])
    const rebate = feeRule({ ...btc, quoteDecimals: 2 }, { ...rates, maker: parseDecimal('-0.5') })
    expect([100, 300, 500, 101].map((lots) => rebate(1, lots, 'maker'))).toEqual([0, -2, -2, -1])
  })

  test('counts the contract size, and a negative price as its value', () => {
    const fee = feeRule({ ...btc, contractSize: parseDecimal('100') }, rates)
    expect(fee(10, 1, 'taker')).toBe(7000)
    expect(fee(-10, 1, 'taker')).toBe(7000)
  })

  test('is nothing at rate 0 or at no price, and fails beyond 2^53', () => {
    expect(feeRule(btc, { maker: parseDecimal('0'), taker: rates.taker })(1, 1, 'maker')).toBe(0)
    expect(feeRule(btc, rates)(0x7fffffff, 1, 'taker')).toBe(0)
    expect(() => feeRule(btc, rates)(1e9, 1e12, 'taker')).toThrow(/2\^53/)
  })
})

test('an inverse fee is rate x contracts x size / price in the base currency', () => {
  const inverse: Instrument = {
    ...linear,
    kind: 'inverse',
    tickSize: parseDecimal('0.5'),
    contractSize: parseDecimal('100'),
    quote: 'BTC',
    quoteDecimals: 8,
  }
  const fee = feeRule(inverse, rates)
  // 30 contracts of 100 USD at 60,000: 0.05 BTC; taker 0.000035, maker -0.0000025
  expect(fee(120000, 30, 'taker')).toBe(3500)
  expect(fee(120000, 30, 'maker')).toBe(-250)
  // 100 x 0.0007 / 0.5 = 0.14; / 3 ticks = 0.046666...
  expect(fee(3, 1, 'taker')).toBe(4666667)
  expect(() => fee(0, 1, 'taker')).toThrow(/price 0/)
})

describe('a venue configuration', () => {
  test('is distinguished by every field', () => {
    const base = venueIdentity(venueConfig())
    const others = [
      venueConfig({ partialFills: false }),
      venueConfig({ entryNs: 11 }),
      venueConfig({ queue: { model: 'power', n: 3 } }),
      venueConfig({ quirks: { clearKeepsQueue: true } }),
      venueConfig({ instruments: 2 }),
    ].map(venueIdentity)
    expect(new Set([base, ...others]).size).toBe(6)
    expect(venueIdentity(venueConfig())).toBe(base)
  })

  test('without instruments, or with a lot or decimals that cannot be, is refused', () => {
    const config = venueConfig()
    const one = config.instruments[0]!
    const refused = (instruments: (typeof config)['instruments'], field: RegExp) =>
      expect(() => venueIdentity({ ...config, instruments })).toThrow(field)
    refused([], /ESC_CONFIG_INVALID.*instruments/)
    refused([{ ...one, lotUnits: 0 }], /lotUnits/)
    refused([{ ...one, lotUnits: 1.5 }], /lotUnits/)
    refused([{ ...one, instrument: { ...linear, qtyDecimals: 19 } }], /qtyDecimals/)
  })
})
