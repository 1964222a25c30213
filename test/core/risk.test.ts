/**
 * Risk, reason by reason: for each limit an Intent that just reaches it, which is allowed (except
 * for the two losses), beside one that passes it by the smallest step.
 *
 * The linear instrument: tick 0.1, lot 0.001, so 1 lot at 1000 ticks is worth 0.1.
 */
import { DENIAL_REASONS, type Intent, parseDecimal, type RiskLimits } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { inverse, linear } from '../kit/configuration.ts'
import { Desk, denied, left } from '../kit/core-desk.ts'
import { cancel, newOrder, replace } from '../kit/core-puppet.ts'

const d = parseDecimal
const market = (counter: number, side: 1 | -1, qty: number): Intent =>
  newOrder(counter, side, 0, qty, { orderType: 'market', timeInForce: 'IOC' })

/** A quoted market of 999 to 1001 ticks, mid 1000. */
function desk(risk: RiskLimits = {}, instruments = [linear]): Desk {
  const made = new Desk({ risk, instruments }).start()
  made.quote(999, 1001)
  return made
}

/** A position of `lots`, bought or sold at 1000. */
function holding(lots: number, risk: RiskLimits): Desk {
  const made = desk(risk)
  const side = lots > 0 ? 1 : -1
  made.fill(900, Math.abs(lots), { side, lastPrice: 1000 })
  return made
}

function expectVerdict(made: Desk, intents: readonly Intent[], ...reasons: string[]): void {
  expect(denied(made.say(...intents))).toEqual(reasons)
}

describe.each<[string, RiskLimits, readonly Intent[], readonly Intent[], string]>([
  [
    'position, open orders counted',
    { maxPosition: d('0.01') },
    [newOrder(1, 1, 900, 4), newOrder(2, 1, 900, 6)],
    [newOrder(1, 1, 900, 4), newOrder(2, 1, 900, 7)],
    'MAX_POSITION',
  ],
  [
    'short position',
    { maxPosition: d('0.01') },
    [newOrder(1, -1, 1100, 10), newOrder(2, 1, 900, 10)],
    [newOrder(2, 1, 900, 10), newOrder(1, -1, 1100, 11)],
    'MAX_POSITION',
  ],
  [
    'notional of one order',
    { maxSingleOrderNotional: d('0.9') },
    [newOrder(1, 1, 900, 10)],
    [newOrder(1, 1, 901, 10)],
    'MAX_SINGLE_ORDER_NOTIONAL',
  ],
  [
    'notional of one market order, at the mid',
    { maxSingleOrderNotional: d('1') },
    [market(1, 1, 10)],
    [market(1, 1, 11)],
    'MAX_SINGLE_ORDER_NOTIONAL',
  ],
  [
    'smallest notional',
    { minOrderNotional: d('0.9') },
    [newOrder(1, 1, 900, 10)],
    [newOrder(1, 1, 899, 10)],
    'MIN_NOTIONAL',
  ],
  [
    'gross notional, with the open order at the mid',
    { maxGrossNotional: d('1.9') },
    [newOrder(1, 1, 900, 10), newOrder(2, 1, 900, 10)],
    [newOrder(1, 1, 900, 10), newOrder(2, 1, 901, 10)],
    'MAX_GROSS_NOTIONAL',
  ],
  [
    'number of quotes',
    { maxActiveQuotes: 2 },
    [newOrder(1, 1, 900, 1), newOrder(2, -1, 1100, 1)],
    [newOrder(3, 1, 900, 1), newOrder(4, -1, 1100, 1), newOrder(5, 1, 900, 1)],
    'MAX_ACTIVE_QUOTES',
  ],
  [
    'gross notional of quotes',
    { maxGrossQuoteNotional: d('2') },
    [newOrder(1, 1, 900, 10), newOrder(2, -1, 1100, 10)],
    [newOrder(1, 1, 900, 10), newOrder(2, -1, 1101, 10)],
    'MAX_GROSS_QUOTE_NOTIONAL',
  ],
  [
    'net notional of quotes',
    { maxNetQuoteNotional: d('0.2') },
    [newOrder(2, -1, 1100, 1), newOrder(1, 1, 1000, 3)],
    [newOrder(1, 1, 900, 2), newOrder(2, 1, 900, 1)],
    'MAX_NET_QUOTE_NOTIONAL',
  ],
  ['quantity', {}, [newOrder(1, 1, 900, 1)], [newOrder(1, 1, 900, 0)], 'INVALID_QTY'],
  ['price', {}, [newOrder(1, 1, 1, 1)], [newOrder(1, 1, 0, 1)], 'INVALID_LIMIT_PRICE'],
  [
    'post-only',
    {},
    [newOrder(1, 1, 1000, 1, { timeInForce: 'postOnly' })],
    [newOrder(1, 1, 1001, 1, { timeInForce: 'postOnly' })],
    'POST_ONLY_WOULD_TRADE',
  ],
  [
    'post-only, dropped',
    { postOnlyMode: 'drop' },
    [newOrder(1, -1, 1000, 1, { timeInForce: 'postOnly' })],
    [newOrder(1, -1, 999, 1, { timeInForce: 'postOnly' })],
    'DROPPED_BY_POLICY',
  ],
  [
    'instrument',
    {},
    [newOrder(1, 1, 900, 1)],
    [newOrder(1, 1, 900, 1, { instrument: 3 })],
    'INVALID_INSTRUMENT',
  ],
  [
    'order',
    {},
    [newOrder(1, 1, 900, 1), replace(1, 901, 1)],
    [replace(5, 900, 1)],
    'UNKNOWN_ORDER',
  ],
])('the limit on %s', (_, risk, inside, outside, reason) => {
  test('allows what just reaches it', () => expectVerdict(desk(risk), inside))
  test(`denies what passes it: ${reason}`, () => expectVerdict(desk(risk), outside, reason))
})

