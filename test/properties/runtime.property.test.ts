/** Execution Control, failures and parity in the running session. */
import {
  type Allowed,
  Core,
  type CoreEvent,
  type Intent,
  millis,
  NANOS_PER_SECOND,
  orderChart,
  RiskEngine,
  State,
  type StepBaton,
} from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Actor, actor, Priority } from '../../actors/actor.ts'
import { transmitted } from '../../actors/feedback/transmitted.ts'
import { RecordOutbox } from '../../actors/record-outbox.ts'
import type { VenuePorts } from '../../runtime/environment.ts'
import { replayEvents } from '../../runtime/replay-events.ts'
import { backtestOf } from '../kit/backtest.ts'
import { newOrder } from '../kit/core-puppet.ts'
import { plans, play, strategies } from '../kit/core-session.ts'
import { liveSession } from '../kit/live-session.ts'
import { fidget, sessions } from '../kit/session-plans.ts'
import { openSession, recorded, runSession, type SessionChanges } from '../kit/session-run.ts'
import { deepBids, quietMarket, scripted } from '../kit/session-script.ts'

const runs = { numRuns: 20 }
const limited = { rateLimits: { ordersPerSecond: '5', cancelsPerSecond: '3' } }
afterEach(() => vi.restoreAllMocks())

const queueOf = ({ execution }: State) => [...execution.work.queue.values()]

describe('EC1', () => {
  propertyTest.prop([sessions(limited), fc.nat(1_000_000_000)], runs)(
    'the queue of a session at any time is made again from the stream up to there',
    (definition, until) => {
      const journal: CoreEvent[] = []
      const { core, system } = openSession(definition, {
        journal: { append: (_, event) => void journal.push(event), commit: () => undefined },
      })
      system.run(until)
      const again = new Core(definition.configuration, definition.strategies)
      for (const [position, event] of journal.entries()) again.step(position, event)
      expect(queueOf(again.state)).toEqual(queueOf(core.state))
    },
  )

  test('the queue stands within Execution State, and State has three domains', () => {
    const rebuilt = ['configuration', 'money', 'riskRules', 'ownRules', 'rates']
    const { state } = new Core(backtestOf(quietMarket([1])).configuration, [fidget()])
    const domains = Object.keys(state).filter((name) => !rebuilt.includes(name))
    expect(domains.sort()).toEqual(['control', 'execution', 'market'])
    expect(state.execution.work.queue.size).toBe(0)
  })
})

/** A session whose Scheduler takes obligations and does nothing about them. */
const deaf: SessionChanges['actors'] & object = ({ scheduler }) => ({
  scheduler: {
    ...scheduler,
    create: () => ({ obligation: () => undefined, due: () => undefined }),
  },
})

describe('EC2', () => {
  propertyTest.prop([sessions(limited)], runs)(
    'an hour without Events changes no queue and sends nothing, though the rate has recovered',
    (definition) => {
      const dispatched: unknown[] = []
      const { core, system } = openSession(definition, {
        actors: deaf,
        prepare: (early) => {
          early.tap('core', 'request').subscribe((request) => dispatched.push(request))
        },
      })
      system.run()
      const [bytes, sent] = [core.state.serialise(), dispatched.length]
      for (let minute = 0; minute < 60; minute++) system.run(system.now + 60 * NANOS_PER_SECOND)
      expect(core.state.serialise()).toEqual(bytes)
      expect(dispatched.length).toBe(sent)
    },
  )

  test('what waits longest waits still, until an Event comes', () => {
    const definition = backtestOf(
      quietMarket([3600 * NANOS_PER_SECOND]),
      { rateLimits: { ordersPerSecond: '1' } },
      scripted((view) => ({ intents: deepBids(view, 3) })),
    )
    const { core, system } = openSession(definition, { actors: deaf })
    system.run(3600 * NANOS_PER_SECOND - 1)
    expect(core.state.execution.work.queue.size).toBe(2)
    system.run()
    expect(core.state.execution.work.queue.size).toBeLessThan(2)
  })
})

describe('EC3', () => {
  propertyTest.prop([sessions(limited), fc.integer({ min: 1, max: 7 })], runs)(
    'a Core that is made anew from State and Configuration every few steps decides the same',
    (definition, every) => {
      const { steps } = recorded(definition)
      const { configuration, strategies: instances } = definition
      let core = new Core(configuration, instances)
      for (const { position, event, stateDigest } of steps) {
        if (position % every === 0) {
          const state = State.restore(configuration, core.state.serialise())
          core = new Core(configuration, instances, state)
        }
        core.step(position, event)
        expect(core.state.digest()).toBe(stateDigest)
      }
    },
  )
})

