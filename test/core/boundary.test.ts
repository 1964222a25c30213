/**
 * The boundary: what is not a canonical Event at the next position is refused, and then State has
 * the very same bytes and the position is still free.
 */
import {
  Core,
  type CoreEvent,
  NANOS_MAX,
  orderKey,
  parseDecimal,
  type StrategyInstance,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { configuration, inverse, linear } from '../kit/configuration.ts'
import { Desk } from '../kit/core-desk.ts'
import { cancel, newOrder, replace, saying } from '../kit/core-puppet.ts'
import { ask, bid, marketEvent, trade } from '../kit/market.ts'

/** A desk with one working order, one that waits, and a market. */
function desk(): Desk {
  const made = new Desk({
    instruments: [linear, inverse],
    rateLimits: { orders: parseDecimal('1') },
  })
  made.at(1000).start()
  made.quote(999, 1001)
  made.working(newOrder(1, 1, 900, 10))
  made.say(newOrder(2, 1, 900, 10))
  return made
}

const key = orderKey(0, 1)
const fresh = orderKey(0, 7)
const report = { time: 1000, exchTime: 900, key }
const fill = {
  type: 'order.filled',
  ...report,
  instrument: 0,
  side: 1,
  execId: 1,
  lastPrice: 900,
  lastQty: 1,
  cumQty: 1,
  leavesQty: 9,
  liquidity: 'maker',
  fee: 0,
  cause: 'trade',
  causeRow: 0,
  queueBefore: 0,
  queueAfter: 0,
} satisfies CoreEvent
const submitted: CoreEvent = { ...newOrder(7, 1, 900, 10), type: 'order.submitted', time: 1000 }
const account = { type: 'account.updated', time: 1000, exchTime: 0, instrument: 0 } as const
const rows = marketEvent(1000, [bid(990, 5), ask(1000, 5)])
const nan = Number.NaN

/** Each refused Event beside the lawful one that differs by the named field alone. */
const cases: readonly (readonly [string, unknown, CoreEvent | null])[] = [
  ['nothing', undefined, null],
  ['null', null, null],
  ['a text', 'control.checkpoint', null],
  ['an object without a type', { time: 1000 }, null],
  ['an unknown type', { type: 'order.changed', time: 1000 }, null],
  ['a type of every object', { type: 'toString', time: 1000 }, null],
  ['a NEW Intent', { ...newOrder(7, 1, 900, 1), time: 1000 }, null],
  ['a REPLACE Intent', { ...replace(1, 900, 1), time: 1000 }, null],
  ['a CANCEL Intent', { ...cancel(1), time: 1000 }, null],
  ['an obligation', { due: 1000, reason: 'rate' }, null],
  ['time NaN', { ...rows, time: nan }, rows],
  ['time below 0', { ...fill, time: -1 }, fill],
  ['time with a fraction', { ...fill, time: 1000.5 }, fill],
  ['time beyond 104 days', { ...fill, time: NANOS_MAX + 1 }, fill],
  ['an instrument that does not exist', { ...rows, instrument: 2 }, rows],
  ['rows out of range', { ...rows, to: 3 }, rows],
  ['rows backwards', { ...rows, from: 2, to: 1 }, rows],
  ['a negative quantity', marketEvent(1000, [bid(990, -1)]), rows],
  ['a quantity NaN', marketEvent(1000, [bid(990, nan)]), rows],
  ['a level without a side', marketEvent(1000, [{ side: 0, price: 9, qty: 1 }]), rows],
  [
    'a row of unknown kind',
    marketEvent(1000, [{ kind: 9, price: 990, qty: 1 }]),
    marketEvent(1000, [{ ...trade(1, 990, 1), side: 0 }]),
  ],
  ['an order submitted twice', { ...submitted, key }, submitted],
  ['a submission of no instrument', { ...submitted, instrument: -1 }, submitted],
  ['a submission without a side', { ...submitted, side: 0 }, submitted],
  ['a submission of nothing', { ...submitted, qty: 0 }, submitted],
  ['a submission at half a tick', { ...submitted, price: 0.5 }, submitted],
  ['a submission without a key', { ...submitted, key: nan }, submitted],
  ['a submission of an unknown type', { ...submitted, orderType: 'stop' }, submitted],
  ['a submission of an unknown validity', { ...submitted, timeInForce: 'DAY' }, submitted],
  ['a fill of no instrument', { ...fill, instrument: 9 }, fill],
  ['a fill of nothing', { ...fill, lastQty: 0 }, fill],
  ['a fill below nothing', { ...fill, cumQty: -1 }, fill],
  ['a fill without a side', { ...fill, side: 0 }, fill],
  ['a fill on both sides', { ...fill, side: 2 }, fill],
  ['a fill at half a tick', { ...fill, lastPrice: 900.5 }, fill],
  ['a fill with a fraction of a fee', { ...fill, fee: 0.1 }, fill],
  ['a fill without a key', { ...fill, key: undefined }, fill],
  [
    'an inverse fill at price 0',
    { ...fill, instrument: 1, lastPrice: 0 },
    { ...fill, instrument: 1, lastPrice: 1 },
  ],
  ['a report without a key', { type: 'order.accepted', ...report, key: 'a' }, null],
  [
    'a replacement by nothing',
    { type: 'order.replaced', ...report, price: 9, qty: 0, leavesQty: 0 },
    { type: 'order.replaced', ...report, price: 9, qty: 1, leavesQty: 1 },
  ],
  [
    'a replacement at NaN',
    { type: 'order.replaced', ...report, price: nan, qty: 1, leavesQty: 1 },
    null,
  ],
  [
    'an account with a fraction of a lot',
    { ...account, position: 0.5, balance: 0 },
    { ...account, position: 5, balance: 0 },
  ],
  ['an account with half a unit', { ...account, position: 0, balance: 0.5 }, null],
  [
    'a dispatch record of a NEW by the wrong name',
    { type: 'intent.dispatched', time: 1000, key, kind: 'new' },
    { type: 'intent.dispatched', time: 1000, key, kind: 'cancel' },
  ],
  [
    'a failure of an unknown kind',
    { type: 'dispatch.failed', time: 1000, key: fresh, kind: 'amend', reason: '' },
    { type: 'dispatch.failed', time: 1000, key: fresh, kind: 'new', reason: '' },
  ],
  [
    'a disposition without an outcome',
    { type: 'order.disposed', ...report, outcome: 'lost', reason: '' },
    { type: 'order.disposed', ...report, outcome: 'canceled', reason: '' },
  ],
  [
    'control time before it is due',
    { type: 'control.time', time: 1000, due: 1001, reason: 'rate' },
    { type: 'control.time', time: 1001, due: 1001, reason: 'rate' },
  ],
  [
    'control time without a due time',
    { type: 'control.time', time: 1000, due: nan, reason: 'rate' },
    null,
  ],
  [
    'a signal with a fraction',
    { type: 'control.signal', time: 1000, name: 'say', version: 1, payload: [0.5] },
    { type: 'control.signal', time: 1000, name: 'say', version: 1, payload: [] },
  ],
  [
    'a signal without a payload',
    { type: 'control.signal', time: 1000, name: '', version: 1 },
    null,
  ],
  [
    'a strategy that does not exist',
    { type: 'control.strategyDisabled', time: 1000, strategy: 1, reason: '' },
    { type: 'control.strategyDisabled', time: 1000, strategy: 0, reason: '' },
  ],
  [
    'a gap in the feed of nothing',
    { type: 'control.feedGap', time: 1000, instrument: 5 },
    { type: 'control.feedGap', time: 1000, instrument: 1 },
  ],
  [
    'a rate below 0',
    {
      type: 'control.configurationChanged',
      time: 1000,
      version: '2',
      changes: { rateLimits: { orders: parseDecimal('-1') } },
    },
    {
      type: 'control.configurationChanged',
      time: 1000,
      version: '2',
      changes: { rateLimits: { orders: parseDecimal('0') } },
    },
  ],
  [
    'a session without a seed',
    { type: 'control.sessionStarted', time: 1000, seed: nan },
    { type: 'control.sessionStarted', time: 1000, seed: 1 },
  ],
]

describe('the Core refuses', () => {
  test.each(cases)('%s, and nothing has happened', (_, wrong, right) => {
    const { core } = desk()
    const bytes = core.state.serialise()
    const digest = core.state.digest()
    const { nextPosition } = core.state.control
    expect(() => core.step(nextPosition, wrong as CoreEvent)).toThrow(
      expect.objectContaining({ code: 'ESC_EVENT_REFUSED' }),
    )
    expect(() => core.step(nextPosition, wrong as CoreEvent)).toThrow(`position ${nextPosition}`)
    expect(core.state.serialise()).toEqual(bytes)
    expect(core.state.digest()).toBe(digest)
    const next = right ?? ({ type: 'control.checkpoint', time: 1000, label: '' } as const)
    expect(core.step(nextPosition, next).position).toBe(nextPosition)
  })

  test.each([-1, 0, 1, 3, 4.5, nan])('position %d when the next one is 2', (position) => {
    const core = new Core(configuration(), [])
    for (const at of [0, 1]) core.step(at, { type: 'control.checkpoint', time: at, label: '' })
    const bytes = core.state.serialise()
    const event = { type: 'control.checkpoint', time: 5, label: '' } as const
    expect(() => core.step(position, event)).toThrow(/position/)
    expect(core.state.serialise()).toEqual(bytes)
    expect(core.step(2, event).position).toBe(2)
  })
})

test('a strategy that fails is no refusal: the Event counts and uses its position', () => {
  const strategy: StrategyInstance['strategy'] = {
    name: 'thrower',
    trigger: { events: ['control.signal'] },
    init: () => null,
    decide: () => {
      throw new Error('no idea')
    },
  }
  const core = new Core(configuration(), [{ strategy, params: {} }])
  expect(core.step(0, saying(5, [])).failures[0]).toMatchObject({ stage: 'strategy', strategy: 0 })
  expect([core.state.control.nextPosition, core.state.control.clock]).toEqual([1, 5])
})

test('an Event that comes late is processed where it stands, and the clock stays', () => {
  const made = desk()
  made.at(10).accept(1)
  expect([made.state.control.clock, made.order(1)!.updatedTime]).toEqual([1000, 10])
})
