/** What the commit of a step writes into State, and when the Runtime is asked to look again. */
import { instantiate, orderKey, parseDecimal } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { Desk, left } from '../kit/core-desk.ts'
import { cancel, newOrder, puppet, replace, saying } from '../kit/core-puppet.ts'

const slow = { rateLimits: { orders: parseDecimal('1') } }

describe('keys handed out', () => {
  test('stay used when no Intent carries them, and none are used by who asked for none', () => {
    const keys: number[] = []
    let wanted = 2
    const keeper = instantiate({
      name: 'keeper',
      trigger: { everyNth: 1 },
      init: () => null,
      decide(view) {
        for (let i = 0; i < wanted; i++) keys.push(view.newOrderKey())
        return {}
      },
    })
    const desk = new Desk({}, [keeper]).start()
    const slot = desk.state.control.strategies[0]!
    const handedOut = () => slot.handedOut
    expect(handedOut()).toBe(2)
    slot.issued = 10
    wanted = 0
    desk.quote(99, 101)
    expect(handedOut()).toBe(2)
    wanted = 1
    desk.quote(99, 101)
    expect([handedOut(), keys]).toEqual([11, [1, 2, 11]])
  })
})

describe('a request under way', () => {
  test('holds the terms it asked for, and a cancel that passes it keeps them', () => {
    const desk = new Desk({ control: { cancelsPassInflight: true } }).start()
    desk.quote(99, 101)
    desk.working(newOrder(1, 1, 90, 5))
    desk.at(3).say(replace(1, 91, 6))
    const request = () => desk.state.execution.inflight.get(orderKey(0, 1))
    expect(request()).toMatchObject({
      kind: 'replace',
      time: 3,
      passed: null,
      asked: { price: 91, qty: 6 },
    })
    expect(left(desk.at(4).say(cancel(1)))).toEqual(['cancel 1'])
    expect(request()).toMatchObject({
      kind: 'cancel',
      time: 4,
      passed: 'replace',
      asked: { price: 91, qty: 6 },
    })
  })

  test('that is a cancel of an idle order asks for no terms', () => {
    const desk = new Desk().start()
    desk.working(newOrder(1, 1, 90, 5))
    desk.say(cancel(1))
    expect(desk.state.execution.inflight.get(orderKey(0, 1))).toMatchObject({
      kind: 'cancel',
      passed: null,
      asked: null,
    })
  })
})

describe('the obligation', () => {
  test('is the same object while it is the same, and the earliest of all', () => {
    const desk = new Desk({ ...slow, namespaces: ['a', 'b', 'c'] }, [
      puppet(),
      instantiate({ name: 'b', init: () => null, decide: () => ({ wakeAt: 7e8 }) }),
      instantiate({ name: 'c', init: () => null, decide: () => ({ wakeAt: 9e8 }) }),
    ]).start()
    const first = desk.results[0]!.obligation
    expect(first).toEqual({ due: 7e8, reason: 'wakeUp' })
    expect(desk.quote(99, 101).obligation).toBe(first)
  })

  test.each([
    [1e9 - 1, { due: 1e9 - 1, reason: 'wakeUp' }],
    [1e9, { due: 1e9, reason: 'wakeUp' }],
    [1e9 + 1, { due: 1e9, reason: 'rate' }],
  ] as const)('with the rate due at 1e9 and a wake-up at %d is the earlier', (wakeAt, expected) => {
    const desk = new Desk(slow).start()
    desk.quote(99, 101)
    const result = desk.step(saying(0, [newOrder(1, 1, 90, 1), newOrder(2, 1, 90, 1)], wakeAt))
    expect(result.obligation).toEqual(expected)
  })

  test('changes from wake-up to rate at the same time when the wake-up is taken', () => {
    const desk = new Desk(slow).start()
    desk.quote(99, 101)
    const wants = desk.step(saying(0, [newOrder(1, 1, 90, 1), newOrder(2, 1, 90, 1)], 1e9))
    expect(wants.obligation).toEqual({ due: 1e9, reason: 'wakeUp' })
    const gone = desk.step({ type: 'control.strategyDisabled', time: 0, strategy: 0, reason: '' })
    expect(gone.obligation).toEqual({ due: 1e9, reason: 'rate' })
  })
})
