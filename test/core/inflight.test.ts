/** When a key is busy: from selection until the Event that ends that request, and never by time. */
import { orderKey } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { closed, Desk, denied, left } from '../kit/core-desk.ts'
import { cancel, newOrder, replace } from '../kit/core-puppet.ts'

/** Order 1 with a request of the kind under way. */
const busy = {
  new(): Desk {
    const desk = new Desk().start()
    desk.transmit(desk.say(newOrder(1, 1, 100, 10)))
    return desk
  },
  replace(): Desk {
    const desk = new Desk().start()
    desk.working(newOrder(1, 1, 100, 10))
    desk.transmit(desk.say(replace(1, 101, 10)))
    return desk
  },
  cancel(): Desk {
    const desk = new Desk().start()
    desk.working(newOrder(1, 1, 100, 10))
    desk.transmit(desk.say(cancel(1)))
    return desk
  },
}
type Kind = keyof typeof busy

const events: Record<string, (desk: Desk) => unknown> = {
  accepted: (desk) => desk.accept(1),
  partFill: (desk) => desk.fill(1, 1),
  replaced: (desk) =>
    desk.report(1, { type: 'order.replaced', price: 101, qty: 10, leavesQty: 10 }),
  replaceRejected: (desk) => desk.report(1, { type: 'order.replaceRejected', reason: '' }),
  cancelRejected: (desk) => desk.report(1, { type: 'order.cancelRejected', reason: '' }),
  rejected: (desk) => desk.report(1, { type: 'order.rejected', reason: '' }),
  canceled: (desk) => desk.report(1, { type: 'order.canceled' }),
  expired: (desk) => desk.report(1, { type: 'order.expired', reason: '' }),
  wholeFill: (desk) => desk.fill(1, 10),
  disposed: (desk) => desk.report(1, { type: 'order.disposed', outcome: 'canceled', reason: '' }),
  newFailed: (desk) => fail(desk, 'new'),
  replaceFailed: (desk) => fail(desk, 'replace'),
  cancelFailed: (desk) => fail(desk, 'cancel'),
  market: (desk) => desk.quote(99, 101),
  time: (desk) => desk.wake(1e12),
  tradingDisabled: (desk) =>
    desk.step({ type: 'control.tradingDisabled', time: desk.now, reason: '' }),
}
const fail = (desk: Desk, kind: Kind) =>
  desk.step({ type: 'dispatch.failed', time: desk.now, key: orderKey(0, 1), kind, reason: '' })

/** Which Events free a key that waits for the answer to a NEW, REPLACE or CANCEL. */
const FREES: Record<Kind, readonly string[]> = {
  new: ['accepted', 'partFill', 'rejected', 'wholeFill', 'disposed', 'newFailed'],
  replace: [
    'replaced',
    'replaceRejected',
    'canceled',
    'expired',
    'wholeFill',
    'disposed',
    'replaceFailed',
  ],
  cancel: ['cancelRejected', 'canceled', 'expired', 'wholeFill', 'disposed', 'cancelFailed'],
}

describe.each(Object.keys(busy) as Kind[])('a key with a %s under way', (kind) => {
  test.each(Object.keys(events))(`and then: %s`, (name) => {
    const desk = busy[kind]()
    events[name]!(desk)
    expect(desk.inflight(1)).toBe(FREES[kind].includes(name) ? undefined : kind)
  })
})

test('a key is busy from the step that selected its request, before any record of it', () => {
  const desk = new Desk().start()
  const sent = desk.say(newOrder(1, 1, 100, 10))
  expect([desk.inflight(1), desk.status(1)]).toEqual(['new', 'none'])
  desk.at(5).transmit(sent)
  expect([desk.inflight(1), desk.status(1)]).toEqual(['new', 'submitted'])
  expect(desk.state.execution.inflight.get(orderKey(0, 1))?.time).toBe(0)
})

test('silence after submission changes nothing, for however long', () => {
  const desk = busy.new()
  desk.say(replace(1, 99, 10))
  for (const day of [1, 2, 3]) expect(left(desk.wake(day * 86_400e9))).toEqual([])
  expect([desk.status(1), desk.inflight(1)]).toEqual(['submitted', 'new'])
})

test('the record of a request whose order has just ended makes nothing busy', () => {
  const desk = new Desk({ control: { terminalOrdersKept: 0 } }).start()
  desk.working(newOrder(1, 1, 100, 10))
  const sent = desk.say(replace(1, 101, 10))
  desk.fill(1, 10)
  desk.transmit(sent)
  expect(desk.state.execution.inflight.size).toBe(0)
})

describe('a NEW that has left and is not recorded yet', () => {
  const risk = { maxActiveQuotes: 1 }

  test('counts as working for Risk', () => {
    const desk = new Desk({ risk }).start()
    desk.say(newOrder(1, 1, 100, 10))
    expect(denied(desk.say(newOrder(2, 1, 100, 10)))).toEqual(['MAX_ACTIVE_QUOTES'])
    const position = { maxPosition: { digits: 15n, scale: 3 } }
    const other = new Desk({ risk: position }).start()
    other.say(newOrder(1, 1, 100, 10))
    expect(denied(other.say(newOrder(2, 1, 100, 6)))).toEqual(['MAX_POSITION'])
    expect(left(other.say(newOrder(2, 1, 100, 5)))).toEqual(['new 2'])
  })

  test('can be replaced: the REPLACE waits for the acknowledgement', () => {
    const desk = new Desk({ risk }).start()
    const sent = desk.say(newOrder(1, -1, 100, 10))
    expect(closed(desk.say(replace(1, 99, 8)))).toEqual([])
    expect(desk.pending(1)).toMatchObject({ side: -1, price: 99, qty: 8, sendAs: 'replace' })
    desk.transmit(sent)
    expect(left(desk.accept(1))).toEqual(['replace 1'])
  })

  test('is forgotten when it failed to leave', () => {
    const desk = new Desk({ risk }).start()
    desk.say(newOrder(1, 1, 100, 10))
    fail(desk, 'new')
    expect(left(desk.say(newOrder(2, 1, 100, 10)))).toEqual(['new 2'])
  })
})