describe('EC6', () => {
  test('a thousand supersessions and deferrals append no Event', () => {
    const rows = Array.from({ length: 1100 }, (_, i) => (i + 1) * millis(1))
    const closures: string[] = []
    let key = -1
    // At every row the one pending NEW, which no rate ever lets go, is replaced.
    const restless = scripted((view, turn) => {
      if (turn === 0) {
        const intents = deepBids(view, 1)
        key = intents[0]!.key
        return { intents }
      }
      const price = 400_000 + turn
      return { intents: [{ type: 'intent.replace', key, instrument: 0, price, qty: 1 }] }
    }, 1)
    const definition = backtestOf(
      quietMarket(rows),
      { rateLimits: { ordersPerSecond: '0' } },
      restless,
    )
    const { steps } = recorded(definition, {
      prepare: (system) => {
        system.tap('core', 'summary').subscribe(({ result }) => {
          for (const { reason } of result.closures) closures.push(reason)
        })
      },
    })
    expect(closures.length).toBeGreaterThan(1000)
    expect(new Set(closures)).toEqual(new Set(['superseded']))
    const types = steps.map(({ event }) => event.type)
    // The two levels of time 0 are one Event.
    expect(types).toEqual([
      'control.sessionStarted',
      ...Array(rows.length + 1).fill('market.updated'),
      'control.sessionDraining',
      'control.sessionEnded',
    ])
  })
})

describe('D4', () => {
  propertyTest.prop([fc.nat(10_000), fc.constantFrom('5', '40'), fc.constantFrom('3', undefined)], {
    numRuns: 12,
  })(
    'a live stream, with late timers and random delays, gives the same digests in a backtest',
    async (seed, ordersPerSecond, cancelsPerSecond) => {
      const rateLimits = {
        ordersPerSecond,
        ...(cancelsPerSecond === undefined ? {} : { cancelsPerSecond }),
      }
      const control = { digestEvery: 1 } as const
      const definition = backtestOf(quietMarket([1]), { seed, rateLimits, control }, fidget())
      const { core, steps, results } = await liveSession(definition, seed)
      const types = new Set(steps.map(({ event }) => event.type))
      expect([...types]).toEqual(
        expect.arrayContaining(['order.accepted', 'control.time', 'market.snapshot']),
      )
      const { configuration, strategies: instances } = definition
      expect(replayEvents(configuration, instances, steps)).toMatchObject({
        ok: true,
        positions: steps.length,
      })
      const backtesting = new Core(configuration, instances)
      steps.forEach(({ position, event, stateDigest }, i) => {
        expect(backtesting.step(position, event)).toEqual(results[i])
        expect(backtesting.state.digest()).toBe(stateDigest)
      })
      expect(backtesting.state.serialise()).toEqual(core.state.serialise())
    },
  )
})

/** Records that requests left, and never answers. */
const silentVenue: Actor<VenuePorts> = actor<VenuePorts>()(
  'silent-venue',
  { in: { market: Priority.venueMarket, request: Priority.venueRequest }, out: ['records'] },
  (context) => {
    const outbox = new RecordOutbox('silent-venue')
    return {
      market: () => undefined,
      request(dispatch) {
        outbox.push(transmitted(dispatch, context.now))
        context.emit('records', outbox)
      },
    }
  },
)

describe('F2', () => {
  propertyTest.prop([sessions(limited), fc.integer({ min: 0, max: 60 })], runs)(
    'after submission silence of any length leaves an Order submitted and its key busy',
    (definition, hours) => {
      const { core, system } = openSession(definition, { venue: silentVenue })
      system.run()
      const time = system.now + hours * 3600 * NANOS_PER_SECOND
      const checkpoint = { type: 'control.checkpoint', time, label: 'still silent' } as const
      system.post('core', 'event', checkpoint, time)
      system.run()
      const { orders, inflight } = core.state.execution
      expect(core.state.control.clock).toBe(time)
      expect(orders.openCount).toBeGreaterThan(0)
      for (const { key, status, cumQty } of orders.all()) {
        expect(orderChart.states[status]).toBe('submitted')
        expect(cumQty).toBe(0)
        const { kind, passed } = inflight.get(key)!
        expect([kind, passed]).toContain('new')
      }
    },
  )
})

/** Two orders of the first strategy with keys that were never used. */
const more = ({ control }: State, pick: number): Intent[] =>
  [1, 2].map((i) => newOrder(control.strategies[0]!.issued + i + 100, 1, 900 + (pick % 90), 1))

/** What a failed step may not touch. */
const owned = ({ execution, control }: State) => ({
  queue: [...execution.work.queue.values()],
  orders: [...execution.orders.all()].map(({ hashLow: _, hashHigh: __, ...row }) => row),
  inflight: [...execution.inflight.values()],
  strategies: control.strategies.map((slot) => ({ ...slot })),
})
const stages = ['strategy', 'risk', 'executionControl'] as const

