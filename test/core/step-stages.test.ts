/** The stages of one step, one by one: what each leaves, and what a throw in one takes back. */
import {
  type CodedError,
  Core,
  type CoreEvent,
  instantiate,
  orderKey,
  parseDecimal,
  State,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { admitStage, needsExecutionControl, releaseStage } from '../../core/core.ts'
import { configuration } from '../kit/configuration.ts'
import { closed, Desk, left } from '../kit/core-desk.ts'
import { cancel, newOrder, puppet, replace, saying } from '../kit/core-puppet.ts'

const cause = new Error('injected')
const throwing = {
  begin: () => {
    throw cause
  },
}
const slow = { rateLimits: { orders: parseDecimal('1') } }
const off: CoreEvent = { type: 'control.tradingDisabled', time: 0, reason: '' }

const begin = (desk: Desk, event: CoreEvent) =>
  desk.core.begin(desk.state.control.nextPosition, event)

describe('Execution Control', () => {
  test('is asked where something is allowed or waits, and nowhere else', () => {
    const desk = new Desk(slow).start()
    desk.quote(99, 101)
    const needs = (event: CoreEvent) => {
      const baton = begin(desk, event)
      desk.core.commit(baton)
      return needsExecutionControl(baton)
    }
    expect(needs(saying(0, []))).toBe(false)
    expect(needs(saying(0, [newOrder(1, 1, 0, 1)]))).toBe(false)
    expect(needs(saying(0, [newOrder(2, 1, 90, 1)]))).toBe(true)
    desk.say(newOrder(3, 1, 90, 1), newOrder(4, 1, 90, 1))
    expect(needs(saying(0, []))).toBe(true)
  })

  test.each(['admission', 'release'] as const)('that throws in %s keeps what waited', (stage) => {
    const desk = new Desk(slow).start()
    desk.quote(99, 101)
    desk.say(newOrder(1, 1, 90, 1), newOrder(2, 1, 91, 1))
    desk.at(5e9)
    const position = desk.state.control.nextPosition
    const event = saying(desk.now, [newOrder(3, 1, 92, 1)])
    let baton = begin(desk, event)
    if (stage === 'admission') {
      baton = { ...baton, scratch: throwing as never }
      admitStage(baton)
    } else {
      admitStage(baton)
      expect(baton.draft).not.toBeNull()
      // What the draft cannot be asked for it cannot release.
      baton.draft = {} as never
    }
    releaseStage(baton)
    expect(baton).toMatchObject({
      draft: null,
      released: { dispatches: [], rateDue: null },
      failure: { stage: 'executionControl', strategy: -1 },
    })
    if (stage === 'admission') expect(baton.failure!.cause).toBe(cause)
    const result = desk.core.commit(baton)
    expect(result).toEqual({
      position,
      decided: true,
      dispatches: [],
      denials: [],
      closures: [],
      anomalies: [],
      obligation: null,
      failures: [baton.failure],
    })
    expect([desk.pending(2)?.kind, desk.pending(3), desk.inflight(2)]).toEqual([
      'new',
      undefined,
      undefined,
    ])
    expect(desk.state.control.nextPosition).toBe(position + 1)
    expect(left(desk.wake(5e9))).toEqual(['new 2'])
  })

  test('that failed already is asked no more', () => {
    const desk = new Desk().start()
    const baton = begin(desk, saying(0, [newOrder(1, 1, 90, 1)]))
    baton.failure = { stage: 'risk', strategy: -1, cause }
    admitStage(baton)
    releaseStage(baton)
    expect([baton.draft, baton.failure.stage]).toEqual([null, 'risk'])
  })
})

describe('a step that failed', () => {
  test('closes what its own Event made pointless, beside what the Event closed', () => {
    const desk = new Desk(slow).start()
    desk.quote(99, 101)
    desk.working(newOrder(1, 1, 90, 5))
    desk.say(replace(1, 91, 5), newOrder(2, 1, 90, 1))
    const fail = (event: CoreEvent) => {
      const baton = begin(desk, event)
      baton.failure = { stage: 'executionControl', strategy: -1, cause }
      return desk.core.commit(baton)
    }
    const canceled = fail({ type: 'order.canceled', time: 0, exchTime: 0, key: orderKey(0, 1) })
    expect(closed(canceled)).toEqual([expect.stringMatching(/^replace 1 /)])
    expect(closed(fail(off))).toEqual(['new 2 tradingDisabled'])
  })

  test('names the strategy that failed before the stage', () => {
    const bad = instantiate({
      name: 'bad',
      init: () => null,
      decide: () => {
        throw cause
      },
    })
    const desk = new Desk({}, [bad])
    const baton = begin(desk, { type: 'control.sessionStarted', time: 0, seed: 1 })
    baton.failure = { stage: 'executionControl', strategy: -1, cause }
    expect(desk.core.commit(baton).failures.map(({ strategy }) => strategy)).toEqual([0, -1])
  })
})

describe('closures', () => {
  test('of reduction come before those of admission, and neither is lost', () => {
    const desk = new Desk(slow).start()
    desk.quote(99, 101)
    desk.working(newOrder(1, 1, 90, 5))
    desk.say(newOrder(2, 1, 90, 1), replace(1, 91, 5))
    const asks = instantiate({
      name: 'asks',
      trigger: { events: ['control.tradingDisabled'] },
      init: () => null,
      decide: () => ({ intents: [cancel(9)] }),
    })
    const config = desk.state.configuration
    const state = State.restore(config, desk.state.serialise())
    const result = new Desk(config, [], new Core(config, [asks], state)).step(off)
    expect(closed(result).slice(0, 2)).toEqual([
      'new 2 tradingDisabled',
      'replace 1 tradingDisabled',
    ])
    expect(closed(result)[2]).toMatch(/^cancel 9 /)
    expect(closed(result)).toHaveLength(3)
  })
})

test('a State of another number of strategies is refused by name', () => {
  const refusal = expect.objectContaining({
    code: 'ESC_STATE_RESTORE',
    facts: expect.objectContaining({ field: 'strategies', found: '2', needed: '1' }),
  } satisfies Partial<Record<keyof CodedError, unknown>>)
  const config = configuration({ namespaces: ['a', 'b'] })
  const { state } = new Core(config, [puppet(), puppet()])
  expect(() => new Core(config, [puppet()], state)).toThrow(refusal)
})
