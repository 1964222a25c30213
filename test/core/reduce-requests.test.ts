/** What records and reports leave of the requests under way, and what is flagged, to the letter. */
import { AssertionFailure, type CoreEvent, orderKey } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { reduceControl } from '../../core/reduce/reduce-control.ts'
import { reduceReport } from '../../core/reduce/reduce-execution.ts'
import { Desk } from '../kit/core-desk.ts'
import { cancel, newOrder, replace } from '../kit/core-puppet.ts'

const KEY = orderKey(0, 1)
const request = (desk: Desk, key = KEY) => desk.state.execution.inflight.get(key)
const passing = () => new Desk({ control: { cancelsPassInflight: true } }).start()

/** A CANCEL that left while a REPLACE was under way. */
function overReplace(): Desk {
  const desk = passing()
  desk.working(newOrder(1, 1, 90, 5))
  desk.at(3).transmit(desk.say(replace(1, 91, 6)))
  desk.at(4).transmit(desk.say(cancel(1)))
  expect(request(desk)).toMatchObject({ kind: 'cancel', passed: 'replace', time: 4 })
  return desk
}

describe('while a CANCEL has passed a REPLACE', () => {
  const asked = expect.objectContaining({ price: 91, qty: 6 })
  test.each<[string, (desk: Desk) => unknown, object | undefined]>([
    [
      'the REPLACE that is done leaves the CANCEL alone',
      (desk) => desk.report(1, { type: 'order.replaced', price: 91, qty: 6, leavesQty: 6 }),
      { kind: 'cancel', passed: null, asked: null },
    ],
    [
      'the REPLACE that is refused leaves the CANCEL alone',
      (desk) => desk.report(1, { type: 'order.replaceRejected', reason: '' }),
      { kind: 'cancel', passed: null, asked: null },
    ],
    [
      'the CANCEL that is refused leaves the REPLACE, with its terms',
      (desk) => desk.report(1, { type: 'order.cancelRejected', reason: '' }),
      { kind: 'replace', passed: null, asked },
    ],
    ['a fill leaves both', (desk) => desk.fill(1, 1), { kind: 'cancel', passed: 'replace', asked }],
    [
      'a CANCEL that never left leaves the REPLACE',
      (desk) =>
        desk.step({ type: 'dispatch.failed', time: 4, key: KEY, kind: 'cancel', reason: '' }),
      { kind: 'replace', passed: null, asked },
    ],
    [
      'the end of the order leaves none',
      (desk) => desk.report(1, { type: 'order.canceled' }),
      undefined,
    ],
  ])('%s', (_name, act, expected) => {
    const desk = overReplace()
    act(desk)
    if (expected === undefined) expect(request(desk)).toBeUndefined()
    else expect(request(desk)).toEqual({ key: KEY, time: 4, ...expected })
  })
})

describe('the record of a dispatch', () => {
  const record: CoreEvent = { type: 'intent.dispatched', time: 6, key: KEY, kind: 'cancel' }
  const marked = { key: KEY, kind: 'cancel', time: 6, passed: null, asked: null }

  test('marks the key of an open order that nothing is under way for', () => {
    const desk = new Desk().start()
    desk.working(newOrder(1, 1, 90, 5))
    desk.step(record)
    expect(request(desk)).toEqual(marked)
  })

  test('leaves a key that the step itself has marked', () => {
    const desk = new Desk().start()
    desk.working(newOrder(1, 1, 90, 5))
    desk.at(3).say(replace(1, 91, 6))
    const before = request(desk)
    desk.step(record)
    expect(request(desk)).toBe(before)
  })

  test('says nothing about an order that has ended or is unknown', () => {
    const desk = new Desk().start()
    desk.step(record)
    desk.working(newOrder(1, 1, 90, 5))
    desk.report(1, { type: 'order.canceled' })
    desk.step(record)
    expect(desk.state.execution.inflight.size).toBe(0)
  })

  test('of a NEW marks its key, and from there the Order holds the terms', () => {
    const desk = new Desk().start()
    const { type: _, ...terms } = newOrder(1, 1, 90, 5)
    desk.step({ type: 'order.submitted', time: 6, ...terms })
    expect(request(desk)).toEqual({ ...marked, kind: 'new' })
  })
})

describe('an anomaly', () => {
  test('of a report has its time and its key', () => {
    const desk = new Desk().start()
    desk.at(9)
    expect(desk.accept(4).anomalies).toEqual([
      { type: 'control.anomaly', time: 9, kind: 'unknownOrder', key: orderKey(0, 4) },
    ])
  })

  test('of an account has its time and no key', () => {
    const desk = new Desk().start()
    const stated = { exchTime: 0, instrument: 0, position: 1, balance: 0 }
    expect(desk.step({ type: 'account.updated', time: 9, ...stated }).anomalies).toEqual([
      { type: 'control.anomaly', time: 9, kind: 'accountDifference', key: -1 },
    ])
  })
})

describe('a fill', () => {
  test('of a namespace that nobody has is booked to the account alone', () => {
    const desk = new Desk().start()
    desk.working(newOrder(1, 1, 90, 5))
    desk.fill(1, 2)
    const { execution } = desk.state
    desk.step({ ...(desk.events.at(-1) as CoreEvent), key: orderKey(5, 1) } as CoreEvent)
    expect(desk.position()).toBe(4)
    expect(execution.own[0]!.accounts[0]!.position).toBe(2)
  })

  test('of an instrument that is not configured is our own mistake', () => {
    const desk = new Desk().start()
    desk.working(newOrder(1, 1, 90, 5))
    desk.fill(1, 2)
    const fill = { ...desk.events.at(-1)!, instrument: 9, cumQty: 4 } as never
    expect(() => reduceReport(desk.state, fill, [])).toThrow(AssertionFailure)
    expect(() => reduceReport(desk.state, fill, [])).toThrow('a fill names instrument 9')
  })
})

test('an Event of no known type is our own mistake', () => {
  const desk = new Desk().start()
  desk.working(newOrder(1, 1, 90, 5))
  const event = { type: 'control.unheardOf', time: 0, key: KEY } as never
  expect(() => reduceControl(desk.state, event, [])).toThrow()
  expect(() => reduceReport(desk.state, event, [])).toThrow()
})
