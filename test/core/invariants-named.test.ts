/** Each rule of State, broken alone, by the sentence that names it. */
import { brokenInvariant, orderKey, parseDecimal, type State } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { orderChart } from '../../core/state/order-table.ts'
import { linear } from '../kit/configuration.ts'
import { Desk } from '../kit/core-desk.ts'
import { cancel, newOrder } from '../kit/core-puppet.ts'

const K1 = orderKey(0, 1)

/** Order 1 works and its cancel waits; 2 is under way; 3 and 4 wait. */
function busy(): State {
  const rateLimits = { orders: parseDecimal('2'), cancels: parseDecimal('0') }
  const desk = new Desk({ rateLimits }).start()
  desk.quote(99, 101)
  desk.working(newOrder(1, 1, 90, 5))
  desk.say(newOrder(2, 1, 91, 5))
  desk.say(newOrder(3, 1, 92, 5), newOrder(4, 1, 93, 5), cancel(1))
  return desk.state
}

const order = (state: State) => state.execution.orders.get(K1)!
const request = (state: State) => state.execution.inflight.get(orderKey(0, 2))!
const loose = (value: object): Record<string, unknown> => value as Record<string, unknown>
const head = (state: State, kind: 'new' | 'cancel') =>
  state.execution.work.queue.lane(0, kind).head!
const sequences = (state: State) => [
  head(state, 'new').command.sequence,
  head(state, 'new').next!.command.sequence,
]
const setSequence = (state: State, at: 0 | 1, sequence: number) => {
  const node = at === 0 ? head(state, 'new') : head(state, 'new').next!
  node.command = { ...node.command, sequence }
}

const WAYS: readonly (readonly [said: string, corrupt: (state: State) => void])[] = [
  ['the clock stands at -1', (s) => (s.control.clock = -1)],
  ['the next position is -1', (s) => (s.control.nextPosition = -1)],
  ['strategy 0 wakes at 0.5', (s) => (s.control.strategies[0]!.wakeAt = 0.5)],
  ['strategy 0 has counted -1 Events', (s) => (s.control.strategies[0]!.counter = -1)],
  ['strategy 0 has issued keys up to 0.5', (s) => (s.control.strategies[0]!.issued = 0.5)],
  ['strategy 0 was handed keys up to -1', (s) => (s.control.strategies[0]!.handedOut = -1)],
  ['account 0 holds 0 lots of -1 in 0 fills', (s) => (s.execution.accounts[0]!.volume = -1)],
  ['account 0 holds 0 lots of 0 in 0.5 fills', (s) => (s.execution.accounts[0]!.fills = 0.5)],
  ['order 1 has ended and counts as open', (s) => (order(s).status = orderChart.state.canceled)],
  [
    'order 1 is open and not in the table',
    (s) => Object.assign(s.execution.orders, { get: () => undefined }),
  ],
  [
    '5 orders count as open, 1 are',
    (s) => Object.defineProperty(s.execution.orders, 'openCount', { value: 5 }),
  ],
  ['order 1 over 5 at 0.5 has 0 filled and 5 left', (s) => (order(s).price = 0.5)],
  [
    'order 1 over -1 at 90 has 0 filled and 0 left',
    (s) => Object.assign(order(s), { qty: -1, leavesQty: 0 }),
  ],
  [
    'order 1 over 5 at 90 has -1 filled and 6 left',
    (s) => Object.assign(order(s), { cumQty: -1, leavesQty: 6 }),
  ],
  ['order 1 over 5 at 90 has 0 filled and 4 left', (s) => (order(s).leavesQty = 4)],
  [
    'a new of order 4 waits out of turn, with sequence 1',
    (s) => {
      setSequence(s, 0, 1)
      setSequence(s, 1, 1)
    },
  ],
  ['a new of order 4 waits out of turn, with sequence 0', (s) => setSequence(s, 1, 0)],
  [
    'a new of order 4 waits out of turn, with sequence 9',
    (s) => {
      s.execution.work.nextSequence = 9
      setSequence(s, 1, 9)
    },
  ],
  [
    'a new of order 3 waits beside another command of its key',
    (s) => {
      const node = head(s, 'new')
      node.command = { ...node.command, sendAs: 'cancel' }
    },
  ],
  ['a new of order 2 left at -1', (s) => (loose(request(s)).time = -1)],
  [
    'a replace of order 1 is under way, which has ended',
    (s) => {
      const { orders, inflight } = s.execution
      order(s).status = orderChart.state.canceled
      orders.changed(order(s))
      inflight.set(K1, { key: K1, kind: 'replace', time: 0, passed: null, asked: null })
    },
  ],
  ['a new of order 2 is under way, which does not exist', (s) => (loose(request(s)).asked = null)],
  [
    'a new of order 2 is under way, which does not exist',
    (s) => (loose(request(s)).asked = { ...request(s).asked!, key: 9 }),
  ],
  [
    `order ${orderKey(7, 1)} is beyond the issued keys, 0`,
    (s) => {
      const key = orderKey(7, 1)
      s.execution.inflight.set(key, { ...request(s), key, asked: { ...request(s).asked!, key } })
    },
  ],
  [
    'the rate of cancels has no level',
    (s) => (s.execution.work.rates = [{ ...s.execution.work.rates[0]!, cancels: null }]),
  ],
  [
    'the rate of cancels has no rule',
    (s) => (s.rates = { ...s.rates, rules: [{ ...s.rates.rules[0]!, cancels: null }] }),
  ],
  [
    'the rate of orders holds 0 of',
    (s) =>
      (s.execution.work.rates = [
        { ...s.execution.work.rates[0]!, orders: { tokens: 0, time: -1 } },
      ]),
  ],
]

