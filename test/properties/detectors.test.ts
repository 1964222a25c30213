/**
 * Every detector of a broken promise, forced to fire in a running session: by State corrupted from
 * outside, by a faulty actor or Journal, by a Core whose boundary is deaf. Each halts at a named
 * position with a message that says what broke; nothing is processed after it, and what was
 * recorded before it replays.
 *
 * Not forced: the queue-slot machine in admission. Dominance asks it only for moves that it has, so
 * no State reaches the refusal.
 */
import {
  AssertionFailure,
  CodedError,
  Core,
  type CoreEvent,
  type Digest,
  MoneyRule,
  millis,
  orderKey,
  RiskEngine,
} from '@escapement/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ByteReader, ByteWriter } from '../../core/codec.ts'
import { OrderTable } from '../../core/state/order-table.ts'
import { type BacktestDefinition, RunFailed, runBacktest } from '../../runtime/backtest.ts'
import type { HandlerFailed } from '../../runtime/handler-failed.ts'
import { replayEvents } from '../../runtime/replay-events.ts'
import { backtestOf, market } from '../kit/backtest.ts'
import { inverse } from '../kit/configuration.ts'
import { fidget } from '../kit/session-plans.ts'
import {
  MemoryJournal,
  openSession,
  runSession,
  type SessionChanges,
  type StandardSystem,
} from '../kit/session-run.ts'
import { deepBids, quietMarket, scripted } from '../kit/session-script.ts'

afterEach(() => vi.restoreAllMocks())

const rows = market(5, 1, 400)
const session = (changes: Parameters<typeof backtestOf>[1] = {}): BacktestDefinition =>
  backtestOf(
    rows,
    {
      venue: { latency: { entryNs: 5_000_000, responseNs: 5_000_000 } },
      rateLimits: { ordersPerSecond: '4', cancelsPerSecond: '3' },
      ...changes,
      control: { digestEvery: 1, ...changes.control },
    },
    fidget(),
  )

type Halt = {
  readonly failure: unknown
  readonly steps: MemoryJournal['steps']
  readonly system: StandardSystem
}

type Sabotage = SessionChanges & {
  readonly definition?: BacktestDefinition
  /** Done before the Event of position {@link AT} is validated. */
  readonly corrupt?: (core: Core) => void
  readonly arrange?: (system: StandardSystem, core: Core) => void
}

const AT = 70
const T = millis(400)

/** Runs a session until it halts, which it must. */
function halt({ definition = session(), corrupt, arrange, ...changes }: Sabotage): Halt {
  const journal = new MemoryJournal()
  const { system } = openSession(definition, {
    journal,
    ...changes,
    prepare: (early, core) => {
      const { validate } = core
      core.validate = (position, event) => {
        if (position === AT) corrupt?.(core)
        validate.call(core, position, event)
      }
      changes.prepare?.(early, core)
      arrange?.(early, core)
    },
  })
  let failure: unknown
  try {
    system.run()
  } catch (cause) {
    failure = cause
  }
  return { failure, steps: journal.steps, system }
}

/** Whole up to the halt, dead after it. */
function checkHalt({ failure, steps, system }: Halt, definition = session()): void {
  expect(failure).toBeInstanceOf(CodedError)
  expect(steps.map(({ position }) => position)).toEqual(steps.map((_, i) => i))
  const open = steps.findIndex(({ stepDigest }) => stepDigest === undefined)
  const committed = open < 0 ? steps : steps.slice(0, open)
  // Only the Event in hand can be without a result.
  expect(steps.length - committed.length).toBeLessThanOrEqual(1)
  const { configuration, strategies } = definition
  expect(replayEvents(configuration, strategies, committed)).toMatchObject({ ok: true })
  const { length } = steps
  expect(() => system.run()).toThrow(failure as Error)
  expect(() => system.post('core', 'event', checkpoint(system.now))).toThrow(failure as Error)
  expect(steps.length).toBe(length)
}

const checkpoint = (time: number): CoreEvent => ({ type: 'control.checkpoint', time, label: '' })
const named = (failure: unknown) => String(failure)

