/** Control time in the running session: one obligation, realised once, at its place. */
import {
  Core,
  type CoreEvent,
  millis,
  NANOS_PER_SECOND,
  type Obligation,
  parseDecimal,
  type StepResult,
  type StrategyInstance,
} from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { describe, expect, test, vi } from 'vitest'
import * as face from '../../index.ts'
import { Mailbox } from '../../runtime/mailbox.ts'
import { runInRealTime } from '../../runtime/real-time.ts'
import type { RecordedStep } from '../../runtime/replay/recorded-step.ts'
import { replayEvents } from '../../runtime/replay-events.ts'
import { backtestOf } from '../kit/backtest.ts'
import { configuration } from '../kit/configuration.ts'
import { Desk } from '../kit/core-desk.ts'
import { cancel, newOrder, puppet } from '../kit/core-puppet.ts'
import { sessions } from '../kit/session-plans.ts'
import { openSession, recorded, runSession, type SessionChanges } from '../kit/session-run.ts'
import { deepBids, quietMarket, scripted } from '../kit/session-script.ts'
import { type Act, spied } from '../kit/spied.ts'

const runs = { numRuns: 25 }
type Timed = CoreEvent & { type: 'control.time' }

/** Tells what each step gave, when it is committed. */
const onCommit =
  (told: (event: CoreEvent, result: StepResult) => void): NonNullable<SessionChanges['prepare']> =>
  (_, running) => {
    const { commit } = running
    running.commit = (baton) => {
      const result = commit.call(running, baton)
      told(baton.event, result)
      return result
    }
  }

/** The Scheduler's timers as they stand, by due time. */
function timersOf(): { readonly due: number[]; readonly note: (act: Act) => void } {
  const due: number[] = []
  const drop = (time: number) => due.splice(due.indexOf(time), 1)
  return {
    due,
    note(act) {
      if (act.did === 'schedules') due.push(act.due!)
      else if (act.did === 'cancels') drop(act.due!)
      else if (act.did === 'takes' && act.port === 'due') drop(act.time)
    },
  }
}

describe('CT2', () => {
  propertyTest.prop([sessions()], runs)(
    'after every instant the Scheduler holds what the last step said, or nothing',
    (definition) => {
      const timers = timersOf()
      let last: Obligation | null = null
      let clock = 0
      let checked = 0
      runSession(definition, {
        actors: ({ scheduler }) => ({ scheduler: spied(scheduler, timers.note) }),
        prepare: onCommit((event, { obligation }) => {
          if (event.time > clock && event.type !== 'control.time') {
            expect(timers.due).toEqual(last === null ? [] : [last.due])
            checked++
          }
          clock = event.time
          last = obligation
        }),
      })
      expect(timers.due).toEqual([])
      expect(checked).toBeGreaterThan(0)
    },
  )

  test('a Market Event that empties the queue clears what was pending', () => {
    const acts: Act[] = []
    const definition = backtestOf(
      quietMarket([NANOS_PER_SECOND]),
      { rateLimits: { ordersPerSecond: '1' } },
      scripted((view) => ({ intents: deepBids(view, 2) })),
    )
    const { steps } = recorded(definition, {
      actors: ({ scheduler }) => ({ scheduler: spied(scheduler, (act) => acts.push(act)) }),
    })
    const at = steps.findIndex(({ event }) => event.time === NANOS_PER_SECOND)
    expect(steps.slice(at, at + 2).map(({ event }) => event.type)).toEqual([
      'market.updated',
      'order.submitted',
    ])
    expect(steps.filter(({ event }) => event.type === 'control.time')).toEqual([])
    const did = acts.filter(({ time }) => time === NANOS_PER_SECOND).map((act) => act.did)
    expect(did).toEqual(['takes', 'cancels'])
  })
})