describe('a broken State is named', () => {
  test('and a whole one is not', () => {
    const state = busy()
    expect(brokenInvariant(state)).toBeNull()
    expect(sequences(state)).toHaveLength(2)
  })

  test.each(WAYS)('%s', (said, corrupt) => {
    const state = busy()
    corrupt(state)
    expect(brokenInvariant(state)?.startsWith(said), String(brokenInvariant(state))).toBe(true)
  })
})

describe('the keys that a strategy has issued', () => {
  const waiting = () => {
    const rateLimits = { orders: parseDecimal('1'), cancels: parseDecimal('0') }
    const desk = new Desk({ rateLimits }).start()
    desk.quote(99, 101)
    desk.working(newOrder(1, 1, 90, 5))
    return desk
  }

  test('hold for a NEW that waits', () => {
    const desk = waiting()
    desk.say(newOrder(2, 1, 91, 5))
    desk.state.control.strategies[0]!.issued = 1
    expect(brokenInvariant(desk.state)).toBe('order 2 is beyond the issued keys, 1')
  })

  test('say nothing about a cancel, whose order may be of an earlier session', () => {
    const desk = waiting()
    desk.say(cancel(1))
    desk.state.control.strategies[0]!.issued = 0
    expect([desk.pending(1)?.kind, brokenInvariant(desk.state)]).toEqual(['cancel', null])
  })
})

test('the second of a kind is looked at like the first', () => {
  const one = { orders: parseDecimal('1') }
  const desk = new Desk({
    instruments: [linear, { ...linear, symbol: 'LIN2' }],
    rateLimits: one,
    ownRates: [null, one],
  }).start()
  desk.quote(99, 101)
  desk.at(10e9).say(newOrder(1, 1, 90, 5))
  desk.at(20e9).say(newOrder(2, 1, 90, 5))
  const { inflight, work } = desk.state.execution
  expect([inflight.size, work.rates.length, brokenInvariant(desk.state)]).toEqual([2, 2, null])
  const second = inflight.get(orderKey(0, 2))!
  inflight.set(second.key, { ...second, time: -2 })
  expect(brokenInvariant(desk.state)).toBe('a new of order 2 left at -2')
  inflight.clear()
  work.rates = [work.rates[0]!, { orders: { tokens: -3, time: 0 }, cancels: null }]
  expect(brokenInvariant(desk.state)).toMatch(/^the rate of orders holds -3 of/)
})
