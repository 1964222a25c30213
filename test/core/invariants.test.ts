/** Rules of State itself: random sessions keep them, and each way to break one is named. */
import { brokenInvariant, orderKey, parseDecimal, type State } from '@escapement/core'
import { test as propertyTest } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { Desk } from '../kit/core-desk.ts'
import { cancel, newOrder, puppet } from '../kit/core-puppet.ts'
import { plans, play } from '../kit/core-session.ts'

describe('a State that Events have made', () => {
  propertyTest.prop([plans()], { numRuns: 200 })('breaks no rule at any position', (plan) => {
    play(plan, ({ state }) => expect(brokenInvariant(state)).toBeNull())
  })

  propertyTest.prop([plans({ cancelsPassInflight: true, terminalOrdersKept: 0 })])(
    'nor with cancels that pass, nor when no ended order is kept',
    (plan) => {
      play(plan, ({ state }) => expect(brokenInvariant(state)).toBeNull())
    },
  )

  test('may hold an order that is filled beyond its quantity', () => {
    const { desk } = busy()
    desk.fill(1, 9, { cumQty: 9 })
    expect(brokenInvariant(desk.state)).toBeNull()
  })
})

/** One order works, one is under way, one waits for the rate, and so does a cancel. */
function busy() {
  const rateLimits = { orders: parseDecimal('2'), cancels: parseDecimal('0') }
  const desk = new Desk({ rateLimits }, [puppet()]).start()
  desk.quote(99, 101)
  desk.working(newOrder(1, 1, 90, 5))
  desk.say(newOrder(2, 1, 91, 5))
  desk.say(newOrder(3, 1, 92, 5), cancel(1))
  return { desk, state: desk.state }
}

type Loose = Record<string, unknown>
const loose = (value: object): Loose => value as Loose
const lane = (state: State, kind: 'new' | 'cancel') => state.execution.work.queue.lane(0, kind)
const setWaiting = (state: State, kind: 'new' | 'cancel', parts: object) => {
  const node = lane(state, kind).head!
  node.command = { ...node.command, ...parts }
}
const request = (state: State) => loose(state.execution.inflight.get(orderKey(0, 2))!)
const order = (state: State) => loose(state.execution.orders.get(orderKey(0, 1))!)
const setRates = (state: State, tokens: number) => {
  const { work } = state.execution
  const [levels] = work.rates
  work.rates = [{ ...levels!, orders: { ...levels!.orders!, tokens } }]
}

const WAYS: readonly (readonly [claim: string, said: string, corrupt: (state: State) => void])[] = [
  ['a clock that is no number', 'the clock stands at NaN', (s) => (s.control.clock = Number.NaN)],
  ['a position of half', 'next position is 1.5', (s) => (s.control.nextPosition = 1.5)],
  ['a wake-up before time', 'wakes at -5', (s) => (s.control.strategies[0]!.wakeAt = -5)],
  ['a counter that ran off', 'has counted', (s) => (s.control.strategies[0]!.counter = Infinity)],
  ['issued keys below zero', 'issued keys up to -1', (s) => (s.control.strategies[0]!.issued = -1)],
  ['a fraction of a lot', '0.5 lots', (s) => (s.execution.accounts[0]!.position = 0.5)],
  ['lots that came from nowhere', '7 left', (s) => (order(s).leavesQty = 7)],
  ['fills below zero', '-1 filled', (s) => (order(s).cumQty = -1)],
  ['an ended order among the open ones', 'order', (s) => (order(s).status = 4)],
  ['a command that its lane lost', 'counts 2', (s) => (lane(s, 'new').head = null)],
  [
    'two commands of one key',
    'beside another command',
    (s) => setWaiting(s, 'cancel', { key: orderKey(0, 3) }),
  ],
  ['a command of the future', 'out of turn', (s) => setWaiting(s, 'new', { sequence: 99 })],
  [
    'a key that no strategy issued',
    'beyond the issued',
    (s) => (s.control.strategies[0]!.issued = 0),
  ],
  ['a request without an order', 'does not exist', (s) => (request(s).kind = 'replace')],
  ['a request filed under another key', 'left at', (s) => (request(s).key = 77)],
  ['a request at no time', 'left at NaN', (s) => (request(s).time = Number.NaN)],
  ['more tokens than there is room for', 'tokens', (s) => setRates(s, 1e15)],
  ['a debt of tokens', '-1 of', (s) => setRates(s, -1)],
  [
    'a rule without its level',
    'no rule',
    (s) => (s.rates = { ...s.rates, rules: [{ ...s.rates.rules[0]!, orders: null }] }),
  ],
  ['a group without levels', '1 rates have 0', (s) => (s.execution.work.rates = [])],
  [
    'a command in the lane of another instrument',
    'the rate of another instrument',
    (s) => (s.rates = { ...s.rates, groupOf: [1] }),
  ],
]

describe('each way to break State is named', () => {
  test('the State before it is whole', () => {
    const { desk, state } = busy()
    expect(brokenInvariant(state)).toBeNull()
    expect([desk.status(1), desk.inflight(2)]).toEqual(['accepted', 'new'])
    expect([...state.execution.work.queue.values()].map(({ kind }) => kind)).toEqual([
      'cancel',
      'new',
    ])
  })

  test.each(WAYS)('%s', (_claim, said, corrupt) => {
    const { state } = busy()
    corrupt(state)
    expect(brokenInvariant(state)).toContain(said)
  })
})