describe('CT3', () => {
  const waking = (after: number): StrategyInstance =>
    scripted((view, turn) => (turn === 0 ? { wakeAt: view.now + after } : {}))

  propertyTest.prop([fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), fc.nat()], {
    numRuns: 100,
  })('of several wake-ups the earliest is the one, whatever their order', (after, cut) => {
    const turned = [...after.slice(cut % after.length), ...after.slice(0, cut % after.length)]
    for (const order of [after, turned, after.toSorted()]) {
      const namespaces = order.map((_, i) => `s${i}`)
      const running = new Core(configuration({ namespaces }), order.map(waking))
      const { obligation } = running.step(0, { type: 'control.sessionStarted', time: 0, seed: 1 })
      expect(obligation).toEqual({ due: Math.min(...after), reason: 'wakeUp' })
    }
  })

  const intents = ['a', 'b', 'c', 'd'] as const
  propertyTest.prop(
    [
      fc.shuffledSubarray([...intents], { minLength: 4 }),
      fc.constantFrom('1', '3'),
      fc.constantFrom('1', '2'),
    ],
    { numRuns: 60 },
  )('of both rates and a wake-up, too; a wake-up wins a tie', (order, orders, cancels) => {
    const limits = { orders: parseDecimal(orders), cancels: parseDecimal(cancels) }
    const desk = new Desk({ rateLimits: limits }, [puppet()]).start()
    desk.quote(99, 101)
    desk.working(newOrder(1, 1, 90, 1))
    desk.at(5_000_000_000).working(newOrder(2, 1, 90, 1))
    desk.at(9_000_000_000)
    const say = {
      a: newOrder(3, 1, 91, 1),
      b: newOrder(4, 1, 92, 1),
      c: cancel(1),
      d: cancel(2),
    }
    // More of each than its rate lets go.
    const more = [5, 6].map((counter) => newOrder(counter, 1, 90, 1))
    const { obligation } = desk.say(...order.map((name) => say[name]), ...more)
    const earliest = (per: number, sent: number) =>
      9e9 + Math.ceil(1e9 / per) * (sent > per ? 1 : 0)
    const dues = [
      4 > Number(orders) ? earliest(Number(orders), 4) : Number.POSITIVE_INFINITY,
      2 > Number(cancels) ? earliest(Number(cancels), 2) : Number.POSITIVE_INFINITY,
    ]
    expect(obligation).toEqual({ due: Math.min(...dues), reason: 'rate' })
    const { due } = obligation!
    desk.state.control.strategies[0]!.wakeAt = due
    const tied = desk.step({ type: 'control.checkpoint', time: desk.now, label: '' })
    expect(tied.obligation).toEqual({ due, reason: 'wakeUp' })
  })
})

describe('CT5', () => {
  propertyTest.prop([sessions({ rateLimits: { ordersPerSecond: '20' } })], runs)(
    'process, consume what was pending, install the next, and only then requests leave',
    (definition) => {
      const acts: Act[] = []
      const note = (act: Act) => void acts.push(act)
      let sent = 0
      runSession(definition, {
        actors: ({ core: kernel, scheduler, venue }) => ({
          core: spied(kernel, note),
          scheduler: spied(scheduler, note),
          venue: spied(venue, note),
        }),
      })
      const is = (actor: string, did: Act['did'], port: string) => (act: Act) =>
        act.actor === actor && act.did === did && act.port === port
      const next = (from: number, found: (act: Act) => boolean) =>
        acts.findIndex((act, i) => i >= from && found(act))
      acts.forEach((act, at) => {
        if (!is('core', 'takes', 'control')(act)) return
        // Between the wait's end and the end of the step the obligation stays where it is.
        const fired = acts.findLastIndex(
          (each, i) => i < at && is('scheduler', 'takes', 'due')(each),
        )
        expect(acts.slice(fired, at).some(is('scheduler', 'takes', 'obligation'))).toBe(false)
        const said = next(at, is('core', 'emits', 'obligation'))
        const consumed = next(at, is('scheduler', 'takes', 'obligation'))
        expect(said).toBeGreaterThan(at)
        expect(consumed).toBeGreaterThan(said)
        if (acts[consumed]!.message !== null) {
          expect(acts[consumed + 1]).toMatchObject({ actor: 'scheduler', did: 'schedules' })
        }
        const request = next(at, is('core', 'emits', 'request'))
        if (request < 0 || acts[request]!.time > act.time) return
        expect(request).toBeGreaterThan(said)
        expect(next(at, is('venue', 'takes', 'request'))).toBeGreaterThan(consumed)
        sent++
      })
      expect(sent).toBeGreaterThan(0)
    },
  )

  test('a wake-up that fails one strategy still wakes another of that time', () => {
    const woken: number[] = []
    const healthy = scripted((view, turn) => {
      if (turn > 0) woken.push(view.now)
      return turn === 0 ? { wakeAt: millis(5) } : {}
    })
    const broken = scripted((_, turn) => {
      if (turn > 0) throw new Error('the wheel came off')
      return { wakeAt: millis(5) }
    })
    const rows = quietMarket([millis(20)])
    const base = backtestOf(rows, { control: { onStrategyFailure: 'disable' } })
    const namespaces = ['broken', 'healthy']
    const strategies = [broken, healthy]
    const two = { ...base, strategies, configuration: { ...base.configuration, namespaces } }
    const { steps } = recorded(two)
    expect(woken).toEqual([millis(5)])
    const types = steps.filter(({ event }) => event.time === millis(5))
    expect(types.map(({ event }) => event.type)).toEqual([
      'control.time',
      'control.strategyDisabled',
    ])
    expect(replayEvents(two.configuration, strategies, steps)).toMatchObject({ ok: true })
  })
})

