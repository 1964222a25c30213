import { type Instrument, parseDecimal } from '@escapement/core'
import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  type FundingPayment,
  fundingAmount,
} from '../../../actors/fill-simulator/funding-schedule.ts'
import { venueIdentity } from '../../../actors/fill-simulator/venue-config.ts'
import { inverse, linear } from '../../kit/configuration.ts'
import {
  minus,
  nearestEven,
  ofDecimal,
  ofInteger,
  over,
  tenTo,
  times,
  ZERO,
} from '../../kit/naive-core/rational.ts'
import { ask, bid, buy, type Row, sell, VenueProbe, venueConfig } from './probe.ts'

/** Funding at the venue. Goal: the exact amount, at its time, on the position the venue knows. */

const quanto: Instrument = {
  ...linear,
  kind: 'quanto',
  contractSize: parseDecimal('0.0001'),
  quote: 'BTC',
}
const of = (digits: number, scale: number) => ({ digits: BigInt(digits), scale })

describe('the amount', () => {
  test.prop([
    fc.constantFrom(linear, inverse, quanto),
    fc.integer({ min: -5_000, max: 5_000 }),
    fc.tuple(fc.integer({ min: 1, max: 9_999_999 }), fc.nat(3)),
    fc.tuple(fc.integer({ min: -9_999, max: 9_999 }), fc.integer({ min: 4, max: 8 })),
  ])(
    'is minus position x value x rate, rounded half to even once',
    (contract, lots, mark, rate) => {
      const [price, share] = [of(...mark), of(...rate)]
      const size = times(
        times(ofInteger(lots), ofDecimal(contract.lotSize)),
        ofDecimal(contract.contractSize),
      )
      const value =
        contract.kind === 'inverse' ? over(size, ofDecimal(price)) : times(size, ofDecimal(price))
      const paid = times(times(value, ofDecimal(share)), {
        num: tenTo(contract.quoteDecimals),
        den: 1n,
      })
      expect(fundingAmount(contract, lots, price, share)).toBe(
        Number(nearestEven(minus(ZERO, paid))) + 0,
      )
    },
  )

  test('of a long that pays, by hand', () => {
    // 3 lots of 0.001 at 60,000.05 are 180.00015; a ten-thousandth is 0.018000015.
    const rate = parseDecimal('0.0001')
    expect(fundingAmount(linear, 3, parseDecimal('60000.05'), rate)).toBe(-1_800_002)
    expect(fundingAmount(linear, -3, parseDecimal('60000.05'), rate)).toBe(1_800_002)
    // 100 USD at 40,000 are 0.0025 BTC.
    expect(fundingAmount(inverse, 100, parseDecimal('40000'), rate)).toBe(-25)
    // A quanto of 1 contract = 1,000 lots at 50,000 with a multiplier of 0.0001 is worth 5.
    expect(fundingAmount(quanto, 1_000, parseDecimal('50000'), rate)).toBe(-50_000)
  })
})

/** A venue where 4 lots are bought at 12 at the time 50 and 1 sold at 11 at 250. */
const rows = [bid(1, 10, 9), ask(1, 12, 9), bid(200, 11, 9), ask(300, 13, 1), bid(400, 9, 1)]
const at = (time: number, rate = '0.1', mark?: string): FundingPayment => ({
  time,
  rate: parseDecimal(rate),
  ...(mark === undefined ? {} : { mark: parseDecimal(mark) }),
})

function paid(
  funding: readonly FundingPayment[],
  feed: readonly Row[] = rows,
  cuts = [0],
): string[] {
  const config = venueConfig({ entryNs: 0 })
  const instruments = config.instruments.map((one) => ({ ...one, funding }))
  const probe = new VenueProbe({ ...config, instruments })
  cuts.forEach((cut, i) => {
    probe.market(feed.slice(cut, cuts[i + 1]))
  })
  probe.request(50, buy(1, 4, 12)).request(250, sell(2, 1, 11))
  return probe.run().filter((line) => line.includes('funded'))
}

