/** What may pass the Core's boundary and what may not, and which names belong to whom. */
import {
  type CoreEvent,
  DENIAL_REASONS,
  EVENT_TYPES,
  type Intent,
  type Obligation,
  RiskEngine,
} from '@escapement/core'
import { intentLifecycle, machines, orderLifecycle } from '@escapement/machines'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { AnyStateMachine } from 'xstate'
import { replayEvents } from '../../runtime/replay-events.ts'
import { filesOf, read } from '../house/kit/repository.ts'
import { runLogged } from '../kit/backtest.ts'
import { escapement, folderWith, onlyJson, type Surroundings } from '../kit/cli.ts'
import { readLog } from '../kit/cli-log.ts'
import { plans, play } from '../kit/core-session.ts'
import { sessions } from '../kit/session-plans.ts'
import { openSession, recorded } from '../kit/session-run.ts'

const runs = { numRuns: 25 }
afterEach(() => vi.restoreAllMocks())

describe('E2', () => {
  const elsewhere: Surroundings = {
    cwd: '/',
    env: { TZ: 'Pacific/Chatham', LANG: 'tr_TR.UTF-8', LC_ALL: 'ar_EG.UTF-8', SEED: '99' },
  }

  test('a fresh process with another time zone, locale, folder and environment has the same hashes', async () => {
    const hashesOf = async (surroundings: Surroundings) => {
      const ended = await escapement(['backtest', '--json', '--out', folderWith()], surroundings)
      expect(ended.code, ended.stderr).toBe(0)
      const { eventLogHash, stateHash } = onlyJson(ended)
      expect(eventLogHash).toMatch(/^[0-9a-f]{64}$/)
      return { eventLogHash, stateHash }
    }
    const [here, there] = await Promise.all([hashesOf({}), hashesOf(elsewhere)])
    expect(there).toEqual(here)
  })
})

describe('EC7', () => {
  propertyTest.prop([sessions(), fc.nat()], runs)(
    'an obligation is no Event: at the boundary it throws, and deriving it leaves no trace',
    (definition, stop) => {
      const said: Obligation[] = []
      const { core, system } = openSession(definition, {
        prepare: (early) => {
          early.tap('core', 'obligation').subscribe((obligation) => {
            if (obligation !== null) said.push(obligation)
          })
        },
      })
      system.run(stop % 500_000_000)
      const { state } = core
      const bytes = state.serialise()
      for (const obligation of said) {
        const event = { ...obligation, type: 'control.obligation', time: state.control.clock }
        for (const fed of [obligation, event]) {
          const position = state.control.nextPosition
          expect(() => core.step(position, fed as unknown as CoreEvent)).toThrow(
            /ESC_EVENT_REFUSED/,
          )
        }
      }
      expect(said.length).toBeGreaterThan(0)
      expect(state.serialise()).toEqual(bytes)
    },
  )

  propertyTest.prop([sessions()], runs)(
    'a Control-Time Event is one: it has a position, is in the stream, and is replayed',
    (definition) => {
      const { steps } = recorded(definition)
      const woken = steps.filter(({ event }) => event.type === 'control.time')
      expect(woken.length).toBeGreaterThan(0)
      for (const { position } of woken) expect(steps[position]!.event.type).toBe('control.time')
      const { configuration, strategies } = definition
      expect(replayEvents(configuration, strategies, steps)).toMatchObject({ ok: true })
    },
  )
})

