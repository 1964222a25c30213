/** What a strategy may rely on, and what it can not do: wake-ups, triggers, memory, failures, keys. */
import {
  Core,
  type CoreEvent,
  type Decision,
  instantiate,
  type OrderKey,
  orderCounter,
  orderKey,
  orderNamespace,
  type PlainData,
  State,
  type StateView,
  type Strategy,
  type StrategyInstance,
  type TriggerReason,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { configuration } from '../kit/configuration.ts'
import { Desk } from '../kit/core-desk.ts'
import { newOrder } from '../kit/core-puppet.ts'

type Seen = { readonly now: number; readonly position: number; readonly reason: TriggerReason }

/** A strategy whose decisions a test writes down; it notes outside of itself when it was asked. */
function scripted(
  decide: (view: StateView, memory: PlainData, reason: TriggerReason) => unknown,
  parts: Partial<Strategy> = {},
): { readonly instance: StrategyInstance; readonly seen: Seen[] } {
  const seen: Seen[] = []
  const strategy: Strategy = {
    name: 'scripted',
    init: () => null,
    decide(view, memory, reason) {
      seen.push({ now: view.now, position: view.position, reason })
      return decide(view, memory, reason) as Decision
    },
    ...parts,
  }
  return { instance: instantiate(strategy), seen }
}

const at = (time: number): CoreEvent => ({ type: 'control.checkpoint', time, label: '' })
const limit = (key: OrderKey) => ({ ...newOrder(0, 1, 100, 1), key })

describe('a wake-up', () => {
  /** Asks for a wake-up every 100 ns. */
  const clockwork = () => scripted((view) => ({ wakeAt: view.now + 100 }))

  test('comes first with the start of the session', () => {
    const { instance, seen } = clockwork()
    const desk = new Desk({}, [instance]).start()
    expect(seen).toEqual([{ now: 0, position: 0, reason: 'wakeUp' }])
    expect(desk.results[0]).toMatchObject({
      decided: true,
      obligation: { due: 100, reason: 'wakeUp' },
    })
  })

  test('at its very time waits for Control-Time, so that Execution and Market come first', () => {
    const { instance, seen } = clockwork()
    const desk = new Desk({}, [instance]).start()
    desk.at(100).quote(99, 101)
    desk.fill(1, 1)
    expect(seen).toHaveLength(1)
    expect(desk.results.at(-1)!.obligation).toEqual({ due: 100, reason: 'wakeUp' })
    desk.wake(100, 'wakeUp')
    expect(seen.at(-1)).toEqual({ now: 100, position: 3, reason: 'wakeUp' })
    expect(desk.results.at(-1)!.obligation).toEqual({ due: 200, reason: 'wakeUp' })
  })

  test('that the clock has passed comes with whatever Event passed it', () => {
    const { instance, seen } = clockwork()
    const desk = new Desk({}, [instance]).start()
    desk.at(99).quote(99, 101)
    desk.at(101).quote(99, 101)
    expect(seen.map(({ now }) => now)).toEqual([0, 101])
    desk.at(250).fill(1, 1)
    expect(seen.map(({ now }) => now)).toEqual([0, 101, 250])
  })

  test('is not brought by Control-Time for the rate, nor by an Event that comes late', () => {
    const { instance, seen } = clockwork()
    const desk = new Desk({}, [instance]).start()
    desk.wake(99)
    desk.step(at(0))
    expect(seen).toHaveLength(1)
    desk.wake(100, 'rate')
    expect(seen).toHaveLength(2)
  })

  test('stays when a trigger runs the strategy before it, and null takes it back', () => {
    let answer: Decision = { wakeAt: 1000 }
    const { instance, seen } = scripted(() => answer, { trigger: { events: ['order.filled'] } })
    const desk = new Desk({}, [instance]).start()
    answer = {}
    expect(desk.fill(1, 1).obligation).toEqual({ due: 1000, reason: 'wakeUp' })
    answer = { wakeAt: null }
    expect(desk.fill(1, 1).obligation).toBeNull()
    desk.at(5000).quote(99, 101)
    expect(seen.map(({ reason }) => reason)).toEqual(['wakeUp', 'event', 'event'])
  })

  test('happens once: without a new one there is no next', () => {
    const { instance, seen } = scripted(() => ({}))
    const desk = new Desk({}, [instance]).start()
    desk.at(1e9).quote(99, 101)
    expect([seen.length, desk.results.at(-1)!.obligation]).toEqual([1, null])
  })
})

describe('a trigger', () => {
  test('of events fires for those alone, the view standing at the Event', () => {
    const { instance, seen } = scripted(() => ({ wakeAt: null }), {
      trigger: { events: ['market.snapshot'] },
    })
    const desk = new Desk({}, [instance]).start()
    desk.at(5).quote(99, 101)
    desk.step(at(6))
    desk.at(7).quote(99, 102)
    expect(seen.slice(1)).toEqual([
      { now: 5, position: 1, reason: 'event' },
      { now: 7, position: 3, reason: 'event' },
    ])
  })

  test('of every n-th Event counts in State, through a restore', () => {
    const make = () => scripted(() => ({ wakeAt: null }), { trigger: { everyNth: 3 } })
    const first = make()
    const core = new Core(configuration(), [first.instance])
    for (const position of [0, 1, 2, 3]) core.step(position, at(0))
    expect(first.seen.map(({ position }) => position)).toEqual([2])
    const second = make()
    const state = State.restore(configuration(), core.state.serialise())
    const restored = new Core(configuration(), [second.instance], state)
    for (const position of [4, 5, 6, 7, 8]) restored.step(position, at(0))
    expect(second.seen.map(({ position }) => position)).toEqual([5, 8])
  })

  test('of a condition is asked after the Event was applied', () => {
    const { instance, seen } = scripted(() => ({ wakeAt: null }), {
      trigger: { when: (view) => (view.touch()?.bid ?? 0) > 100 },
    })
    const desk = new Desk({}, [instance]).start()
    desk.at(1).quote(100, 102)
    desk.at(2).quote(101, 103)
    expect(seen.slice(1)).toEqual([{ now: 2, position: 2, reason: 'condition' }])
  })

  test('changes neither the positions nor the market that others see', () => {
    const never = new Desk({}, [scripted(() => ({})).instance]).start()
    const always = new Desk({}, [
      scripted(() => ({}), { trigger: { everyNth: 1 } }).instance,
    ]).start()
    for (const desk of [never, always]) for (const bid of [90, 91, 92]) desk.quote(bid, 100)
    expect(always.state.control.nextPosition).toBe(never.state.control.nextPosition)
    expect(always.state.market[0]!.book.digestLow).toBe(never.state.market[0]!.book.digestLow)
  })
})

describe('memory', () => {
  test('folds every Event, whether or not the strategy is asked', () => {
    const { instance } = scripted(() => ({}), {
      init: () => [],
      reduce: (memory, event) => [...(memory as string[]), event.type],
    })
    const desk = new Desk({}, [instance]).start()
    desk.quote(99, 101)
    desk.step(at(1))
    expect(desk.state.control.strategies[0]!.memory).toEqual([
      'control.sessionStarted',
      'market.snapshot',
      'control.checkpoint',
    ])
  })

  test('is frozen to its depth: an attempt to change it fails, and nothing is decided', () => {
    const { instance } = scripted((_, memory) => {
      const { list } = memory as unknown as { list: number[] }
      if (list.length > 0) list.push(1)
      return { memory: { list: [0] } }
    })
    const desk = new Desk({}, [
      {
        ...instance,
        strategy: { ...instance.strategy, init: () => ({ list: [] }), trigger: { everyNth: 1 } },
      },
    ]).start()
    const { failures } = desk.step(at(1))
    expect(failures[0]?.cause).toBeInstanceOf(TypeError)
    expect(desk.state.control.strategies[0]!.memory).toEqual({ list: [0] })
  })

  test('that was frozen by the strategy itself is looked into all the same', () => {
    const inner = { list: [] as number[] }
    const { instance } = scripted(() => ({ memory: Object.freeze({ inner }) }))
    const desk = new Desk({}, [instance]).start()
    expect(desk.results[0]!.failures).toEqual([])
    expect(() => inner.list.push(1)).toThrow(TypeError)
    const hidden = scripted(() => ({ memory: Object.freeze({ at: new Map() }) as never }))
    expect(new Desk({}, [hidden.instance]).start().results[0]!.failures).toHaveLength(1)
  })
})

test('parameters are no memory: they are frozen when a strategy is bound', () => {
  const { strategy } = scripted(() => ({})).instance
  const { params } = instantiate(strategy, { levels: [{ qty: 1 }] })
  const { levels } = params as { levels: { qty: number }[] }
  expect(() => levels.push({ qty: 2 })).toThrow(TypeError)
  expect(() => Object.assign(levels[0]!, { qty: 2 })).toThrow(TypeError)
})

describe('a strategy that fails', () => {
  const garbage: readonly (readonly [string, unknown])[] = [
    ['a number', 5],
    ['nothing', undefined],
    ['null', null],
    ['Intents that are no list', { intents: {} }],
    ['an Intent that is null', { intents: [null] }],
    ['an unknown Intent', { intents: [{ type: 'intent.amend', key: 1 }] }],
    ['an Intent without a key', { intents: [{ ...newOrder(1, 1, 1, 1), key: Number.NaN }] }],
    ['an order without a side', { intents: [{ ...newOrder(1, 1, 1, 1), side: 0 }] }],
    ['an order of no type', { intents: [{ ...newOrder(1, 1, 1, 1), orderType: 'stop' }] }],
    ['an order of no validity', { intents: [{ ...newOrder(1, 1, 1, 1), timeInForce: 'DAY' }] }],
    ['an order with the key of nobody', { intents: [limit(2 ** 43 + 1)] }],
    ['a wake-up now', { wakeAt: 0 }],
    ['a wake-up with a fraction', { wakeAt: 1.5 }],
    ['a wake-up in words', { wakeAt: 'soon' }],
    ['memory that is a Map', { memory: new Map() }],
    ['memory with a function', { memory: { f: () => 1 } }],
    ['memory with undefined', { memory: [undefined] }],
    ['memory with a bigint', { memory: 1n }],
  ]
  test.each(garbage)('by answering %s yields nothing, and the Event counts', (_, answer) => {
    const { instance } = scripted(() => answer)
    const desk = new Desk({}, [instance])
    desk.at(7).start()
    const [result] = desk.results
    expect(result!.failures[0]).toMatchObject({ stage: 'strategy', strategy: 0 })
    expect([result!.dispatches, result!.denials, result!.closures]).toEqual([[], [], []])
    expect([desk.state.control.clock, desk.state.control.nextPosition]).toEqual([7, 1])
    expect(desk.state.control.strategies[0]!.memory).toBeNull()
    expect(desk.state.execution.work.queue.size).toBe(0)
  })

  test('takes back what it wanted itself, and nothing of what the others did', () => {
    const good = scripted((view) => ({ intents: [limit(view.newOrderKey())] }))
    const bad = scripted(() => {
      throw new Error('no idea')
    })
    const parts = { namespaces: ['bad', 'good', 'worse'] }
    const desk = new Desk(parts, [bad.instance, good.instance, bad.instance]).start()
    expect(desk.results[0]).toMatchObject({
      dispatches: [{ key: orderKey(1, 1) }],
      failures: [{ strategy: 0 }, { strategy: 2 }],
    })
    expect(desk.state.control.strategies.map(({ issued }) => issued)).toEqual([0, 1, 0])
  })

  test('can be disabled by an Event, and is never asked again', () => {
    const { instance, seen } = scripted((view) => ({ wakeAt: view.now + 1 }))
    const desk = new Desk({}, [instance]).start()
    const off = { type: 'control.strategyDisabled', time: 0, strategy: 0, reason: '' } as const
    expect(desk.step(off).obligation).toBeNull()
    desk.at(100).quote(99, 101)
    expect(seen).toHaveLength(1)
  })
})

describe('order keys', () => {
  const buyer = () =>
    scripted((view) => ({ intents: [limit(view.newOrderKey()), limit(view.newOrderKey())] }), {
      trigger: { everyNth: 1 },
    })

  test('are new in every step and after a restart, each strategy in its namespace', () => {
    const config = configuration({ namespaces: ['a', 'b'] })
    const make = () => [buyer().instance, buyer().instance]
    let core = new Core(config, make())
    const keys: number[] = []
    for (let position = 0; position < 6; position++) {
      keys.push(...core.step(position, at(position)).dispatches.map(({ key }) => key))
      core = new Core(config, make(), State.restore(config, core.state.serialise()))
    }
    expect(new Set(keys).size).toBe(24)
    expect(keys.slice(0, 4).map((key) => [orderNamespace(key), orderCounter(key)])).toEqual([
      [0, 1],
      [0, 2],
      [1, 1],
      [1, 2],
    ])
  })

  test('are equal in two runs of the same stream', () => {
    const run = () => {
      const core = new Core(configuration(), [buyer().instance])
      return [0, 1, 2].flatMap((p) => core.step(p, at(p)).dispatches.map(({ key }) => key))
    }
    expect(run()).toEqual(run())
  })

  test('of another strategy cannot name a new order', () => {
    const thief = scripted(() => ({ intents: [limit(2 ** 40 + 1)] }))
    const desk = new Desk({ namespaces: ['a', 'b'] }, [thief.instance, thief.instance]).start()
    expect(desk.results[0]!.failures[0]).toMatchObject({ stage: 'strategy', strategy: 0 })
  })
})
