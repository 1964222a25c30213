/** State = f(Event Stream, Configuration), and nothing else, over random sessions. */
import {
  Core,
  type CoreEvent,
  StateView,
  type StepResult,
  type StrategyInstance,
} from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { describe, expect, test, vi } from 'vitest'
import { type Plan, plans, play, strategies } from '../kit/core-session.ts'

const runs = { numRuns: 200 }

/** Steps a new Core through `events`, telling after each step. */
function replay(
  { config }: Plan,
  events: readonly CoreEvent[],
  told: (core: Core, result: StepResult) => void = () => {},
  instances: readonly StrategyInstance[] = strategies(),
): Core {
  const core = new Core(config, instances)
  events.forEach((event, position) => {
    told(core, core.step(position, event))
  })
  return core
}

const digestsOf = (plan: Plan, events: readonly CoreEvent[]): string[] => {
  const digests: string[] = []
  replay(plan, events, (core) => digests.push(core.state.digest()))
  return digests
}

describe('E5, D1', () => {
  propertyTest.prop([plans()], runs)(
    'a replayed stream gives the same digest of State at every position, and the same decisions',
    (plan) => {
      const recorded: string[] = []
      const first = play(plan, ({ state }) => recorded.push(state.digest()))
      expect(digestsOf(plan, first.events)).toEqual(recorded)
      const results: StepResult[] = []
      replay(plan, first.events, (_, result) => results.push(result))
      expect(results).toEqual(first.results)
    },
  )
})

describe('E1', () => {
  propertyTest.prop([plans()], runs)('reading State and the view changes nothing', (plan) => {
    play(plan, ({ core, state }) => {
      const before = state.digest()
      const view = new StateView(state, core.view.instruments, 0)
      for (const instrument of [0, 1]) {
        view.touch(instrument)
        view.levels(1, 3, instrument)
        view.equity(instrument)
        for (const { key } of view.openOrders(instrument)) view.order(key)
      }
      view.newOrderKey()
      view.random()
      state.serialise()
      expect(state.digest()).toBe(before)
    })
  })
})

describe('E3', () => {
  propertyTest.prop([plans()], runs)('Events are the same after a session as before it', (plan) => {
    const { events } = play(plan)
    const frozen = events.map((event) =>
      'view' in event ? Object.freeze({ ...event }) : deepFrozen(event),
    )
    expect(digestsOf(plan, frozen)).toEqual(digestsOf(plan, events))
  })
})

function deepFrozen<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value
  for (const part of Object.values(value)) deepFrozen(part)
  return Object.freeze(value)
}

describe('E4', () => {
  propertyTest.prop([plans(), fc.infiniteStream(fc.maxSafeNat())], runs)(
    'the time of the Venue orders nothing: with any others, the same is decided',
    (plan, times) => {
      const { events, results } = play(plan)
      const shuffled = events.map((event) =>
        'exchTime' in event ? { ...event, exchTime: times.next().value } : event,
      )
      let position = 0
      replay(plan, shuffled, (_, result) => expect(result).toEqual(results[position++]))
    },
  )

  propertyTest.prop([plans(), fc.nat(), fc.integer({ min: -3, max: 3 })], runs)(
    'a position that is not the next one is refused, and leaves every byte',
    (plan, cut, off) => {
      const { events } = play(plan)
      const at = cut % events.length
      const core = replay(plan, events.slice(0, at))
      const before = core.state.serialise()
      if (off !== 0) {
        expect(() => core.step(at + off, events[at]!)).toThrow(/ESC_EVENT_REFUSED/)
        expect(core.state.serialise()).toEqual(before)
      }
      expect(core.step(at, events[at]!).position).toBe(at)
    },
  )
})

describe('D2', () => {
  propertyTest.prop([plans()], { numRuns: 50 })(
    'the Core uses no clock, no timer and no chance of the machine',
    (plan) => {
      const { events, results } = play(plan)
      const forbid = (name: string) => () => {
        throw new Error(`the Core called ${name}`)
      }
      const found: StepResult[] = []
      vi.stubGlobal('Date', new Proxy(Date, { construct: forbid('Date'), get: forbid('Date') }))
      vi.stubGlobal('performance', { now: forbid('performance.now') })
      vi.stubGlobal('setTimeout', forbid('setTimeout'))
      vi.stubGlobal('queueMicrotask', forbid('queueMicrotask'))
      const chance = vi.spyOn(Math, 'random').mockImplementation(forbid('Math.random'))
      try {
        replay(plan, events, (_, result) => found.push(result))
      } finally {
        chance.mockRestore()
        vi.unstubAllGlobals()
      }
      expect(found).toEqual(results)
    },
  )
})