describe('a missing mid', () => {
  test('denies a market order', () => {
    const empty = new Desk().start()
    expectVerdict(empty, [market(1, 1, 1), newOrder(2, 1, 900, 1)], 'NO_MID_FOR_MARKET')
  })

  test('of another instrument that is held denies what a gross limit must know', () => {
    const two = new Desk({
      risk: { maxGrossNotional: d('1000') },
      instruments: [linear, { ...linear, symbol: 'TWO' }],
    }).start()
    two.quote(999, 1001)
    expectVerdict(two, [newOrder(1, 1, 900, 1)])
    two.fill(900, 5, { instrument: 1, lastPrice: 1000 })
    expectVerdict(two, [newOrder(2, 1, 900, 1)], 'NO_MID')
    two.quote(999, 1001, 1)
    expectVerdict(two, [newOrder(2, 1, 900, 1)])
  })

  test('denies once a loss limit cannot be checked', () => {
    const made = new Desk({ risk: { maxDrawdown: d('1') } }).start()
    made.fill(900, 1, { lastPrice: 1000 })
    expectVerdict(made, [newOrder(1, 1, 900, 1)], 'MAX_LOSS_DRAWDOWN')
  })
})

describe('an order that reduces', () => {
  const tight: RiskLimits = {
    maxPosition: d('0.005'),
    maxGrossNotional: d('0.1'),
  }
  test('is never denied for exposure, though the position is far beyond its limit', () => {
    expectVerdict(holding(20, tight), [newOrder(1, -1, 1000, 20)])
    expectVerdict(holding(-20, tight), [newOrder(1, 1, 1000, 20)])
  })

  test('stops being one when others on its side would already turn the position', () => {
    const made = holding(20, tight)
    expectVerdict(made, [newOrder(1, -1, 1000, 20), newOrder(2, -1, 1000, 20)])
    expectVerdict(made, [newOrder(3, -1, 1000, 1)], 'MAX_POSITION')
    expectVerdict(holding(20, tight), [newOrder(1, 1, 1000, 1)], 'MAX_POSITION')
  })
})

test('the size of one order limits an order that reduces as well', () => {
  const risk = { maxSingleOrderNotional: d('1') }
  expectVerdict(holding(20, risk), [newOrder(1, -1, 1000, 10)])
  expectVerdict(holding(20, risk), [newOrder(1, -1, 1000, 11)], 'MAX_SINGLE_ORDER_NOTIONAL')
})

