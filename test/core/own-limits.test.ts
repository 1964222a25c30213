/**
 * Limits of a strategy's own, beside those of the account. Strategy `b` has them, `a` has none.
 *
 * The linear instrument: tick 0.1, lot 0.001, so 1 lot at 1000 ticks is worth 0.1; the mid is 1000.
 */
import {
  type Intent,
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
const a = (counter: number): number => orderKey(0, counter)
const b = (counter: number): number => orderKey(1, counter)
type KeyOf = typeof a

function pair(own: OwnRiskLimits, risk: RiskLimits = {}): Desk {
  const parts = { namespaces: ['a', 'b'], risk, ownRisk: [null, own] }
  const made = new Desk(parts, [puppetOf(0), puppetOf(1)]).start()
  made.quote(999, 1001)
  return made
}
const denials = ({ denials: all }: StepResult): string[] =>
  all.map(({ key, reason, scope }) => `${key >= b(0) ? 'b' : 'a'} ${reason} ${scope}`)
const market = (key: number, side: 1 | -1, qty: number): Intent =>
  newOrder(key, side, 0, qty, { orderType: 'market', timeInForce: 'IOC' })
const bought = (made: Desk, key: number, lots: number): StepResult =>
  made.fill(key, Math.abs(lots), { side: lots > 0 ? 1 : -1, lastPrice: 1000 })

/** A limit, what is open before, and an order one step below it, at it, and one step above. */
const LIMITS: readonly (readonly [
  name: string,
  own: OwnRiskLimits,
  before: (key: KeyOf) => Intent[],
  last: (key: KeyOf, n: number) => Intent,
  steps: readonly [below: number, at: number, above: number],
  reason: string,
])[] = [
  [
    'position',
    { maxPosition: d('0.01') },
    (key) => [newOrder(key(1), 1, 900, 4)],
    (key, qty) => newOrder(key(2), 1, 900, qty),
    [5, 6, 7],
    'MAX_POSITION',
  ],
  [
    'notional of one order',
    { maxSingleOrderNotional: d('0.9') },
    () => [],
    (key, price) => newOrder(key(2), 1, price, 10),
    [899, 900, 901],
    'MAX_SINGLE_ORDER_NOTIONAL',
  ],
  [
    'notional of one market order, at the mid',
    { maxSingleOrderNotional: d('1') },
    () => [],
    (key, qty) => market(key(2), 1, qty),
    [9, 10, 11],
    'MAX_SINGLE_ORDER_NOTIONAL',
  ],
  [
    'gross notional, open orders at the mid',
    { maxGrossNotional: d('0.94') },
    (key) => [newOrder(key(1), 1, 900, 4)],
    (key, price) => newOrder(key(2), 1, price, 6),
    [899, 900, 901],
    'MAX_GROSS_NOTIONAL',
  ],
  [
    'number of quotes',
    { maxActiveQuotes: 3 },
    (key) => [newOrder(key(1), 1, 900, 1)],
    (key, count) => newOrder(key(count), -1, 1100, 1),
    [2, 3, 4],
    'MAX_ACTIVE_QUOTES',
  ],
  [
    'gross notional of quotes',
    { maxGrossQuoteNotional: d('0.9') },
    (key) => [newOrder(key(1), -1, 1100, 1)],
    (key, price) => newOrder(key(2), 1, price, 1),
    [7899, 7900, 7901],
    'MAX_GROSS_QUOTE_NOTIONAL',
  ],
  [
    'net notional of quotes',
    { maxNetQuoteNotional: d('0.9') },
    (key) => [newOrder(key(1), -1, 1100, 1)],
    (key, price) => newOrder(key(2), 1, price, 1),
    [10_099, 10_100, 10_101],
    'MAX_NET_QUOTE_NOTIONAL',
  ],
  [
    'least notional of an order',
    { minOrderNotional: d('0.36') },
    () => [],
    (key, price) => newOrder(key(2), 1, price, 4),
    [901, 900, 899],
    'MIN_NOTIONAL',
  ],
]

describe.each(LIMITS)(
  "a strategy's own limit of the %s",
  (name, own, before, last, steps, reason) => {
    /** Says one order after the other; of the quotes as many as are counted. */
    const said = (made: Desk, key: KeyOf, step: 0 | 1 | 2): StepResult => {
      made.say(...before(key))
      if (name === 'number of quotes') for (let n = 2; n < steps[step]; n++) made.say(last(key, n))
      return made.say(last(key, steps[step]))
    }

    test('allows below it and at it, and denies one step above, in the scope of the strategy', () => {
      expect(denials(said(pair(own), b, 0))).toEqual([])
      expect(denials(said(pair(own), b, 1))).toEqual([])
      expect(denials(said(pair(own), b, 2))).toEqual([`b ${reason} strategy`])
    })

    test('is not about another strategy, nor counts what that one has open', () => {
      const made = pair(own)
      expect(denials(said(made, a, 2))).toEqual([])
      expect(denials(said(made, b, 1))).toEqual([])
    })

    test('is asked after the same limit of the account, which denies everybody in its own scope', () => {
      expect(denials(said(pair(own, own), b, 2))).toEqual([`b ${reason} account`])
      expect(denials(said(pair(own, own), a, 2))).toEqual([`a ${reason} account`])
      expect(denials(said(pair({}, own), b, 1))).toEqual([])
    })
  },
)

describe('an order against a limit of its strategy', () => {
  const own = { maxPosition: d('0.01') }

  test('is measured as a REPLACE by what it would be', () => {
    const made = pair(own)
    made.working(newOrder(b(1), 1, 900, 4))
    expect(denials(made.say(replace(b(1), 901, 11)))).toEqual(['b MAX_POSITION strategy'])
    expect(left(made.say(replace(b(1), 901, 10)))).toEqual(['replace 1'])
    const other = pair(own)
    other.working(newOrder(1, 1, 900, 4))
    expect(denials(other.say(replace(1, 901, 11)))).toEqual([])
  })

  test('passes while it reduces what the strategy itself holds, whatever the account holds', () => {
    const made = pair(own)
    bought(made, b(900), 20)
    bought(made, a(900), -20)
    expect(denials(made.say(newOrder(b(901), 1, 900, 1)))).toEqual(['b MAX_POSITION strategy'])
    expect(denials(made.say(newOrder(b(902), -1, 1100, 40)))).toEqual([])
    expect(denials(made.say(newOrder(b(903), -1, 1100, 1)))).toEqual(['b MAX_POSITION strategy'])
  })

  test('may reduce what the strategy holds and yet be too large for the account', () => {
    const made = pair({}, own)
    bought(made, b(900), 20)
    bought(made, a(900), -20)
    expect(denials(made.say(newOrder(b(901), -1, 1100, 11)))).toEqual(['b MAX_POSITION account'])
    expect(denials(made.say(newOrder(b(902), -1, 1100, 10)))).toEqual([])
  })

  test('counts until the Venue confirms its CANCEL, which itself always passes', () => {
    const made = pair({ maxActiveQuotes: 1 })
    made.working(newOrder(b(1), 1, 900, 1))
    const both = made.say(cancel(b(1)), newOrder(b(2), 1, 900, 1))
    expect([left(both), denials(both)]).toEqual([['cancel 1'], ['b MAX_ACTIVE_QUOTES strategy']])
    made.report(b(1), { type: 'order.canceled' })
    expect(left(made.say(newOrder(b(2), 1, 900, 1)))).toEqual(['new 2'])
  })
})