describe('F1, F3', () => {
  propertyTest.prop([plans(), fc.nat()], runs)(
    'a step whose strategy throws applies its Event and decides nothing; the rest replays',
    (plan, which) => {
      const { events } = play(plan)
      const at = which % events.length
      const make = (): StrategyInstance[] => {
        let seen = 0
        const [puppet, quoter] = strategies() as [StrategyInstance, StrategyInstance]
        const reduce: NonNullable<StrategyInstance['strategy']['reduce']> = (memory) => {
          if (seen++ === at) throw new Error('injected')
          return memory
        }
        return [puppet, { ...quoter, strategy: { ...quoter.strategy, reduce } }]
      }
      const run = () => {
        const digests: string[] = []
        replay(
          plan,
          events.slice(0, at + 1),
          ({ state }, result) => {
            digests.push(state.digest())
            if (result.position !== at) return
            expect(result.failures).toMatchObject([{ stage: 'strategy', strategy: 1 }])
          },
          make(),
        )
        return digests
      }
      expect(run()).toEqual(run())
      const healthy = replay(plan, events.slice(0, at + 1))
      const failed = replay(plan, events.slice(0, at + 1), () => {}, make())
      expect(failed.state.market[0]!.book.digestLow).toBe(healthy.state.market[0]!.book.digestLow)
      expect(failed.state.execution.orders.digestLow).toBe(healthy.state.execution.orders.digestLow)
      expect(failed.state.execution.accounts).toEqual(healthy.state.execution.accounts)
    },
  )
})

describe('I2, I3', () => {
  propertyTest.prop([plans()], runs)(
    'a strategy sees State at the position that ran it',
    (plan) => {
      const { events } = play(plan)
      const seen: [number, number][] = []
      const [puppet, quoter] = strategies() as [StrategyInstance, StrategyInstance]
      const { strategy } = quoter
      const decide: typeof strategy.decide = (view, ...rest) => {
        seen.push([view.position, view.now])
        return strategy.decide(view, ...rest)
      }
      let clock = 0
      const expected: [number, number][] = []
      replay(
        plan,
        events,
        ({ state }, { position }) => {
          clock = Math.max(clock, events[position]!.time)
          expect(state.control.clock).toBe(clock)
          expected.push([position, clock])
        },
        [puppet, { ...quoter, strategy: { ...strategy, decide } }],
      )
      for (const [position, now] of seen) expect([position, now]).toEqual(expected[position])
    },
  )

  propertyTest.prop([plans(), fc.integer({ min: 1, max: 9 })], runs)(
    'a strategy that only looks changes neither market, orders nor accounts',
    (plan, everyNth) => {
      const { events } = play(plan)
      const idle = (nth: number): StrategyInstance => ({
        params: {},
        strategy: {
          name: 'idle',
          trigger: { everyNth: nth },
          init: () => null,
          decide: () => ({}),
        },
      })
      const often = replay(plan, events, () => {}, [idle(1), idle(1)]).state
      const seldom = replay(plan, events, () => {}, [idle(everyNth), idle(everyNth)]).state
      expect(often.execution.orders.digestLow).toBe(seldom.execution.orders.digestLow)
      expect(often.execution.accounts).toEqual(seldom.execution.accounts)
      expect(often.market.map(({ book }) => book.digestHigh)).toEqual(
        seldom.market.map(({ book }) => book.digestHigh),
      )
    },
  )
})

test('the random sessions hold what they are meant to hold', () => {
  const types = new Set<string>()
  const fates = new Set<string>()
  for (const plan of fc.sample(plans(), { numRuns: 300, seed: 1 })) {
    play(plan, (_, event, { dispatches, closures, denials, obligation }) => {
      types.add(event.type)
      for (const { kind } of dispatches) fates.add(`sent ${kind}`)
      for (const { reason } of closures) fates.add(reason)
      for (const { reason, scope } of denials) fates.add(`${scope} ${reason}`)
      fates.add(`${obligation?.reason}`)
    })
  }
  expect([...types].sort()).toMatchInlineSnapshot(`
    [
      "control.configurationChanged",
      "control.sessionStarted",
      "control.signal",
      "control.time",
      "control.tradingDisabled",
      "control.tradingEnabled",
      "dispatch.failed",
      "intent.dispatched",
      "market.snapshot",
      "order.accepted",
      "order.cancelRejected",
      "order.canceled",
      "order.disposed",
      "order.expired",
      "order.filled",
      "order.rejected",
      "order.replaceRejected",
      "order.replaced",
      "order.submitted",
    ]
  `)
  expect([...fates].sort()).toMatchInlineSnapshot(`
    [
      "account MAX_ACTIVE_QUOTES",
      "account MAX_LOSS_ROLLING",
      "account MAX_POSITION",
      "account TRADING_DISABLED",
      "account UNKNOWN_ORDER",
      "closedLocally",
      "duplicateOrderKey",
      "invalidated",
      "noChange",
      "rate",
      "sent cancel",
      "sent new",
      "sent replace",
      "strategy MAX_ACTIVE_QUOTES",
      "strategy MAX_LOSS_DRAWDOWN",
      "strategy MAX_POSITION",
      "strategy MAX_SINGLE_ORDER_NOTIONAL",
      "superseded",
      "tradingDisabled",
      "undefined",
      "wakeUp",
    ]
  `)
})