describe('Intents of one step', () => {
  const one: RiskLimits = { maxActiveQuotes: 1 }
  test('see the earlier ones as working, a NEW with its CANCEL as nothing', () => {
    expectVerdict(desk(one), [newOrder(1, 1, 900, 1), newOrder(2, 1, 900, 1)], 'MAX_ACTIVE_QUOTES')
    expectVerdict(desk(one), [newOrder(1, 1, 900, 1), cancel(1), newOrder(2, 1, 900, 1)])
  })

  test('are judged with the terms of an earlier REPLACE', () => {
    const made = desk({ maxPosition: d('0.01') })
    expectVerdict(made, [newOrder(1, 1, 900, 1), replace(1, 900, 10)])
    expectVerdict(made, [newOrder(2, 1, 900, 1)], 'MAX_POSITION')
  })

  test('that were denied do not count', () => {
    const made = desk({ maxPosition: d('0.01') })
    expectVerdict(made, [newOrder(1, 1, 900, 11), newOrder(2, 1, 900, 10)], 'MAX_POSITION')
    expect(left(made.results.at(-1)!)).toEqual(['new 2'])
  })

  test('a cancel that waits does not lower what may still fill', () => {
    const made = desk({ maxPosition: d('0.01') })
    made.working(newOrder(1, 1, 900, 10))
    made.transmit(made.say(cancel(1)))
    expectVerdict(made, [newOrder(2, 1, 900, 1)], 'MAX_POSITION')
    made.report(1, { type: 'order.canceled' })
    expectVerdict(made, [newOrder(2, 1, 900, 1)])
  })

  test('an order whose CANCEL waits is a quote and may fill, until the Venue confirms', () => {
    const made = desk({ maxActiveQuotes: 1, maxPosition: d('0.01') })
    made.working(newOrder(1, 1, 900, 6))
    expectVerdict(made, [cancel(1), newOrder(2, 1, 900, 5)], 'MAX_POSITION')
    const other = desk({ maxActiveQuotes: 1, maxPosition: d('0.01') })
    other.working(newOrder(1, 1, 900, 6))
    other.transmit(other.say(cancel(1)))
    expectVerdict(other, [newOrder(2, 1, 900, 4)], 'MAX_ACTIVE_QUOTES')
    other.report(1, { type: 'order.canceled' })
    expectVerdict(other, [newOrder(2, 1, 900, 4)])
  })

  test('a REPLACE counts while it waits, and while it is under way', () => {
    const made = desk({ maxPosition: d('0.01') })
    made.working(newOrder(1, 1, 900, 5))
    expectVerdict(made, [replace(1, 900, 10), newOrder(2, 1, 900, 1)], 'MAX_POSITION')
    expect(left(made.results.at(-1)!)).toEqual(['replace 1'])
    expectVerdict(made, [newOrder(3, 1, 900, 1)], 'MAX_POSITION')
    made.report(1, { type: 'order.replaceRejected', reason: '' })
    expectVerdict(made, [newOrder(4, 1, 900, 5)])
  })

  test('a replaced quantity counts beside the fills, not on top of them', () => {
    const made = desk({ maxPosition: d('0.01') })
    made.working(newOrder(1, 1, 900, 8))
    made.fill(1, 5)
    expectVerdict(made, [replace(1, 900, 10)])
    expectVerdict(made, [replace(1, 900, 11)], 'MAX_POSITION')
  })
})

test('instruments have limits each, and one gross notional together', () => {
  const two = [linear, { ...linear, symbol: 'TWO' }]
  const made = desk({ maxPosition: d('0.01'), maxGrossNotional: d('1.8') }, two)
  made.quote(999, 1001, 1)
  made.fill(900, 9, { instrument: 1, lastPrice: 1000 })
  expectVerdict(made, [newOrder(1, 1, 900, 10)])
  expectVerdict(made, [newOrder(2, 1, 900, 2, { instrument: 1 })], 'MAX_POSITION')
  expectVerdict(made, [newOrder(3, 1, 901, 1, { instrument: 1 })])
  expectVerdict(desk({ maxGrossNotional: d('1.8') }, two), [newOrder(1, 1, 900, 20)])
})

test('an inverse contract is worth contracts / price', () => {
  // 1000 contracts of 1 USD at 20,000.0 (40,000 ticks) are 0.05 BTC.
  const made = new Desk({
    instruments: [inverse],
    risk: { maxSingleOrderNotional: d('0.05') },
  }).start()
  made.quote(39_999, 40_001)
  expectVerdict(made, [newOrder(1, 1, 40_000, 1000)])
  expectVerdict(made, [newOrder(2, 1, 40_000, 1001)], 'MAX_SINGLE_ORDER_NOTIONAL')
})

test('the first rule that holds gives the reason, in the order of the list', () => {
  const all: RiskLimits = {
    maxPosition: d('0'),
    maxSingleOrderNotional: d('0'),
    maxGrossNotional: d('0'),
    maxActiveQuotes: 0,
    maxGrossQuoteNotional: d('0'),
    maxNetQuoteNotional: d('0'),
    minOrderNotional: d('0.1'),
  }
  const order = newOrder(1, 1, 1001, 10, { timeInForce: 'postOnly' })
  const found: string[] = []
  const ask = (risk: RiskLimits, intent: Intent, off = false) => {
    const made = desk(risk)
    if (off) made.step({ type: 'control.tradingDisabled', time: 0, reason: '' })
    found.push(denied(made.say(intent))[0]!)
  }
  ask(all, { ...order, qty: 0 } as Intent, true)
  ask(all, { ...order, qty: 0, price: 0, instrument: 2 } as Intent)
  ask(all, { ...order, qty: 0, price: 0 } as Intent)
  ask(all, { ...order, price: 0 } as Intent)
  ask(all, order)
  ask(all, { ...order, price: 9, timeInForce: 'GTC' } as Intent)
  const plain = newOrder(1, 1, 900, 10)
  const rules = { ...all } as Record<string, unknown>
  for (const rule of Object.keys(all)) {
    if (rule === 'minOrderNotional') continue
    ask({ ...rules } as RiskLimits, plain)
    delete rules[rule]
  }
  const places = found.map((reason) => DENIAL_REASONS.indexOf(reason as never))
  expect(places).toEqual([...places].sort((a, b) => a - b))
  expect(new Set(found).size).toBe(12)
})
