/** What an evaluation leaves in the step and in the slots of its strategies. */
import {
  AssertionFailure,
  type CoreEvent,
  type Decision,
  instantiate,
  orderKey,
  type Strategy,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { decide } from '../../core/decide.ts'
import { RiskEngine } from '../../core/risk/risk-engine.ts'
import { linear } from '../kit/configuration.ts'
import { Desk, denied, left } from '../kit/core-desk.ts'
import { newOrder, puppet, saying } from '../kit/core-puppet.ts'
import { ask, bid, marketEvent } from '../kit/market.ts'

const at = (time: number): CoreEvent => ({ type: 'control.checkpoint', time, label: '' })
const strategy = (parts: Partial<Strategy>) =>
  instantiate({ name: 'each', init: () => null, decide: () => ({}), ...parts })
const slot = (desk: Desk, index = 0) => desk.state.control.strategies[index]!

describe('the counter of Events', () => {
  test('rises by one with every Event where a trigger counts, and stays where none does', () => {
    const counts = strategy({ trigger: { everyNth: 1000 } })
    const other = strategy({ trigger: { events: ['order.filled'] }, reduce: (memory) => memory })
    const desk = new Desk({ namespaces: ['a', 'b'] }, [counts, other]).start()
    for (const time of [1, 2, 3]) desk.step(at(time))
    expect([slot(desk, 0).counter, slot(desk, 1).counter]).toEqual([4, 0])
  })

  test.each(['control.sessionDraining', 'control.sessionEnded'] as const)(
    'stands still after %s, and nobody is asked, while memory still folds',
    (type) => {
      let asked = 0
      const counts = strategy({
        trigger: { everyNth: 1 },
        init: () => 0,
        reduce: (memory) => (memory as number) + 1,
        decide: () => {
          asked++
          return {}
        },
      })
      const desk = new Desk({}, [counts]).start()
      desk.step({ type, time: 0, reason: '' })
      const result = desk.step(at(1))
      expect([slot(desk).counter, slot(desk).memory, asked, result.decided]).toEqual([
        1,
        3,
        1,
        false,
      ])
    },
  )
})

describe('a step', () => {
  test('that asked nobody says so', () => {
    const desk = new Desk({}, [strategy({})]).start()
    expect(desk.step(at(1))).toMatchObject({ decided: false, denials: [], failures: [] })
  })

  test('in which the one strategy threw has asked it', () => {
    const fails = strategy({
      decide: () => {
        throw new Error('no idea')
      },
    })
    const desk = new Desk({}, [fails]).start()
    expect(desk.results[0]).toMatchObject({ decided: true, failures: [{ strategy: 0 }] })
  })

  test('with Intents of two strategies judges them in the order of the namespaces', () => {
    const one = (namespace: number) =>
      strategy({
        decide: (): Decision => ({
          intents: [{ ...newOrder(1, 1, 100, 1), key: orderKey(namespace, 1) }],
        }),
      })
    const desk = new Desk({ namespaces: ['a', 'b'] }, [one(0), one(1)]).start()
    expect(desk.results[0]!.decided).toBe(true)
    expect(desk.results[0]!.dispatches.map(({ key }) => key)).toEqual([
      orderKey(0, 1),
      orderKey(1, 1),
    ])
  })

  test('lists every denial, and lets what is allowed between them leave', () => {
    const desk = new Desk().start()
    desk.quote(99, 101)
    const result = desk.say(newOrder(1, 1, 0, 1), newOrder(2, 1, 90, 1), newOrder(3, 1, 90, 0))
    expect(result.denials.map(({ key, kind, scope }) => [key, kind, scope])).toEqual([
      [1, 'new', 'account'],
      [3, 'new', 'account'],
    ])
    expect([denied(result).length, left(result)]).toEqual([2, ['new 2']])
  })

  test('in which Risk throws decides nothing and names Risk', () => {
    const desk = new Desk().start()
    const { state, core } = desk
    const cause = new Error('no sums')
    const engine = Object.assign(new RiskEngine(state), {
      judge: () => {
        throw cause
      },
    })
    const agents = [{ instance: puppet(), view: core.view }]
    slot(desk).memory = { said: [], asked: 0 }
    expect(decide(state, agents, engine, saying(1, [newOrder(1, 1, 90, 1)]))).toEqual({
      asked: true,
      allowed: [],
      denials: [],
      changes: [],
      failures: [],
      failure: { stage: 'risk', strategy: -1, cause },
    })
  })
})

describe('memory', () => {
  test('that folds to itself leaves the slot as it is', () => {
    const memory = Object.freeze({ at: 1 })
    const desk = new Desk({}, [strategy({ init: () => memory, reduce: (same) => same })]).start()
    const before = slot(desk).memory
    desk.step(at(1))
    expect(slot(desk).memory).toBe(before)
  })
})

describe('the parameters of a strategy', () => {
  test('are what its own reader makes of the raw ones, and the raw ones without a reader', () => {
    const params = (raw: unknown) => ({ read: raw })
    expect(instantiate({ ...strategy({}).strategy, params }, 5).params).toEqual({ read: 5 })
    expect(instantiate(strategy({}).strategy, { raw: 5 }).params).toEqual({ raw: 5 })
    expect(instantiate(strategy({}).strategy).params).toEqual({})
  })
})

describe('the view', () => {
  test.each([
    ['bids', [bid(99, 5)]],
    ['asks', [ask(101, 5)]],
    ['nothing', []],
  ] as const)('has no touch and no equity while the book holds %s alone', (_, rows) => {
    const desk = new Desk().start()
    desk.step(marketEvent(1, [...rows]))
    expect([desk.core.view.touch(), desk.core.view.equity()]).toEqual([null, null])
  })

  test('hands out the instruments of the Configuration', () => {
    expect(new Desk().core.view.instruments).toEqual([linear])
  })

  test('of an observer has no keys and no chance', () => {
    const { view } = new Desk().core
    for (const act of [() => view.newOrderKey(), () => view.random()]) {
      expect(act).toThrow(AssertionFailure)
      expect(act).toThrow('an observer has no keys and no generator')
    }
  })
})
