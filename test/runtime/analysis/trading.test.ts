import { BUY, MoneyRule, SELL } from '@escapement/core'
import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { inventoryOf } from '../../../runtime/analysis/inventory.ts'
import { roundTrips, tripStatistics } from '../../../runtime/analysis/round-trips.ts'
import { addTrading, tradingOf } from '../../../runtime/analysis/trading.ts'
import { inverse, linear } from '../../kit/configuration.ts'
import { fill } from './kit.ts'

/** One tick times one lot of the linear instrument: 0.0001 USDT in units of 10^-8. */
const TICK_LOT = 10_000n

const someFills = fc.array(
  fc.record({
    side: fc.constantFrom(BUY, SELL),
    price: fc.integer({ min: 1, max: 5_000 }),
    qty: fc.integer({ min: 1, max: 20 }),
    fee: fc.integer({ min: -50, max: 50 }),
  }),
  { maxLength: 30 },
)

describe('round trips close the oldest lots first', () => {
  it('in parts, with their share of cash and fee', () => {
    const trips = roundTrips(
      [
        fill(100, BUY, 1_000, 10, { fee: 10 }),
        fill(200, BUY, 1_010, 10),
        fill(300, SELL, 1_020, 15, { fee: -30 }),
        fill(400, SELL, 990, 15),
      ],
      linear,
    )
    expect(trips).toEqual([
      // 20 ticks on 10 lots, less a fee of 10, and two thirds of a rebate of 30.
      { side: BUY, qty: 10, openedAt: 100, closedAt: 300, pnl: 200n * TICK_LOT - 10n + 20n },
      { side: BUY, qty: 5, openedAt: 200, closedAt: 300, pnl: 50n * TICK_LOT + 10n },
      { side: BUY, qty: 5, openedAt: 200, closedAt: 400, pnl: -100n * TICK_LOT },
    ])
    const statistics = tripStatistics([trips], [1n])
    expect(statistics).toMatchObject({ trips: 3, wins: 2, hitRatio: 2 / 3 })
    expect(statistics.profitFactor).toBeCloseTo(2_500_020 / 1_000_000, 15)
    // (10 lots for 200 ns, 5 for 100, 5 for 200) over 20 lots.
    expect(statistics.meanHoldingNs).toBe(175)
  })

  it('through zero: what is left of a fill opens the other side', () => {
    const trips = roundTrips(
      [fill(1, BUY, 10, 1), fill(2, SELL, 12, 3), fill(3, BUY, 11, 2)],
      linear,
    )
    expect(trips.map(({ side, pnl }) => [side, pnl])).toEqual([
      [BUY, 2n * TICK_LOT],
      [SELL, 2n * TICK_LOT],
    ])
  })

  it('a trip that earns nothing is no hit, and without trips nothing is known', () => {
    const even = roundTrips([fill(1, BUY, 10, 1), fill(2, SELL, 10, 1)], linear)
    expect(tripStatistics([even], [1n])).toMatchObject({
      trips: 1,
      hitRatio: 0,
      profitFactor: null,
    })
    const none = { trips: 0, wins: 0, hitRatio: null, profitFactor: null, pnl: 0n }
    expect(tripStatistics([], [])).toEqual({ ...none, meanHoldingNs: null })
  })

  test.prop([someFills, fc.constantFrom(linear, inverse)])(
    'trips and what is still open add up to the cash of all fills, fees included',
    (some, instrument) => {
      const fills = some.map(({ side, price, qty, fee }, i) => fill(i, side, price, qty, { fee }))
      const position = some.reduce((sum, { side, qty }) => sum + side * qty, 0)
      // Closing everything at the end leaves nothing open.
      if (position !== 0) {
        fills.push(fill(99, position > 0 ? SELL : BUY, 77, Math.abs(position)))
      }
      const money = new MoneyRule(instrument)
      const cash = fills.reduce((sum, { side, lastPrice, lastQty, fee }) => {
        const amount = money.cashSign() * BigInt(side) * money.amount(lastPrice, lastQty)
        return sum + amount - BigInt(fee)
      }, 0n)
      const trips = roundTrips(fills, instrument)
      expect(tripStatistics([trips], [1n]).pnl).toBe(cash)
      expect(trips.every(({ openedAt, closedAt }) => openedAt <= closedAt)).toBe(true)
    },
  )
})

describe('the inventory', () => {
  it('is weighted by the time for which it was held', () => {
    const fills = [fill(5, BUY, 1, 4), fill(15, SELL, 1, 6), fill(35, BUY, 1, 2)]
    // Local times 10, 20, 40: 0 for 10, 4 for 10, -2 for 20, 0 for 10.
    expect(inventoryOf(fills, 0, 50)).toEqual({
      mean: 0,
      meanAbsolute: 80 / 50,
      maxLong: 4,
      maxShort: -2,
    })
  })

  it('of an instant has no mean, and without fills is flat', () => {
    const flat = { maxLong: 0, maxShort: 0 }
    expect(inventoryOf([], 7, 7)).toEqual({ mean: null, meanAbsolute: null, ...flat })
    expect(inventoryOf([], 7, 8)).toEqual({ mean: 0, meanAbsolute: 0, ...flat })
  })

  it('counts a fill outside of the stretch at the nearer end', () => {
    expect(inventoryOf([fill(-95, BUY, 1, 3), fill(995, BUY, 1, 3)], 0, 10)).toMatchObject({
      mean: 3,
      maxLong: 6,
    })
  })
})

describe('what was traded', () => {
  const funded = {
    type: 'account.funded',
    ...{ time: 1, exchTime: 1, instrument: 0, position: 3, mark: '1', rate: '0.1', amount: -7 },
  } as const

  it('sums values, fees and funding, in one unit', () => {
    const fills = [
      fill(1, BUY, 100, 3, { fee: 4 }),
      fill(2, SELL, 50, 2, { fee: -1, liquidity: 'taker' }),
    ]
    const trading = tradingOf(fills, [funded], linear, 10n)
    expect(trading).toEqual({
      fills: 2,
      turnover: 400n * TICK_LOT * 10n,
      makerTurnover: 300n * TICK_LOT * 10n,
      makerShare: 0.75,
      fees: 30n,
      funding: -70n,
    })
    expect(addTrading([trading, trading])).toMatchObject({ fills: 4, fees: 60n, makerShare: 0.75 })
  })

  it('has no maker share without fills', () => {
    expect(addTrading([])).toMatchObject({ fills: 0, turnover: 0n, makerShare: null })
  })
})
