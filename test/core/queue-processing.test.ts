/** Queue Processing as one sees it from outside: what leaves in which step, and when to look again. */
import { parseDecimal } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { closed, Desk, left } from '../kit/core-desk.ts'
import { cancel, newOrder, replace } from '../kit/core-puppet.ts'

const SECOND = 1_000_000_000
const orders = (text: string) => ({ rateLimits: { orders: parseDecimal(text) } })
const cancels = (text: string) => ({ rateLimits: { cancels: parseDecimal(text) } })

describe('validity', () => {
  test('work for an order that has ended closes and is not sent', () => {
    const desk = new Desk(cancels('0')).start()
    desk.working(newOrder(1, 1, 100, 5))
    desk.working(newOrder(2, 1, 100, 5))
    expect(left(desk.say(cancel(1), replace(2, 101, 5)))).toEqual(['replace 2'])
    expect(desk.pending(1)?.kind).toBe('cancel')
    expect(closed(desk.fill(1, 5))).toEqual(['cancel 1 invalidated'])
    expect(desk.pending(1)).toBeUndefined()
  })

  test('a REPLACE behind the fill that ends its order closes in the step of the fill', () => {
    const desk = new Desk().start()
    desk.working(newOrder(1, 1, 100, 5))
    desk.transmit(desk.say(replace(1, 101, 5)))
    desk.say(replace(1, 102, 5))
    expect(closed(desk.fill(1, 5))).toEqual(['replace 1 invalidated'])
  })

  test('a REPLACE to what the order already is closes without a message', () => {
    const desk = new Desk().start()
    desk.working(newOrder(1, 1, 100, 5))
    expect(closed(desk.say(replace(1, 100, 5)))).toEqual(['replace 1 noChange'])
    expect(left(desk.say(replace(1, 100, 6)))).toEqual(['replace 1'])
  })

  test('work behind a NEW that failed to leave closes', () => {
    const desk = new Desk().start()
    const key = desk.say(newOrder(1, 1, 100, 5)).dispatches[0]!.key
    desk.say(cancel(1))
    const failed = { type: 'dispatch.failed', time: 0, key, kind: 'new', reason: 'down' } as const
    expect(closed(desk.step(failed))).toEqual(['cancel 1 invalidated'])
    expect([desk.status(1), desk.inflight(1)]).toEqual(['none', undefined])
  })
})

describe('the inflight gate', () => {
  test('holds every command of a busy key, CANCEL too', () => {
    const desk = new Desk().start()
    const sent = desk.say(newOrder(1, 1, 100, 5))
    expect(left(desk.say(cancel(1)))).toEqual([])
    expect(left(desk.transmit(sent)[0]!)).toEqual([])
    expect(left(desk.accept(1))).toEqual(['cancel 1'])
  })

  test('lets the cancel pass when configuration excepts it, once', () => {
    const desk = new Desk({ control: { cancelsPassInflight: true } }).start()
    desk.transmit(desk.say(newOrder(1, 1, 100, 5)))
    const result = desk.say(cancel(1))
    expect(left(result)).toEqual(['cancel 1'])
    desk.transmit(result)
    expect(left(desk.say(cancel(1)))).toEqual([])
    expect(left(desk.accept(1))).toEqual([])
    expect(desk.inflight(1)).toBe('cancel')
  })

  test('a refused cancel that passed a REPLACE leaves the REPLACE under way', () => {
    const desk = new Desk({ control: { cancelsPassInflight: true } }).start()
    desk.working(newOrder(1, 1, 100, 5))
    desk.transmit(desk.say(replace(1, 101, 5)))
    desk.transmit(desk.say(cancel(1)))
    desk.say(replace(1, 102, 5))
    expect(left(desk.report(1, { type: 'order.cancelRejected', reason: '' }))).toEqual([])
    expect(desk.inflight(1)).toBe('replace')
    const done = { type: 'order.replaced', price: 101, qty: 5, leavesQty: 5 } as const
    expect(left(desk.report(1, done))).toEqual(['replace 1'])
  })

  test('does not let even an excepted cancel overtake the record of its NEW', () => {
    const desk = new Desk({ control: { cancelsPassInflight: true } }).start()
    const sent = desk.say(newOrder(1, 1, 100, 5))
    expect(left(desk.say(cancel(1)))).toEqual([])
    expect(left(desk.transmit(sent)[0]!)).toEqual(['cancel 1'])
  })

  test('holds a REPLACE until the acknowledgement, though an early fill freed the key', () => {
    const desk = new Desk().start()
    desk.transmit(desk.say(newOrder(1, 1, 100, 5)))
    desk.fill(1, 1)
    expect(desk.inflight(1)).toBeUndefined()
    expect(left(desk.say(replace(1, 101, 5)))).toEqual([])
    expect(left(desk.accept(1))).toEqual(['replace 1'])
  })

  test('is no reason to look again at a time', () => {
    const desk = new Desk(orders('1000')).start()
    desk.transmit(desk.say(newOrder(1, 1, 100, 5)))
    expect(desk.say(cancel(1)).obligation).toBeNull()
  })

  test.each([
    ['a market Event', (desk: Desk) => desk.quote(99, 101)],
    ['a second of time', (desk: Desk) => desk.wake(3600 * SECOND)],
    [
      'a refused cancel',
      (desk: Desk) => desk.report(1, { type: 'order.cancelRejected', reason: '' }),
    ],
    ['a partial fill', (desk: Desk) => desk.fill(1, 1)],
    ['a fill of another order', (desk: Desk) => desk.fill(2, 1)],
  ])('stays shut for a REPLACE after %s', (_, happen) => {
    const desk = new Desk().start()
    desk.working(newOrder(1, 1, 100, 5))
    desk.working(newOrder(2, 1, 100, 5))
    desk.transmit(desk.say(replace(1, 101, 5)))
    desk.say(replace(1, 102, 5))
    expect(left(happen(desk))).toEqual([])
    expect(desk.inflight(1)).toBe('replace')
    const done = { type: 'order.replaced', price: 101, qty: 5, leavesQty: 5 } as const
    expect(left(desk.report(1, done))).toEqual(['replace 1'])
  })
})

