/** What an account is worth, and the curve of it that the loss limits look at. */
import { ByteReader, ByteWriter, Digest } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { EquityCurve } from '../../core/state/equity-curve.ts'
import {
  accountEquity,
  equityOf,
  hasMid,
  orderValue,
  totalEquity,
  valueAtMid,
} from '../../core/state/valuation.ts'
import { inverse, linear } from '../kit/configuration.ts'
import { Desk } from '../kit/core-desk.ts'
import { newOrder } from '../kit/core-puppet.ts'
import { ask, bid, marketEvent } from '../kit/market.ts'

describe('a curve', () => {
  /** Samples of 10 at 0, 20 at 100 and 30 at 200, and 5 first. */
  function curve(): EquityCurve {
    const made = new EquityCurve()
    made.first = 5n
    for (const [time, value] of [
      [0, 10n],
      [100, 20n],
      [200, 30n],
    ] as const) {
      made.sample(time, value, 1000)
    }
    return made
  }
  const at = (made: EquityCurve) => [0, 100, 200].map((start) => made.atWindowStart(start + 50, 50))
  const bytes = (made: EquityCurve) => {
    const writer = new ByteWriter()
    made.write(writer)
    return writer.seal()
  }
  const digest = (made: EquityCurve) => {
    const of = new Digest()
    made.digest(of)
    return of.hex()
  }

  test('takes one first statement of each instrument', () => {
    const made = curve()
    expect([3, 1, 3, 1].map((instrument) => made.open(instrument))).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  test('moves as a whole with what was there before', () => {
    const made = curve()
    made.rebase(7n, 107n)
    expect([made.first, ...at(made)]).toEqual([105n, 110n, 120n, 130n])
    const empty = new EquityCurve()
    empty.rebase(7n, 107n)
    expect(empty.first).toBeNull()
  })

  test.each([
    ['before', null, 7n],
    ['after', 7n, null],
    ['either', null, null],
  ] as const)('starts over where the value %s is unknown', (_name, before, after) => {
    const made = curve()
    made.rebase(before, after)
    expect([made.first, made.atWindowStart(1e9, 1)]).toEqual([null, null])
    expect(made.wants(200, 256)).toBe(true)
  })

  test('wants a sample for each 256th of the window', () => {
    const made = curve()
    expect([201, 209, 210, 211].map((now) => made.wants(now, 2560))).toEqual([
      false,
      false,
      true,
      true,
    ])
    expect(new EquityCurve().wants(0, 2560)).toBe(true)
  })

  test('keeps the sample at the start of the window and drops those before it', () => {
    const made = curve()
    made.sample(300, 40n, 200)
    expect(made.atWindowStart(300, 1000)).toBe(20n)
    made.sample(350, 50n, 200)
    expect(made.atWindowStart(350, 1000)).toBe(20n)
    made.sample(1000, 60n, 200)
    expect(made.atWindowStart(1000, 1000)).toBe(50n)
  })

  test('is the last value at the start of the window, or the first there is', () => {
    const made = curve()
    expect(
      [-1, 0, 99, 100, 199, 200, 500].map((start) => made.atWindowStart(start + 7, 7)),
    ).toEqual([10n, 10n, 10n, 20n, 20n, 30n, 30n])
    expect(new EquityCurve().atWindowStart(0, 1)).toBeNull()
  })

  test.each<[string, (made: EquityCurve) => void]>([
    ['nothing else', () => undefined],
    ['an unknown first value', (made) => (made.first = null)],
    ['statements', (made) => [11, 2].map((instrument) => made.open(instrument))],
    ['another sample', (made) => made.sample(300, 1n, 1000)],
  ])('is the same after its bytes, with %s', (_name, change) => {
    const made = curve()
    change(made)
    const copy = EquityCurve.read(ByteReader.sealed(bytes(made)))
    expect(bytes(copy)).toEqual(bytes(made))
    expect([digest(copy), copy.first, ...at(copy)]).toEqual([digest(made), made.first, ...at(made)])
    expect([2, 11, 5].map((each) => copy.open(each))).toEqual(
      [2, 11, 5].map((each) => made.open(each)),
    )
  })

  test('has bytes and digest that tell its parts, and not the order of statements', () => {
    const stated = (...instruments: number[]) => {
      const made = curve()
      for (const each of instruments) made.open(each)
      return made
    }
    const others = [curve(), stated(2), stated(11), stated(2, 11)]
    expect(new Set(others.map(digest)).size).toBe(4)
    expect(new Set(others.map((made) => String(bytes(made)))).size).toBe(4)
    expect(digest(stated(11, 2))).toBe(digest(stated(2, 11)))
    expect(bytes(stated(11, 2))).toEqual(bytes(stated(2, 11)))
  })
})

describe('an account', () => {
  /** 10 lots at 1000 ticks, then a mid 10 ticks higher. */
  const holding = (side: 1 | -1, instruments = [linear], fee = 0) => {
    const desk = new Desk({ instruments }).start()
    desk.quote(999, 1001)
    desk.working(newOrder(1, side, 1000, 10))
    desk.fill(1, 10, { fee })
    desk.quote(1009, 1011)
    return desk.state
  }

  test.each([
    [1, 1_000_000n],
    [-1, -1_000_000n],
  ] as const)('of a linear instrument gains with the price when it is long: %d', (side, gain) => {
    expect(totalEquity(holding(side))).toBe(gain)
    expect(totalEquity(holding(side, [linear], 7))).toBe(gain - 7n)
  })

  test('of an inverse instrument gains with the price when it is long, in its own money', () => {
    const long = totalEquity(holding(1, [inverse]))!
    // 10 contracts of 1 USD: 10 / 500 - 10 / 505 BTC, to 10^-8.
    expect([long, totalEquity(holding(-1, [inverse]))]).toEqual([19_802n, -19_802n])
  })

  test('adds up in the finest money unit among the instruments', () => {
    const desk = new Desk({ instruments: [linear, { ...linear, quoteDecimals: 10 }] }).start()
    const { accounts } = desk.state.execution
    accounts[0]!.cash = 3n
    accounts[1]!.cash = 5n
    const own = accounts.map((account, i) => accountEquity(desk.state, i, account))
    const counted = accounts.map((_, i) => equityOf(desk.state, i, desk.state.execution))
    expect([own, counted, totalEquity(desk.state)]).toEqual([[3n, 5n], [300n, 5n], 305n])
  })

  test('counts lots and their value, whichever side they were', () => {
    const desk = new Desk().start()
    desk.quote(999, 1001)
    desk.working(newOrder(1, 1, 1000, 10))
    desk.working(newOrder(2, -1, 1000, 10))
    desk.fill(1, 10, { fee: 3 })
    desk.fill(2, 4, { fee: -1 })
    // A lot of 0.001 at 1000 ticks of 0.1 is 10^7 units.
    expect(desk.state.execution.accounts[0]).toMatchObject({
      position: 6,
      cash: -60_000_000n,
      fees: 2n,
      volume: 14,
      turnover: 140_000_000n,
      fills: 2,
    })
  })

  test('that is flat is worth its cash without a book, and one that holds is unknown', () => {
    const { state } = new Desk().start()
    expect(totalEquity(state)).toBe(0n)
    const [account] = state.execution.accounts
    account!.position = 1
    expect([totalEquity(state), accountEquity(state, 0, account!)]).toEqual([null, null])
  })

  test.each([
    ['no side', [], false],
    ['bids', [bid(99, 1)], false],
    ['asks', [ask(101, 1)], false],
    ['both', [bid(99, 1), ask(101, 1)], true],
  ] as const)('has a mid with %s: %o', (_name, rows, expected) => {
    const desk = new Desk().start()
    desk.step(marketEvent(1, [...rows]))
    expect(hasMid(desk.state, 0)).toBe(expected)
    expect(valueAtMid(desk.state, 0, 0)).toBe(0)
    // 3 lots of 0.001 at 10.0.
    expect(valueAtMid(desk.state, 0, 3)).toBe(
      expected ? desk.state.riskRules.valueAtMid(0, 99, 101, 3) : Number.NaN,
    )
  })
})

test('an order is worth its own price, and a market order the mid', () => {
  const desk = new Desk().start()
  desk.quote(99, 103)
  const { state } = desk
  const limit = orderValue(state, 'limit', 0, 90, 3)
  const market = orderValue(state, 'market', 0, 0, 3)
  expect([limit, market]).toEqual([state.riskRules.valueAt(0, 90, 3), valueAtMid(state, 0, 3)])
  expect(market).toBe(state.riskRules.valueAt(0, 101, 3))
})