describe('F4', () => {
  propertyTest.prop([plans(), fc.nat(), fc.constantFrom(...stages)], { numRuns: 100 })(
    'a throw before dispatch adds no Order, no queue entry and no request',
    (plan, pick, stage) => {
      const desk = play(plan)
      const state = State.restore(plan.config, desk.state.serialise())
      const instances = strategies().map((instance, i) => ({
        ...instance,
        strategy: {
          ...instance.strategy,
          trigger: { everyNth: 1 },
          decide: (view: never, memory: never, reason: never, params: never) => {
            if (stage === 'strategy') throw new Error('injected')
            const given = instance.strategy.decide(view, memory, reason, params)
            const added = i === 0 ? more(state, pick) : []
            return { ...given, intents: [...(given.intents ?? []), ...added] }
          },
        },
      }))
      const core = new Core(plan.config, instances, state)
      const before = owned(state)
      vi.spyOn(RiskEngine.prototype, 'judge').mockImplementation((intent) => {
        if (stage === 'risk') throw new Error('injected')
        return { allowed: intent as Allowed }
      })
      if (stage === 'executionControl') {
        Object.defineProperty(state.execution.work.queue, 'lane', {
          value: () => {
            throw new Error('injected')
          },
          configurable: true,
        })
      }
      const { clock, nextPosition } = state.control
      const event = { type: 'control.checkpoint', time: clock, label: '' } as const
      const result = core.step(nextPosition, event)
      vi.restoreAllMocks()
      Reflect.deleteProperty(state.execution.work.queue, 'lane')
      expect(result).toMatchObject({ denials: [] })
      expect(new Set(result.failures.map((failure) => failure.stage))).toEqual(new Set([stage]))
      const after = owned(state)
      expect(state.control.nextPosition).toBe(nextPosition + 1)
      if (stage !== 'strategy') expect([after, result.dispatches]).toEqual([before, []])
      // What was queued before goes on; the strategies' part is as if they had not been asked.
      const quiet = State.restore(plan.config, desk.state.serialise())
      const silent = instances.map(({ params, strategy }) => ({
        params,
        strategy: { name: '', init: strategy.init, decide: () => ({}) },
      }))
      const { dispatches } = new Core(plan.config, silent, quiet).step(nextPosition, event)
      if (stage !== 'strategy') return
      expect(result.dispatches).toEqual(dispatches)
      expect({ ...after, strategies: 0 }).toEqual({ ...owned(quiet), strategies: 0 })
      expect(after.strategies).toEqual(before.strategies)
    },
  )

  test('in a session its one Event is that of the strategy being disabled', () => {
    const definition = backtestOf(
      quietMarket([millis(1), millis(9)]),
      { control: { onStrategyFailure: 'disable' } },
      scripted((view, turn) => {
        if (turn === 2) throw new Error('the wheel came off')
        return { intents: deepBids(view, 1), wakeAt: view.now + millis(2) }
      }),
    )
    const { steps } = recorded(definition)
    const at = steps.findIndex(({ event }) => event.type === 'control.strategyDisabled')
    const submitted = steps.filter(({ event }) => event.type === 'order.submitted')
    expect(steps[at]!.event).toMatchObject({ strategy: 0, reason: 'the wheel came off' })
    expect(submitted.map(({ position }) => position < at)).toEqual([true, true])
    expect(steps.filter(({ event }) => event.type.startsWith('intent.'))).toEqual([])
  })
})

/** A gate whose stage meets a draft that cannot be read. */
const brokenGate = (from: number): Actor<{ in: { step: StepBaton }; out: { step: StepBaton } }> =>
  actor<{ in: { step: StepBaton }; out: { step: StepBaton } }>()(
    'gate',
    { in: { step: Priority.baton }, out: ['step'] },
    ({ emit }) => ({
      step(baton) {
        if (baton.position >= from) {
          baton.draft = null
          baton.failure = { stage: 'executionControl', strategy: -1, cause: new Error('injected') }
        }
        emit('step', baton)
      },
    }),
  )

describe('F5', () => {
  propertyTest.prop([sessions(), fc.integer({ min: 2, max: 60 })], runs)(
    'a failure that no Event can express halts: no Event is processed after it',
    (definition, from) => {
      const positions: number[] = []
      let failure: unknown
      try {
        runSession(definition, {
          journal: {
            append: (position) => void positions.push(position),
            commit: () => undefined,
          },
          actors: () => ({ gate: brokenGate(from) }),
        })
      } catch (cause) {
        failure = cause
      }
      if (positions.length - 1 < from) return
      const last = positions.at(-1)!
      expect(String(failure)).toContain(`position ${last}, executionControl`)
      expect(last).toBeGreaterThanOrEqual(from)
      expect(positions).toEqual(Array.from({ length: last + 1 }, (_, i) => i))
    },
  )
})
