/** What each of several strategies sees of its own, and when each is asked. */
import {
  type CoreEvent,
  defineStrategy,
  instantiate,
  OBSERVER,
  orderKey,
  StateView,
  type StrategyInstance,
  type Trigger,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { Desk } from '../kit/core-desk.ts'
import { newOrder, puppetOf } from '../kit/core-puppet.ts'

const NAMES = ['a', 'b', 'c', 'd']
const b = (counter: number): number => orderKey(1, counter)
const pair = (): Desk => new Desk({ namespaces: ['a', 'b'] }, [puppetOf(0), puppetOf(1)]).start()
const viewOf = ({ state }: Desk, strategy: number): StateView =>
  new StateView(state, state.configuration.instruments, strategy)
const openOf = (made: Desk, strategy: number): number[] =>
  viewOf(made, strategy)
    .openOrders()
    .map(({ key }) => key)
const positions = (made: Desk): number[] =>
  [0, 1, OBSERVER].map((strategy) => viewOf(made, strategy).ownPositionOf())

describe('a view', () => {
  test('lists the open orders of its own strategy, oldest first, and all to an observer', () => {
    const made = pair()
    for (const key of [b(1), 1, b(2), 2]) made.working(newOrder(key, 1, 900, 1))
    expect(openOf(made, 0)).toEqual([1, 2])
    expect(openOf(made, 1)).toEqual([b(1), b(2)])
    expect(openOf(made, OBSERVER)).toEqual([b(1), 1, b(2), 2])
    made.report(b(1), { type: 'order.canceled' })
    expect(openOf(made, 1)).toEqual([b(2)])
  })

  test('tells the position that its own fills made, and that of the account', () => {
    const made = pair()
    made.working(newOrder(1, 1, 900, 5))
    made.working(newOrder(b(1), -1, 1100, 9))
    made.fill(1, 5)
    made.fill(b(1), 7)
    expect(positions(made)).toEqual([5, -7, -2])
    expect([0, 1].map((strategy) => viewOf(made, strategy).positionOf())).toEqual([-2, -2])
  })

  test('keeps its own position when the Venue states another one of the account', () => {
    const made = pair()
    made.working(newOrder(1, 1, 900, 5))
    made.fill(1, 5)
    const statement = { type: 'account.updated', time: 0, exchTime: 0, instrument: 0 } as const
    made.step({ ...statement, position: 40, balance: 0 })
    expect(positions(made)).toEqual([5, 0, 40])
    expect(made.state.execution.own[0]!.accounts[0]!.cash).toBe(-45_000_000n)
    made.fill(1, 1)
    expect(positions(made)).toEqual([6, 0, 41])
  })
})

describe('a fill of an unknown order', () => {
  test.each([
    ['of the first strategy', 77, [3, 0, 3]],
    ['of the second', b(77), [0, 3, 3]],
    ['of nobody here is the account’s alone', orderKey(5, 1), [0, 0, 3]],
  ])('%s counts by its key', (_, key, expected) => {
    const made = pair()
    made.fill(key, 3)
    expect(positions(made)).toEqual(expected)
  })
})

/** Writes down why and at which position it was asked. */
const diary = (trigger: Trigger, every?: number): StrategyInstance =>
  instantiate(
    defineStrategy<unknown, readonly string[]>({
      name: 'diary',
      trigger,
      init: () => [],
      decide: (view, memory, reason) => ({
        memory: [...memory, `${reason} ${view.position}`],
        wakeAt: every === undefined ? null : view.now + every,
      }),
    }),
  )
const failing: StrategyInstance = instantiate(
  defineStrategy<unknown, null>({
    name: 'failing',
    trigger: { everyNth: 2 },
    init: () => null,
    decide: () => {
      throw new Error('always')
    },
  }),
)

describe('each is asked for reasons of its own', () => {
  const WRITERS: readonly (readonly [string, StrategyInstance, readonly string[]])[] = [
    ['event types', diary({ events: ['control.signal'] }), ['event 2', 'event 5']],
    [
      'a condition',
      diary({ when: (_, { time }) => time % 2 === 1 }),
      ['condition 1', 'condition 3', 'condition 5', 'condition 6'],
    ],
    ['every third Event', diary({ everyNth: 3 }), ['everyNth 2', 'everyNth 5']],
    ['a cadence of wake-ups', diary({}, 2), ['wakeUp 3', 'wakeUp 6']],
  ]
  const checkpoint = (time: number): CoreEvent => ({ type: 'control.checkpoint', time, label: '' })
  const signal = (time: number): CoreEvent => ({
    type: 'control.signal',
    time,
    name: 's',
    version: 1,
    payload: [],
  })
  const EVENTS: readonly CoreEvent[] = [
    { type: 'control.sessionStarted', time: 0, seed: 7 },
    checkpoint(1),
    signal(2),
    checkpoint(3),
    checkpoint(4),
    signal(5),
    { type: 'control.time', time: 5, due: 5, reason: 'wakeUp' },
  ]
  const play = (strategies: readonly StrategyInstance[], events = EVENTS): Desk => {
    const made = new Desk({ namespaces: [...NAMES, 'e'].slice(0, strategies.length) }, strategies)
    for (const event of events) made.step(event)
    return made
  }
  const diaryOf = (made: Desk, strategy: number) => made.state.control.strategies[strategy]!.memory
  const together = play(WRITERS.map(([, strategy]) => strategy))

  test.each(WRITERS)('by %s', (_, strategy, expected) => {
    const index = WRITERS.findIndex(([, other]) => other === strategy)
    expect(diaryOf(together, index)).toEqual(['wakeUp 0', ...expected])
    expect(diaryOf(play([strategy]), 0)).toEqual(diaryOf(together, index))
  })

  test('whatever another one fails at', () => {
    const beside = play([failing, ...WRITERS.map(([, strategy]) => strategy)])
    for (const index of WRITERS.keys()) {
      expect(diaryOf(beside, index + 1)).toEqual(diaryOf(together, index))
    }
  })

  test('and not while it is disabled itself', () => {
    const off: CoreEvent = { type: 'control.strategyDisabled', time: 0, strategy: 2, reason: 'x' }
    const made = play(
      WRITERS.map(([, strategy]) => strategy),
      [EVENTS[0]!, off, ...EVENTS.slice(1)],
    )
    expect(diaryOf(made, 2)).toEqual(['wakeUp 0'])
    expect(diaryOf(made, 0)).toEqual(['wakeUp 0', 'event 3', 'event 6'])
  })

  test('and the obligation is the earliest wake-up of all', () => {
    const made = play([diary({}, 9), diary({}, 4), diary({})], EVENTS.slice(0, 1))
    expect(made.results[0]!.obligation).toEqual({ due: 4, reason: 'wakeUp' })
  })
})