type Loose = Record<string, unknown>
const loose = (value: unknown): Loose => value as Loose
const STATE: readonly (readonly [claim: string, said: RegExp, corrupt: (core: Core) => void])[] = [
  [
    'a lot that came from nowhere',
    /order \d+ over .* left/,
    ({ state }) => {
      for (const order of state.execution.orders.all()) order.leavesQty += 1
    },
  ],
  [
    'a queue whose index lost a command',
    /commands and counts/,
    ({ state }) => {
      const lane = state.execution.work.queue.lane(0, 'new')
      expect(lane.head).not.toBeNull()
      lane.head = null
    },
  ],
  [
    'a request of an order that does not exist',
    /is under way, which does not exist/,
    ({ state }) => {
      const [key, time] = [orderKey(0, 9999), 0]
      const request = { key, kind: 'cancel', time, passed: null, asked: null } as const
      state.execution.inflight.set(key, request)
    },
  ],
  [
    'keys beyond those issued',
    /beyond the issued keys/,
    ({ state }) => {
      state.control.strategies[0]!.issued = 0
    },
  ],
  [
    'half a position',
    /holds .*\.5 lots/,
    ({ state }) => {
      state.execution.accounts[0]!.position += 0.5
    },
  ],
]

describe('F5: State that no Events can have made halts the run', () => {
  test.each(STATE)('%s', (_claim, said, corrupt) => {
    const found = halt({ corrupt })
    checkHalt(found)
    expect(named(found.failure)).toMatch(/AssertionFailure: position 70: /)
    expect(named(found.failure)).toMatch(said)
    expect(found.steps.at(-1)).toMatchObject({ position: AT })
    expect(found.steps.at(-1)).not.toHaveProperty('stepDigest')
  })

  test('at the next position at which State is digested, when that is not each one', () => {
    const definition = session({ control: { digestEvery: 50 } })
    const found = halt({ definition, corrupt: STATE[0]![2] })
    checkHalt(found, definition)
    expect(named(found.failure)).toContain('position 100: ')
  })
})

const [key, exchTime] = [orderKey(0, 1), 0]
const fill = {
  type: 'order.filled',
  time: T,
  exchTime,
  key: orderKey(0, 5000),
  instrument: 0,
  side: 1,
  execId: 1,
  lastPrice: 600_000,
  lastQty: 1,
  cumQty: 1,
  leavesQty: 0,
  liquidity: 'maker',
  fee: 0,
  cause: 'unknown',
  causeRow: -1,
  queueBefore: 0,
  queueAfter: 0,
} satisfies CoreEvent
const submitted = {
  type: 'order.submitted',
  time: T,
  key,
  instrument: 0,
  side: 1,
  orderType: 'limit',
  timeInForce: 'GTC',
  price: 600_000,
  qty: 1,
} satisfies CoreEvent

describe('F5: an Event that is none halts the run at the boundary, before it has a position', () => {
  const wrong: readonly (readonly [claim: string, said: string, event: object])[] = [
    ['of an unknown type', 'type; found order.bogus', { type: 'order.bogus', time: T }],
    ['before time', 'time; found -1', { ...fill, time: -1 }],
    ['of an order that was submitted before', 'key; found 1', submitted],
    ['of an instrument that is not there', 'instrument; found 7', { ...fill, instrument: 7 }],
    ['with half a lot', 'lastQty; found 0.5', { ...fill, lastQty: 0.5 }],
  ]
  test.each(wrong)('one %s', (_claim, said, event) => {
    const found = halt({ arrange: (system) => void injected(system, event) })
    checkHalt(found)
    const { length } = found.steps
    expect(length).toBeGreaterThan(20)
    expect(named(found.failure)).toContain(`position ${length}, ${said}`)
    expect(named(found.failure)).toContain('ESC_EVENT_REFUSED')
  })
})

test('F5: a run that ends with a refused Event stands at the position that its message names', () => {
  const { validate } = Core.prototype
  vi.spyOn(Core.prototype, 'validate').mockImplementation(function (this: Core, position, event) {
    validate.call(this, position, position === AT ? { ...event, time: -1 } : event)
  })
  const failure = failureOf(session())
  expect(failure.message).toContain(`position ${AT}, time; found -1`)
  expect([failure.position, failure.log.position]).toEqual([AT, AT - 1])
})

/** Posts an Event once the actors are made. */
function injected(system: StandardSystem, event: object): void {
  const subscription = system.tap('clock', 'event').subscribe(() => {
    subscription.unsubscribe()
    system.post('core', 'event', event as CoreEvent, T)
  })
}

const nothing = () => undefined