describe('CT5, when an Event overtakes', () => {
  /** Lets a checkpoint of the same time come in between the wait's end and its Event. */
  const overtaking: NonNullable<SessionChanges['prepare']> = (system) => {
    system.tap('scheduler', 'event').subscribe(({ time }) => {
      system.post('core', 'event', { type: 'control.checkpoint', time, label: 'first' }, time)
    })
  }

  test('what has left already needs no Control-Time Event, and none is appended', () => {
    const definition = backtestOf(
      quietMarket([5 * NANOS_PER_SECOND]),
      { rateLimits: { ordersPerSecond: '1' } },
      scripted((view) => ({ intents: deepBids(view, 4) })),
    )
    const { steps } = recorded(definition, { prepare: overtaking })
    const sent = steps.flatMap(({ event }) =>
      event.type === 'order.submitted' ? [event.time] : [],
    )
    expect(sent).toEqual([0, 1, 2, 3].map((second) => second * NANOS_PER_SECOND))
    expect(steps.filter(({ event }) => event.type === 'control.checkpoint').length).toBe(3)
    expect(steps.filter(({ event }) => event.type === 'control.time')).toEqual([])
  })

  propertyTest.prop([sessions()], runs)(
    'wake-ups come all the same, nothing halts, and the stream replays',
    (definition) => {
      const { steps } = recorded(definition, { prepare: overtaking })
      const times = steps.map(({ event }) => (event.type === 'control.time' ? event.reason : ''))
      expect(times).toContain('wakeUp')
      expect(times).not.toContain('rate')
      const { configuration: rules, strategies } = definition
      expect(replayEvents(rules, strategies, steps)).toMatchObject({ ok: true })
    },
  )
})

describe('CT6', () => {
  test('nothing that is exported pops, neither do ports or the Core', () => {
    const names = [
      ...Object.keys(face),
      ...Object.getOwnPropertyNames(Core.prototype),
      ...Object.keys(face.schedulerActor().spec.in),
      ...face.schedulerActor().spec.out,
    ]
    expect(names).toContain('step')
    expect(names.filter((name) => /pop|drainQueue|flush/i.test(name))).toEqual([])
  })

  propertyTest.prop([fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 9 })], runs)(
    'in a quiet market each Control-Time Event lets one entry go, at the first ns it may',
    (count, perSecond) => {
      const definition = backtestOf(
        quietMarket([20 * NANOS_PER_SECOND]),
        { rateLimits: { ordersPerSecond: String(perSecond) } },
        scripted((view) => ({ intents: deepBids(view, count) })),
      )
      const { steps, core: ended } = recorded(definition)
      const sent = steps.flatMap(({ event }) =>
        event.type === 'order.submitted' ? [event.time] : [],
      )
      const waits = Math.max(0, count - perSecond)
      const dues = Array.from({ length: waits }, (_, i) =>
        Math.ceil(((i + 1) * NANOS_PER_SECOND) / perSecond),
      )
      expect(sent).toEqual([...Array(count - waits).fill(0), ...dues])
      const woken = steps.filter(({ event }) => event.type === 'control.time')
      expect(woken.map(({ event }) => event.time)).toEqual(dues)
      expect(ended.state.execution.work.queue.size).toBe(0)
    },
  )
})