describe('ordering', () => {
  test('cancels leave before replaces, replaces before new orders, each by age', () => {
    const desk = new Desk().start()
    for (const i of [1, 2, 3, 4]) desk.working(newOrder(i, 1, 100, 5))
    const result = desk.say(
      newOrder(6, 1, 100, 1),
      replace(4, 99, 5),
      newOrder(5, 1, 100, 1),
      cancel(3),
      replace(2, 99, 5),
      cancel(1),
    )
    expect(left(result)).toEqual([
      'cancel 3',
      'cancel 1',
      'replace 4',
      'replace 2',
      'new 6',
      'new 5',
    ])
  })

  test('a REPLACE that is sent as NEW has the place of a NEW', () => {
    const desk = new Desk().start()
    desk.working(newOrder(1, 1, 100, 5))
    const result = desk.say(newOrder(2, 1, 100, 1), replace(2, 101, 1), replace(1, 99, 5))
    expect(left(result)).toEqual(['replace 1', 'new 2'])
  })
})

describe('the rate', () => {
  test('lets a prefix of a class leave, and spent orders do not hold back cancels', () => {
    const desk = new Desk(orders('2')).start()
    desk.working(newOrder(1, 1, 100, 5))
    const result = desk.say(newOrder(2, 1, 1, 1), newOrder(3, 1, 1, 1), cancel(1))
    expect(left(result)).toEqual(['cancel 1', 'new 2'])
    expect(result.obligation).toEqual({ due: SECOND / 2, reason: 'rate' })
  })

  test('spent cancels do not hold back orders', () => {
    const desk = new Desk(cancels('0')).start()
    desk.working(newOrder(1, 1, 100, 5))
    const result = desk.say(cancel(1), newOrder(2, 1, 1, 1))
    expect(left(result)).toEqual(['new 2'])
    expect(result.obligation).toBeNull()
  })

  test('asks for the earlier of two classes that wait', () => {
    const limits = { orders: parseDecimal('0.5'), cancels: parseDecimal('1') }
    const desk = new Desk({ rateLimits: limits }).start()
    desk.working(newOrder(1, 1, 100, 5))
    desk.at(2 * SECOND).working(newOrder(2, 1, 100, 5))
    desk.transmit(desk.say(cancel(1)))
    const result = desk.say(cancel(2), newOrder(3, 1, 1, 1))
    expect(result.obligation).toEqual({ due: 3 * SECOND, reason: 'rate' })
    expect(left(desk.wake(3 * SECOND))).toEqual(['cancel 2'])
    expect(desk.results.at(-1)!.obligation).toEqual({ due: 4 * SECOND, reason: 'rate' })
  })

  test('asks for the earlier of two classes also when that is the one of the orders', () => {
    const limits = { orders: parseDecimal('1'), cancels: parseDecimal('0.5') }
    const desk = new Desk({ rateLimits: limits }).start()
    desk.working(newOrder(1, 1, 100, 5))
    desk.at(SECOND).working(newOrder(2, 1, 100, 5))
    desk.transmit(desk.say(cancel(1)))
    const result = desk.say(cancel(2), newOrder(3, 1, 1, 1))
    expect(result.obligation).toEqual({ due: 2 * SECOND, reason: 'rate' })
    expect(left(desk.wake(2 * SECOND))).toEqual(['new 3'])
    expect(desk.results.at(-1)!.obligation).toEqual({ due: 3 * SECOND, reason: 'rate' })
  })

  test('an order held by its key does not block the class', () => {
    const desk = new Desk(orders('1')).start()
    desk.working(newOrder(1, 1, 100, 5))
    desk.at(SECOND).transmit(desk.say(replace(1, 99, 5)))
    desk.at(2 * SECOND).say(replace(1, 98, 5))
    expect(left(desk.say(newOrder(2, 1, 1, 1)))).toEqual(['new 2'])
  })

  test('of 0 keeps the work for ever and never asks to be woken', () => {
    const desk = new Desk(orders('0')).start()
    expect(desk.say(newOrder(1, 1, 100, 1)).obligation).toBeNull()
    const later = desk.wake(100 * SECOND)
    expect([left(later), later.obligation]).toEqual([[], null])
    expect(desk.pending(1)?.kind).toBe('new')
  })

  test('a quiet market empties its queue by Control-Time Events alone', () => {
    const desk = new Desk(orders('3')).start()
    const all = Array.from({ length: 10 }, (_, i) => newOrder(i + 1, 1, 100, 1))
    let result = desk.say(...all)
    const sent = [...left(result)]
    const dues: number[] = []
    while (result.obligation !== null) {
      dues.push(result.obligation.due)
      result = desk.wake(result.obligation.due)
      sent.push(...left(result))
    }
    expect(sent).toEqual(all.map((_, i) => `new ${i + 1}`))
    expect(dues).toEqual([
      333_333_334, 666_666_667, 1_000_000_000, 1_333_333_334, 1_666_666_667, 2_000_000_000,
      2_333_333_334,
    ])
  })

  test('the obligation is derived from State in every step, and cleared with its cause', () => {
    const desk = new Desk(orders('1')).start()
    desk.say(newOrder(1, 1, 100, 1))
    expect(desk.say(newOrder(2, 1, 100, 1)).obligation).toEqual({ due: SECOND, reason: 'rate' })
    expect(desk.quote(99, 101).obligation).toEqual({ due: SECOND, reason: 'rate' })
    expect(desk.say(cancel(2)).obligation).toBeNull()
  })

  test('a late look finds more than one request saved up', () => {
    const desk = new Desk(orders('2')).start()
    desk.say(...[1, 2, 3, 4, 5].map((i) => newOrder(i, 1, 100, 1)))
    expect(left(desk.wake(10 * SECOND))).toEqual(['new 3', 'new 4'])
  })
})

describe('a changed rate', () => {
  const change = (desk: Desk, text: string) =>
    desk.step({
      type: 'control.configurationChanged',
      time: desk.now,
      version: '2',
      changes: orders(text),
    })

  test('holds from its position on, and not for the time before', () => {
    const desk = new Desk(orders('1')).start()
    expect(left(desk.say(newOrder(1, 1, 100, 1)))).toEqual(['new 1'])
    desk.at(100 * SECOND)
    change(desk, '1000')
    // A hundred seconds at one a second saved one request, the capacity of that rule.
    expect(left(desk.say(newOrder(2, 1, 100, 1), newOrder(3, 1, 100, 1)))).toEqual(['new 2'])
    expect(desk.results.at(-1)!.obligation?.due).toBe(100 * SECOND + 1_000_000)
  })

  test('lets waiting work leave in the same step, and a limit that goes lets all of it leave', () => {
    const desk = new Desk(orders('0')).start()
    desk.say(newOrder(1, 1, 100, 1), newOrder(2, 1, 100, 1))
    const none = { type: 'control.configurationChanged', time: 0, version: '2' } as const
    expect(left(desk.step({ ...none, changes: { rateLimits: {} } }))).toEqual(['new 1', 'new 2'])
  })
})
