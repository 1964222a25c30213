/** Control Events to the letter: modes, switches of a strategy, rates that change, samples of equity. */
import {
  type CoreEvent,
  instantiate,
  parseDecimal,
  type RateLimits,
  sessionChart,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { NEVER } from '../../core/state/control-state.ts'
import { Desk } from '../kit/core-desk.ts'
import { newOrder } from '../kit/core-puppet.ts'

const mode = (desk: Desk) => sessionChart.states[desk.state.control.session]

test('a session drains before it closes', () => {
  const desk = new Desk().start()
  desk.step({ type: 'control.sessionDraining', time: 1, reason: '' })
  expect(mode(desk)).toBe('draining')
  desk.step({ type: 'control.sessionEnded', time: 2, reason: '' })
  expect(mode(desk)).toBe('closed')
})

test('a strategy that is disabled is off and never wakes, and the others go on', () => {
  const clock = instantiate({ name: 'clock', init: () => null, decide: () => ({ wakeAt: 50 }) })
  const desk = new Desk({ namespaces: ['a', 'b'] }, [clock, clock]).start()
  desk.step({ type: 'control.strategyDisabled', time: 0, strategy: 0, reason: '' })
  expect(desk.state.control.strategies.map(({ enabled, wakeAt }) => [enabled, wakeAt])).toEqual([
    [false, NEVER],
    [true, 50],
  ])
})

describe('a rate that changes', () => {
  const perSecond = (orders: string): RateLimits => ({ orders: parseDecimal(orders) })
  const change = (desk: Desk, rateLimits: RateLimits) => {
    const changes = { rateLimits }
    const event: CoreEvent = {
      type: 'control.configurationChanged',
      time: desk.now,
      version: '2',
      changes,
    }
    desk.step(event)
  }
  const levels = (desk: Desk) => desk.state.execution.work.rates[0]!
  const rules = (desk: Desk) => desk.state.rates.rules[0]!
  /** Requests that could leave now. */
  const room = (desk: Desk) => Math.floor(levels(desk).orders!.tokens / rules(desk).orders!.cost)

  test('keeps what was saved, and no more than the new capacity', () => {
    const desk = new Desk({ rateLimits: perSecond('10') }).start()
    desk.quote(99, 101)
    desk.say(newOrder(1, 1, 90, 1), newOrder(2, 1, 90, 1))
    expect(room(desk)).toBe(8)
    change(desk, perSecond('20'))
    expect([room(desk), levels(desk).orders!.time]).toEqual([8, 0])
    change(desk, perSecond('3'))
    expect(levels(desk).orders!.tokens).toBe(rules(desk).orders!.capacity)
  })

  test('is full where there was none, counts from now, and is gone where there is none', () => {
    const desk = new Desk().start()
    desk.at(7).quote(99, 101)
    expect(levels(desk)).toEqual({ orders: null, cancels: null })
    change(desk, perSecond('4'))
    const { capacity } = rules(desk).orders!
    expect(levels(desk)).toEqual({ orders: { tokens: capacity, time: 7 }, cancels: null })
    change(desk, {})
    expect(levels(desk)).toEqual({ orders: null, cancels: null })
  })
})

describe('equity', () => {
  const windowNs = 256_000
  const limited = { maxRollingLoss: { amount: parseDecimal('1000'), windowNs } }
  const bought = (desk: Desk) => {
    desk.quote(99, 101)
    desk.working(newOrder(1, 1, 100, 10))
    desk.fill(1, 10)
  }
  const curve = (desk: Desk) => desk.state.execution.equity

  test('without a rolling limit is known once and never sampled', () => {
    const desk = new Desk().start()
    bought(desk)
    desk.at(1e9).quote(199, 201)
    expect(curve(desk).first).toBe(0n)
    expect(curve(desk).atWindowStart(1e9, windowNs)).toBeNull()
  })

  test('with a rolling limit keeps its first value and is sampled as often as it needs', () => {
    const desk = new Desk({ risk: limited }).start()
    bought(desk)
    expect(curve(desk).wants(999, windowNs)).toBe(false)
    desk.at(1000).quote(199, 201)
    expect(curve(desk).first).toBe(0n)
    expect(curve(desk).wants(1999, windowNs)).toBe(false)
    // 10 lots of 0.001 gained 100 ticks of 0.1 each.
    expect(curve(desk).atWindowStart(1000 + windowNs, windowNs)).toBe(10_000_000n)
  })

  test('that is not known is no sample', () => {
    const desk = new Desk({ risk: limited }).start()
    desk.at(1000).fill(1, 10)
    expect(curve(desk).wants(1000, windowNs)).toBe(true)
    expect(() => desk.state.serialise()).not.toThrow()
  })
})
