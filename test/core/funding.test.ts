import { type AccountFunded, MoneyRule, parseDecimal, State } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { inverse, linear } from '../kit/configuration.ts'
import { Desk } from '../kit/core-desk.ts'
import { newOrder } from '../kit/core-puppet.ts'

/** Funding in the Core. Goal: it moves cash and nothing else, and State that knows none is as before. */

const funded = (amount: number, rest: Partial<AccountFunded> = {}): AccountFunded => ({
  type: 'account.funded',
  time: 0,
  exchTime: 0,
  instrument: 0,
  position: 2,
  mark: '100.05',
  rate: '0.0001',
  amount,
  ...rest,
})
const account = ({ state }: Desk) => state.execution.accounts[0]!

function held(parts: ConstructorParameters<typeof Desk>[0] = {}): Desk {
  const desk = new Desk(parts).start()
  desk.quote(999, 1001)
  desk.working(newOrder(1, 1, 1000, 10))
  desk.fill(1, 2, { fee: 50 })
  return desk
}

describe('account.funded', () => {
  test('adds up in `funding` and in what the account is worth', () => {
    const desk = held()
    const before = desk.core.view.equity(0)!
    const { position, cash, fees } = account(desk)
    desk.step(funded(700))
    desk.step(funded(-200))
    expect(account(desk)).toMatchObject({ position, cash, fees, funding: 500n })
    expect(desk.core.view.equity(0)! - before).toBe(500n)
    expect(desk.results.at(-1)!.anomalies).toEqual([])
  })

  test('is part of the balance that the Venue states', () => {
    const desk = held()
    desk.step(funded(700))
    const balance = -20_000_050 + 700
    const statement = { type: 'account.updated', time: 0, exchTime: 0, instrument: 0 } as const
    expect(desk.step({ ...statement, position: 2, balance }).anomalies).toEqual([])
    const off = desk.step({ ...statement, position: 2, balance: balance - 700 })
    expect(off.anomalies.map(({ kind }) => kind)).toEqual(['accountDifference'])
    const { cash, fees, funding } = account(desk)
    expect(cash - fees + funding).toBe(BigInt(balance - 700))
  })

  test('counts for the loss limits of the account', () => {
    const desk = held({ risk: { maxDrawdown: parseDecimal('0.000005') } })
    const worth = () => desk.core.view.equity(0)!
    const start = worth()
    desk.step(funded(-500))
    expect(worth()).toBe(start - 500n)
    const { denials } = desk.say(newOrder(2, 1, 1000, 1))
    expect(denials.map(({ reason }) => reason)).toEqual(['MAX_LOSS_DRAWDOWN'])
  })

  test.each([
    [{ instrument: 7 }, 'instrument'],
    [{ amount: 0.5 }, 'amount'],
    [{ position: Number.NaN }, 'position'],
    [{ rate: 5 as unknown as string }, 'rate'],
    [{ mark: undefined as unknown as string }, 'mark'],
  ])('with %j is refused', (wrong, field) => {
    const desk = held()
    const before = desk.state.serialise()
    expect(() => desk.step(funded(5, wrong))).toThrow(new RegExp(`ESC_EVENT_REFUSED.*${field}`))
    expect(desk.state.serialise()).toEqual(before)
  })
})

describe('State with funding', () => {
  test('comes back from its bytes, and goes on as the other does', () => {
    const desk = held({ instruments: [linear, inverse] })
    desk.step(funded(-3, { instrument: 1 }))
    const { configuration } = desk.state
    const bytes = desk.state.serialise()
    const restored = State.restore(configuration, bytes)
    expect(restored.execution.accounts.map(({ funding }) => funding)).toEqual([0n, -3n])
    expect(restored.serialise()).toEqual(bytes)
    expect(restored.digest()).toBe(desk.state.digest())
  })

  test('is another State, in digest and bytes, until it is nothing again', () => {
    const desk = held()
    const other = held()
    for (const one of [desk, other]) one.step(funded(0))
    const [digest, bytes] = [other.state.digest(), other.state.serialise()]
    expect(desk.state.digest()).toBe(digest)
    desk.step(funded(4))
    other.step(funded(0))
    expect(desk.state.digest()).not.toBe(other.state.digest())
    expect(desk.state.serialise()).not.toEqual(other.state.serialise())
    desk.step(funded(-4))
    other.step(funded(0))
    expect(desk.state.digest()).toBe(other.state.digest())
    expect(desk.state.serialise()).toEqual(other.state.serialise())
    expect(bytes.length).toBe(other.state.serialise().length)
  })

  test('of an unknown layout is refused', () => {
    const desk = held()
    const bytes = desk.state.serialise()
    bytes[0] = 5
    expect(() => State.restore(desk.state.configuration, bytes)).toThrow('ESC_STATE_RESTORE')
  })
})

describe('a quanto', () => {
  const quanto = { ...linear, kind: 'quanto', contractSize: parseDecimal('0.0001') } as const

  test('is worth price x quantity x multiplier in its third currency', () => {
    const money = new MoneyRule(quanto)
    // 61,234.5 x 0.003 x 0.0001 = 0.01837035 of 10^-8.
    expect(money.amount(612_345, 3)).toBe(1_837_035n)
    expect(money.amountAtMid(612_345, 612_346, 2)).toBe(1_224_691n)
    expect(money.cashSign()).toBe(-1n)
  })

  test('needs units fine enough for its tick value', () => {
    expect(() => new MoneyRule({ ...quanto, quoteDecimals: 7 })).toThrow(
      /quoteDecimals.*at least 8/,
    )
  })

  test('books and values as a linear one does, in its own money', () => {
    const desk = new Desk({ instruments: [quanto] }).start()
    desk.quote(999, 1001)
    desk.working(newOrder(1, 1, 1000, 10))
    desk.fill(1, 2, { fee: 5 })
    // 2 lots of 0.001 at 100.0 are 0.2, by 0.0001 that is 0.00002 or 2,000 units.
    expect(account(desk)).toMatchObject({ position: 2, cash: -2_000n, fees: 5n })
    expect(desk.core.view.equity(0)).toBe(-5n)
  })

  test('counts for the limits of risk by that value', () => {
    const parts = {
      instruments: [quanto],
      risk: { maxSingleOrderNotional: parseDecimal('0.00002') },
    }
    const desk = new Desk(parts).start()
    desk.quote(999, 1001)
    expect(desk.say(newOrder(1, 1, 1000, 2)).denials).toEqual([])
    expect(desk.say(newOrder(2, 1, 1000, 3)).denials).toHaveLength(1)
  })
})