describe('L1', () => {
  propertyTest.prop([plans()], { numRuns: 60 })(
    'the boundary refuses every Intent that a strategy makes, and no byte changes',
    (plan) => {
      const intents: Intent[] = []
      const judge = vi.spyOn(RiskEngine.prototype, 'judge')
      const { core } = play(plan)
      for (const [intent] of judge.mock.calls) intents.push(intent)
      judge.mockRestore()
      const bytes = core.state.serialise()
      for (const intent of intents) {
        const event = { ...intent, time: core.state.control.clock } as unknown as CoreEvent
        const { nextPosition } = core.state.control
        expect(() => core.step(nextPosition, event)).toThrow(/ESC_EVENT_REFUSED/)
      }
      expect(core.state.serialise()).toEqual(bytes)
    },
  )

  propertyTest.prop([sessions()], { numRuns: 10 })(
    'the stored stream holds canonical Events alone, and none of them is an Intent',
    (definition) => {
      const { log } = runLogged(definition)
      const { events } = readLog(log, (i) => definition.feed[i]!.local)
      for (const { event } of events) {
        expect(EVENT_TYPES).toContain(event.type)
        expect(['intent.new', 'intent.replace', 'intent.cancel']).not.toContain(event.type)
      }
      expect(events.some(({ event }) => event.type === 'order.submitted')).toBe(true)
    },
  )
})

const statesOf = (machine: AnyStateMachine) => Object.keys(machine.states)
const stages = statesOf(intentLifecycle)
const statuses = statesOf(orderLifecycle)

describe('L2', () => {
  test('Intent and Order have lifecycles of their own: two machines, two tables', () => {
    expect(stages.length).toBeGreaterThan(5)
    expect(statuses.length).toBeGreaterThan(5)
    const [intents, orders] = [
      machines['intent-lifecycle'].chart,
      machines['order-lifecycle'].chart,
    ]
    expect(intents.states).toEqual(stages)
    expect(orders.states).toEqual(statuses)
    expect(intents.table).not.toEqual(orders.table)
  })

  test('no file takes both, but for the one that lists all machines', () => {
    const both = filesOf('core/*.ts', 'actors/*.ts', 'runtime/*.ts', 'machines/*.ts').filter(
      (path) => {
        const text = read(path)
        return /\bintentLifecycle\b/.test(text) && /\borderLifecycle\b/.test(text)
      },
    )
    expect(both.sort()).toEqual(['machines/index.ts', 'machines/registry.ts'])
  })
})

describe('L5', () => {
  test('no stage of an Intent is a state of an Order', () => {
    expect(stages.filter((stage) => statuses.includes(stage))).toEqual([])
  })

  propertyTest.prop([sessions()], runs)(
    'the status of an Order is at every step one of its own lifecycle',
    (definition) => {
      const seen = new Set<string>()
      recorded(definition, {
        prepare: (system, core) => {
          system.tap('core', 'summary').subscribe(() => {
            for (const { status } of core.view.openOrders()) seen.add(status)
          })
        },
      })
      expect(seen).toContain('submitted')
      for (const status of seen) {
        expect(statuses).toContain(status)
        expect(stages).not.toContain(status)
      }
    },
  )
})

describe('R2', () => {
  propertyTest.prop([plans()], { numRuns: 100 })(
    'Risk says allowed or denied, with one of the known reasons, and nothing third',
    (plan) => {
      const judge = vi.spyOn(RiskEngine.prototype, 'judge')
      play(plan)
      for (const { value } of judge.mock.results) {
        const keys = Object.keys(value as object)
        expect(keys).toEqual('allowed' in value ? ['allowed'] : ['denied', 'scope'])
        if ('denied' in value) expect(DENIAL_REASONS).toContain(value.denied)
      }
      judge.mockRestore()
    },
  )

  test('no module of Risk imports the queue, the rate, requests under way or the Runtime', () => {
    const risk = filesOf('core/risk/*.ts')
    expect(risk.length).toBeGreaterThan(3)
    const imports = risk.flatMap((path) =>
      [...read(path).matchAll(/from '([^']+)'/g)].map(([, from]) => `${path} ${from}`),
    )
    expect(imports.length).toBeGreaterThan(10)
    // `commands/` is the law of dominance that both use, so that exposure counts what would leave.
    const forbidden = /execution-control|pending-queue|execution-state|inflight|rate-|core\.ts/
    expect(imports.filter((line) => forbidden.test(line.split(' ')[1]!))).toEqual([])
  })
})