describe('CT9', () => {
  const tied = millis(10)
  /** A report, a row and a wake-up, all at 10 ms. */
  const fixture = (order: 'executionFirst' | 'marketFirst') =>
    backtestOf(
      quietMarket([tied, millis(30)]),
      { venue: { latency: { entryNs: millis(5), responseNs: millis(5) } }, control: { order } },
      scripted((view, turn) => (turn === 0 ? { intents: deepBids(view, 1), wakeAt: tied } : {})),
    )
  const atTie = (order: 'executionFirst' | 'marketFirst') =>
    recorded(fixture(order)).steps.flatMap(({ event }) => (event.time === tied ? [event.type] : []))

  test('by default Execution, then Market, then the Control-Time Event', () => {
    expect(backtestOf(quietMarket([1])).context.mergePolicy).toBe('executionFirst')
    expect(atTie('executionFirst')).toEqual(['order.accepted', 'market.updated', 'control.time'])
  })

  test('marketFirst puts the Market before Execution; the Control-Time Event stays last', () => {
    expect(atTie('marketFirst')).toEqual(['market.updated', 'order.accepted', 'control.time'])
  })

  test('the order is Configuration: another one is another topology', () => {
    const [one, other] = (['executionFirst', 'marketFirst'] as const).map(
      (order) => openSession(fixture(order)).system.topology.hash,
    )
    expect(one).not.toBe(other)
  })

  propertyTest.prop([sessions()], runs)(
    'no row of a time comes after a Control-Time Event of that time',
    (definition) => {
      let woken = -1
      for (const { event } of recorded(definition).steps) {
        if (event.type === 'control.time') woken = event.time
        if (event.type === 'market.updated') expect(event.time).toBeGreaterThan(woken)
      }
    },
  )
})

describe('CT10', () => {
  propertyTest.prop([sessions()], runs)(
    'a backtest goes on with the next row or the obligation, whichever is earlier',
    (definition) => {
      let pending: Obligation | null = null
      let clock = 0
      runSession(definition, {
        prepare: onCommit((event, { obligation }) => {
          expect(event.time).toBeGreaterThanOrEqual(clock)
          if (event.type === 'control.time') {
            expect(pending).toEqual({ due: event.due, reason: event.reason })
            expect(event.time).toBe(Math.max(event.due, clock))
          } else if (pending !== null) {
            expect(event.time).toBeLessThanOrEqual(Math.max(pending.due, clock))
          }
          clock = event.time
          pending = obligation
        }),
      })
    },
  )

  propertyTest.prop([fc.array(fc.nat(50), { minLength: 1, maxLength: 20 })], runs)(
    'on a real clock there is one wait at most, and none once it is stopped',
    async (dues) => {
      vi.useFakeTimers()
      try {
        const mailbox = new Mailbox()
        const seen: number[] = []
        const take = (message: unknown) => void seen.push(message as number)
        const inlet = { actor: 'a', port: 'p', priority: 1, handle: take }
        let clockMs = 0
        const running = runInRealTime(mailbox, { clockMs: () => clockMs })
        for (const due of dues) {
          mailbox.post(inlet, due, millis(due))
          expect(vi.getTimerCount()).toBe(1)
        }
        while (seen.length < dues.length) {
          expect(vi.getTimerCount()).toBe(1)
          clockMs += 7
          vi.advanceTimersByTime(7)
        }
        expect(seen).toEqual(dues.toSorted((a, b) => a - b))
        mailbox.post(inlet, 0, mailbox.present + millis(5))
        running.stop()
        expect(vi.getTimerCount()).toBe(0)
        await running.done
      } finally {
        vi.useRealTimers()
      }
    },
  )
})

describe('CT11', () => {
  const changes: Readonly<Record<string, (step: RecordedStep, event: Timed) => RecordedStep[]>> = {
    gone: () => [],
    twice: (step) => [step, step],
    'due 1 ns later': (step, event) => [{ ...step, event: { ...event, due: event.due + 1 } }],
    'due 1 ns earlier': (step, event) => [{ ...step, event: { ...event, due: event.due - 1 } }],
    '1 ns later': (step, event) => [{ ...step, event: { ...event, time: event.time + 1 } }],
    'for another reason': (step, event) => [
      { ...step, event: { ...event, reason: event.reason === 'rate' ? 'wakeUp' : 'rate' } },
    ],
  }

  propertyTest.prop([sessions(), fc.nat(), fc.constantFrom(...Object.keys(changes))], {
    numRuns: 60,
  })(
    'a recorded stream replays; one changed Control-Time Event is named',
    (definition, n, what) => {
      const { steps } = recorded(definition)
      const { configuration: rules, strategies } = definition
      expect(replayEvents(rules, strategies, steps)).toMatchObject({ ok: true })
      const woken = steps.filter(({ event }) => event.type === 'control.time')
      const { position, event } = woken[n % woken.length]!
      const changed = [
        ...steps.slice(0, position),
        ...changes[what]!(steps[position]!, event as Timed),
        ...steps.slice(position + 1),
      ].map((step, i) => ({ ...step, position: i }))
      const named = what === 'twice' ? position + 1 : position
      expect(replayEvents(rules, strategies, changed)).toMatchObject({ ok: false, position: named })
    },
  )
})
