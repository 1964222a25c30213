/** Loss limits of a strategy's own: against what its own fills have made, and nothing else. */
import {
  type OwnRiskLimits,
  orderKey,
  parseDecimal,
  type RiskLimits,
  type StepResult,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { Desk, left } from '../kit/core-desk.ts'
import { cancel, newOrder, puppetOf, replace } from '../kit/core-puppet.ts'

const d = parseDecimal
const SECOND = 1_000_000_000
const b = (counter: number): number => orderKey(1, counter)
const rolling = { maxRollingLoss: { amount: d('0.01'), windowNs: SECOND } }
const drawdown = { maxDrawdown: d('0.01') }

/** Strategy `b` is long 10 lots at 1000, so each tick down loses 0.001; `a` is short 5. */
function pair(own: OwnRiskLimits, risk: RiskLimits = {}): Desk {
  const parts = { namespaces: ['a', 'b'], risk, ownRisk: [null, own] }
  const made = new Desk(parts, [puppetOf(0), puppetOf(1)]).start()
  made.quote(999, 1001)
  made.working(newOrder(b(1), 1, 1000, 10))
  made.working(newOrder(b(2), 1, 500, 1))
  made.working(newOrder(1, -1, 1000, 5))
  made.fill(b(1), 10)
  made.fill(1, 5)
  return made
}
const midAt = (made: Desk, time: number, mid: number): StepResult =>
  made.at(time).quote(mid - 1, mid + 1)
/** One order of each, and a REPLACE of b. */
function tried(made: Desk): string[] {
  const counter = 10 + made.results.length
  const placed = [newOrder(counter, 1, 10, 1), newOrder(b(counter), 1, 10, 1)]
  const { denials } = made.say(...placed, replace(b(2), 100 + counter, 1))
  return denials.map(({ key, reason, scope }) => `${key >= b(0) ? 'b' : 'a'} ${reason} ${scope}`)
}

describe.each([
  ['drawdown', drawdown, 'MAX_LOSS_DRAWDOWN'],
  ['loss within a window', rolling, 'MAX_LOSS_ROLLING'],
] as const)('the %s', (_, own, reason) => {
  const denied = [`b ${reason} strategy`, `b ${reason} strategy`]

  test('denies at the limit and beyond, and not one tick before it', () => {
    const made = pair(own)
    midAt(made, 1, 991)
    expect(tried(made)).toEqual([])
    midAt(made, 2, 990)
    expect(tried(made)).toEqual(denied)
    midAt(made, 3, 989)
    expect(tried(made)).toEqual(denied)
    midAt(made, 4, 991)
    expect(tried(made)).toEqual([])
  })

  test('is the strategy’s own: what the account lost with others does not count', () => {
    const made = pair(own)
    made.working(newOrder(2, 1, 1000, 1000))
    made.fill(2, 1000)
    midAt(made, 1, 991)
    expect(tried(made)).toEqual([])
  })

  test('is asked after that of the account, which denies everybody', () => {
    const made = pair(own, own)
    midAt(made, 1, 990)
    // Together they lost half of it: the account is not hit yet.
    expect(tried(made)).toEqual(denied)
    midAt(made, 2, 980)
    expect(tried(made)).toEqual(['a', 'b', 'b'].map((who) => `${who} ${reason} account`))
  })

  test('lets the strategy cancel', () => {
    const made = pair(own)
    midAt(made, 1, 900)
    expect(left(made.say(cancel(b(2))))).toEqual(['cancel 2'])
  })

  test('is neither made nor healed by a statement of the account', () => {
    const made = pair(own)
    midAt(made, 1, 991)
    const statement = { type: 'account.updated', exchTime: 0, instrument: 0 } as const
    made.step({ ...statement, time: 1, position: -70, balance: -900_000_000 })
    made.step({ ...statement, time: 1, position: 0, balance: -990_000_000 })
    expect(tried(made)).toEqual([])
    midAt(made, 2, 990)
    made.step({ ...statement, time: 2, position: 0, balance: 990_000_000 })
    expect(tried(made)).toEqual(denied)
  })

  test('counts the fees of its own fills', () => {
    const made = pair(own)
    midAt(made, 1, 991)
    made.fill(b(2), 1, { lastPrice: 991, fee: 99_999 })
    expect(tried(made).filter((each) => each.includes('LOSS'))).toEqual([])
    made.fill(b(77), 1, { lastPrice: 991, fee: 1 })
    expect(tried(made)).toEqual(denied)
  })
})

test('a loss that is older than its window is forgotten, and a drawdown is not', () => {
  const [short, long] = [pair(rolling), pair(drawdown)]
  for (const made of [short, long]) {
    midAt(made, 1, 990)
    expect(tried(made)).toHaveLength(2)
    midAt(made, SECOND / 2, 990)
    midAt(made, 1.5 * SECOND, 990)
  }
  expect(tried(short)).toEqual([])
  expect(tried(long)).toHaveLength(2)
})

test('unknown equity denies only a strategy that holds something', () => {
  const made = new Desk({ namespaces: ['a', 'b'], ownRisk: [drawdown, drawdown] }, [
    puppetOf(0),
    puppetOf(1),
  ]).start()
  made.fill(b(1), 1, { lastPrice: 1000 })
  const { denials } = made.say(newOrder(1, 1, 900, 1), newOrder(b(2), 1, 900, 1))
  expect(denials).toMatchObject([{ key: b(2), reason: 'MAX_LOSS_DRAWDOWN', scope: 'strategy' }])
})