describe('a payment', () => {
  test('is made at its time on the position of the venue, at the mid or the mark price', () => {
    // A tick is 0.5 and money counts 10^-4: 4 lots at 5.5 are 22, a tenth of it 2.2.
    expect(paid([at(100), at(150, '-0.1'), at(260, '0.1', '7.25')])).toEqual([
      '105 funded -22000 for 4 at 5.5 x 0.1',
      '155 funded 22000 for 4 at 5.5 x -0.1',
      '265 funded -21750 for 3 at 7.25 x 0.1',
    ])
  })

  test('comes after the rows of its nanosecond and before the requests', () => {
    expect(paid([at(200), at(250)])).toEqual([
      '205 funded -23000 for 4 at 5.75 x 0.1',
      '255 funded -23000 for 4 at 5.75 x 0.1',
    ])
    expect(paid([at(50)])).toEqual([])
    expect(paid([at(51)])).toEqual(['56 funded -22000 for 4 at 5.5 x 0.1'])
  })

  test('is none without a position, and after the last row', () => {
    expect(paid([at(5), at(40), at(401), at(9_000)])).toEqual([])
    expect(paid([at(400)])).toEqual(['405 funded -17250 for 3 at 5.75 x 0.1'])
  })

  test('of a book with one side takes its price, and of none is none', () => {
    const oneSided = [...rows, bid(310, 11, 0), bid(310, 10, 0), ask(500, 14, 1)]
    const sorted = [...oneSided].sort((a, b) => a.time - b.time)
    expect(paid([at(320)], sorted)).toEqual(['325 funded -18000 for 3 at 6 x 0.1'])
    const empty = [...sorted, ask(330, 12, 0), ask(330, 13, 0)].sort((a, b) => a.time - b.time)
    expect(paid([at(340)], empty)).toEqual([])
    expect(paid([at(340, '0.1', '5')], empty)).toEqual(['345 funded -15000 for 3 at 5 x 0.1'])
  })

  test.prop([fc.uniqueArray(fc.integer({ min: 1, max: 420 }), { maxLength: 8 })])(
    'does not depend on how the rows are batched, between batches',
    (times) => {
      const funding = times.sort((a, b) => a - b).map((time) => at(time))
      const whole = paid(funding)
      // The venue learns of a time between two batches with the first row of the second.
      const late = paid(funding, rows, [0, 3])
      const inGap = funding.filter(({ time }) => time > 200 && time < 300).length
      expect(late).toHaveLength(whole.length)
      const sum = (lines: string[]) =>
        lines.reduce((all, line) => all + Number(line.split(' ')[2]), 0)
      if (inGap === 0) expect(late).toEqual(whole)
      else expect(Math.abs(sum(late) - sum(whole))).toBeLessThanOrEqual(inGap * 23_000)
    },
  )
})

describe('a schedule', () => {
  const identityOf = (funding: readonly FundingPayment[]) => {
    const config = venueConfig()
    return venueIdentity({ ...config, instruments: [{ ...config.instruments[0]!, funding }] })
  }

  test('is part of the identity, and so is having none', () => {
    const some = [[], [at(5)], [at(6)], [at(5, '0.2')], [at(5, '0.1', '7')], [at(5), at(6)]]
    expect(new Set([venueIdentity(venueConfig()), ...some.map(identityOf)]).size).toBe(6)
  })

  test.each([
    ['funding[0].time', [at(-1)]],
    ['funding[0].time', [at(0.5)]],
    ['funding[1].time', [at(5), at(5)]],
    ['funding[1].time', [at(5), at(4)]],
    ['funding[0].mark', [at(5, '0.1', '0')]],
    ['funding[0].mark', [at(5, '0.1', '-2')]],
  ])('with a wrong %s is refused', (field, funding) => {
    expect(() => identityOf(funding)).toThrow(field)
  })
})