describe('F5: what only a deaf boundary lets through halts in the reducer, named', () => {
  const wrong: readonly (readonly [
    claim: string,
    said: RegExp,
    event: object,
    prepare: (core: Core) => void,
  ])[] = [
    ['a second submission', /order 1 is submitted twice/, submitted, nothing],
    ['a fill of no account', /a fill names instrument 7/, { ...fill, instrument: 7 }, nothing],
    [
      'an inverse fill at no price',
      /needs a positive price, not 0 ticks/,
      { ...fill, lastPrice: 0 },
      ({ state }) => {
        Object.assign(state.money, [new MoneyRule(inverse)])
      },
    ],
    [
      'an Event of no type',
      /unreachable value { type: control.bogus, time: /,
      { type: 'control.bogus', time: T },
      nothing,
    ],
    [
      'an ended order that the table lost',
      /terminal order 77 is not in the table/,
      { type: 'order.rejected', time: T, exchTime, key: orderKey(0, 5001), reason: '' },
      ({ state }) => {
        const table = new ByteWriter().i32(0).i32(1).f64(77).finish()
        const orders = OrderTable.read(new ByteReader(table), 1)
        orders.submit({ ...submitted, key: orderKey(0, 5001) }, 0)
        Object.defineProperty(state.execution, 'orders', { value: orders })
        state.execution.inflight.clear()
        for (const { key: each } of [...state.execution.work.queue.values()]) {
          state.execution.work.queue.delete(each)
        }
      },
    ],
  ]
  test.each(wrong)('%s', (_claim, said, event, prepare) => {
    const found = halt({
      arrange(system, core) {
        injected(system, event)
        const { validate } = core
        core.validate = (position, each) => {
          if (each !== event) return validate(position, each)
          prepare(core)
        }
      },
    })
    checkHalt(found)
    const last = found.steps.at(-1)!
    expect(last.event).toBe(event)
    expect(named(found.failure)).toMatch(said)
    expect(named(found.failure)).toContain(`AssertionFailure: position ${last.position}: `)
  })
})

describe('F5: control time that nothing asked for halts the run', () => {
  test('a Control-Time Event without its obligation', () => {
    const bogus = { type: 'control.time', time: T, due: T - 1, reason: 'rate' } as const
    const found = halt({
      arrange(system) {
        const subscription = system.tap('clock', 'event').subscribe(() => {
          subscription.unsubscribe()
          system.post('core', 'control', bogus, T)
        })
      },
    })
    checkHalt(found)
    const says = `position ${found.steps.length}: rate due ${T - 1} is not outstanding`
    expect(named(found.failure)).toContain(says)
  })

  test('one obligation realised twice, by a Scheduler that does not count', () => {
    const found = halt({
      actors: ({ scheduler }) => ({
        scheduler: {
          ...scheduler,
          create(context) {
            const { obligation, due } = scheduler.create(context)
            return {
              obligation,
              due(message) {
                due(message)
                const { now } = context
                context.emit('event', { type: 'control.time', time: now, ...message })
              },
            }
          },
        },
      }),
    })
    checkHalt(found)
    expect(named(found.failure)).toMatch(/position \d+: wakeUp due \d+ is not outstanding/)
    expect(found.steps.at(-1)!.event.type).not.toBe('market.updated')
  })

  test('a wait that ends where nothing is pending', () => {
    const definition = backtestOf(
      quietMarket([10, 20]),
      { control: { digestEvery: 1 } },
      scripted(() => ({})),
    )
    const found = halt({
      definition,
      arrange(system) {
        const subscription = system.tap('clock', 'event').subscribe(() => {
          subscription.unsubscribe()
          system.post('scheduler', 'due', { due: 15, reason: 'rate' }, 15)
        })
      },
    })
    checkHalt(found, definition)
    const says = 'an obligation due 15 (rate) is realised and is not pending'
    expect(named(found.failure)).toContain(says)
    const { position } = found.failure as HandlerFailed
    expect(position).toMatchObject({ actor: 'scheduler', port: 'due', time: 15 })
  })
})

describe('F5: a Journal that cannot write halts the run at the position in hand', () => {
  test.each(['append', 'commit'] as const)('%s', (what) => {
    class Full extends MemoryJournal {
      override append(position: number, event: CoreEvent): void {
        if (what === 'append' && position === AT) throw new Error('disk full')
        super.append(position, event)
      }

      override commit(position: number, step: Digest, state: Digest | null): void {
        if (what === 'commit' && position === AT) throw new Error('disk full')
        super.commit(position, step, state)
      }
    }
    const journal = new Full()
    const found = { ...halt({ journal }), steps: journal.steps }
    checkHalt(found)
    expect(named(found.failure)).toContain('Error: position 70: disk full')
    expect(found.steps.length).toBe(what === 'append' ? AT : AT + 1)
  })
})

describe('F5: a stage that fails halts the run where Configuration says so, or always', () => {
  test('a strategy, by default', () => {
    const definition = backtestOf(
      quietMarket([millis(1), millis(9)]),
      { control: { digestEvery: 1 } },
      scripted((view, turn) => {
        if (turn === 2) throw new Error('the wheel came off')
        return { intents: deepBids(view, 1), wakeAt: view.now + millis(2) }
      }),
    )
    const found = halt({ definition })
    checkHalt(found, definition)
    const { position } = found.steps.at(-1)!
    expect(named(found.failure)).toContain('ESC_STRATEGY_FAILED')
    expect(named(found.failure)).toContain(
      `position ${position}, strategy; found the wheel came off`,
    )
    const failure = failureOf(definition)
    expect(failure).toBeInstanceOf(RunFailed)
    expect(failure).toMatchObject({ position })
    expect(failure.log.position).toBe(position)
  })

  test('Risk, whatever the Configuration says of strategies', () => {
    const definition = session({ control: { onStrategyFailure: 'disable' } })
    const { judge } = RiskEngine.prototype
    let calls = 0
    vi.spyOn(RiskEngine.prototype, 'judge').mockImplementation(function (this: RiskEngine, intent) {
      if (++calls === 20) throw new Error('no policy')
      return judge.call(this, intent)
    })
    const found = halt({ definition })
    vi.restoreAllMocks()
    // The failed step is the last committed one: it decides nothing, so it does not replay without
    // the failure.
    const before = found.steps.slice(0, -1)
    checkHalt({ ...found, steps: before }, definition)
    const { position } = found.steps.at(-1)!
    expect(named(found.failure)).toContain(`position ${position}, risk; found no policy`)
  })

  test('an amount beyond 2^53 is no failure of Risk: what cannot be counted is denied', () => {
    const definition = backtestOf(
      quietMarket([millis(9)]),
      { risk: { maxSingleOrderNotional: '1000' }, control: { digestEvery: 1 } },
      scripted((view, turn) => {
        const intents = deepBids(view, 1).map((intent) => ({ ...intent, qty: 2 ** 50 }))
        return turn === 0 ? { wakeAt: millis(2) } : { intents }
      }),
    )
    const denials: unknown[] = []
    const { judge } = RiskEngine.prototype
    vi.spyOn(RiskEngine.prototype, 'judge').mockImplementation(function (this: RiskEngine, intent) {
      const verdict = judge.call(this, intent)
      denials.push(verdict)
      return verdict
    })
    runSession(definition)
    vi.restoreAllMocks()
    expect(denials).toEqual([{ denied: 'INDETERMINATE', scope: 'account' }])
  })

  test('Execution Control', () => {
    const found = halt({
      corrupt: ({ state }) => {
        const { queue } = state.execution.work
        Object.defineProperty(queue, 'lane', {
          value: () => {
            throw new AssertionFailure('the lanes are gone')
          },
        })
      },
      definition: session({ control: { digestEvery: 10_000 } }),
    })
    const before = found.steps.slice(0, -1)
    checkHalt({ ...found, steps: before }, session())
    const { position } = found.steps.at(-1)!
    expect(position).toBeGreaterThanOrEqual(AT)
    expect(named(found.failure)).toContain(`position ${position}, executionControl`)
    expect(named(found.failure)).toContain('the lanes are gone')
  })

  test('an anomaly, where Configuration says so', () => {
    const definition = session({ control: { onAnomaly: 'halt' } })
    const found = halt({ definition, arrange: (system) => void injected(system, fill) })
    checkHalt(found, definition)
    const { position } = found.steps.at(-1)!
    expect(found.steps.at(-1)!.event).toBe(fill)
    expect(named(found.failure)).toContain('ESC_ANOMALY')
    expect(named(found.failure)).toContain(`position ${position}; found unknownOrder; order key`)
  })
})

describe('F5: an actor that breaks the rules of delivery halts the run, named with its message', () => {
  test('an answer that is a promise', () => {
    const found = halt({
      actors: ({ monitor }) => ({
        monitor: { ...monitor, create: () => ({ summary: (async () => undefined) as never }) },
      }),
    })
    checkHalt(found)
    expect(named(found.failure)).toContain('a handler returned a promise')
    expect((found.failure as HandlerFailed).position).toMatchObject({ actor: 'monitor' })
  })

  test('a timer in the past', () => {
    const found = halt({
      actors: ({ gate }) => ({
        gate: {
          ...gate,
          create(context) {
            const { step } = gate.create(context)
            return {
              step(baton) {
                step(baton)
                if (baton.position > AT) context.schedule(context.now - 1, 'step', baton)
              },
            }
          },
        },
      }),
    })
    checkHalt(found)
    expect(named(found.failure)).toContain('cannot post to gate.step')
    expect((found.failure as HandlerFailed).position).toMatchObject({ actor: 'gate', port: 'step' })
  })

  test('a time that lies before the message in hand', () => {
    const found = halt({
      actors: ({ monitor }) => ({
        monitor: { ...monitor, create: (context) => ({ summary: () => context.advance(-1) }) },
      }),
    })
    checkHalt(found)
    expect(named(found.failure)).toContain('cannot advance from 0 ns to -1 ns')
  })

  test('more messages at one time, or outstanding, than the limits allow', () => {
    for (const limits of [{ messagesPerInstant: 9 }, { outstanding: 7 }]) {
      const failure = failureOf({ ...session(), limits })
      expect(failure.message).toContain('ESC_LIMIT_REACHED')
      expect(failure.message).toContain(Object.keys(limits)[0])
      expect(failure.position).toBe(failure.log.position)
    }
  })
})

describe('F5: a Venue that contradicts itself halts the run', () => {
  test('a request for an instrument that it does not know', () => {
    const found = halt({
      actors: ({ venue }) => ({
        venue: {
          ...venue,
          create(context) {
            const behaviour = venue.create(context)
            const request: typeof behaviour.request = (dispatch) =>
              behaviour.request({ ...dispatch, instrument: 7 })
            return { ...behaviour, request }
          },
        },
      }),
    })
    checkHalt(found)
    expect(named(found.failure)).toContain('the venue does not know instrument 7')
    const { position } = found.failure as HandlerFailed
    expect(position).toMatchObject({ actor: 'venue', port: 'request' })
  })

  /** A queue model is code of others: here one that changes what is not its own. */
  const meddling = (meddle: (order: Loose) => void): BacktestDefinition => {
    const definition = session({ rateLimits: {} })
    const touch = (estimate: object) => meddle(loose(estimate))
    const queue = { identity: 'meddling', trade: touch, depth: touch }
    const instruments = definition.venue.instruments.map((each) => ({ ...each, queue }))
    return { ...definition, venue: { ...definition.venue, instruments } }
  }
  const front = (order: Loose) => {
    order.front = -1e9
  }

  test.each([
    [
      'an execution of more than is left',
      /order \d+ cannot execute/,
      (order: Loose) => {
        front(order)
        order.leaves = -1
      },
    ],
    [
      'an execution of a dead order',
      /touched the dead order/,
      (order: Loose) => {
        front(order)
        order.dead = true
      },
    ],
    [
      'an order that is not at its level',
      /order \d+ is not at its level/,
      (order: Loose) => {
        front(order)
        order.price = Number(order.price) + 17
      },
    ],
  ])('%s', (_claim, said, meddle) => {
    const failure = failureOf(meddling(meddle))
    expect(failure.message).toMatch(said)
    expect(failure.message).toMatch(/venue\.(market|arrival)/)
    expect(failure.position).toBeGreaterThan(0)
    expect(failure.position).toBe(failure.log.position)
  })

  test('a fee beyond 2^53', () => {
    const fees = { maker: '900000000000', taker: '900000000000' }
    const failure = failureOf(session({ rateLimits: {}, venue: { fees } }))
    expect(failure.message).toMatch(/a fee of -?\d+ units is beyond 2\^53/)
  })
})

/** What stopped a backtest, which something must. */
function failureOf(definition: BacktestDefinition): RunFailed {
  try {
    runBacktest(definition)
  } catch (failure) {
    if (failure instanceof RunFailed) return failure
    throw failure
  }
  throw new Error('nothing stopped the run')
}
