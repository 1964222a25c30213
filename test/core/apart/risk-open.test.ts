/**
 * What is open for a limit, with Execution Control removed: orders, requests under way and commands
 * that wait. A position limit reads the lots that may still execute, others the number of quotes.
 */
import { expect, test } from 'vitest'
import type { OrderTerms } from '../../../core/orders.ts'
import type { State } from '../../../core/state/state.ts'
import { SELL } from '../../../core/units.ts'
import { lots, quotes, quotesLeft, room, sent, waits } from './risk-kit.ts'
import { report, terms, working } from './world.ts'

type Change = (state: State) => void
const works =
  (qty: number, key = 1, parts: Partial<OrderTerms> = {}): Change =>
  (state) =>
    working(state, key, { qty, ...parts })
const leaves =
  (kind: 'new' | 'replace', qty: number): Change =>
  (state) =>
    sent(state, kind, 1, terms(1, { qty }))
const cancels: Change = (state) => sent(state, 'cancel', 1, null)
const ends: Change = (state) =>
  report(state, { type: 'order.canceled', time: 0, exchTime: 0, key: 1 })
const queues =
  (kind: 'new' | 'replace' | 'cancel', qty: number, sendAs = kind, key = 1): Change =>
  (state) =>
    waits(state, kind, sendAs, terms(key, { qty }))

test.each<[string, Change[], open: number, shown: number]>([
  ['nothing', [], 0, 0],
  ['an order of the same side', [works(7)], 7, 1],
  ['an order of the other side', [works(7, 1, { side: SELL })], 0, 1],
  ['two orders', [works(7), works(8, 2)], 15, 2],
  ['a NEW that has left', [leaves('new', 7)], 7, 1],
  ['a NEW that has left and a REPLACE for more', [leaves('new', 7), queues('replace', 9)], 9, 1],
  ['a NEW that has left and a REPLACE for less', [leaves('new', 7), queues('replace', 5)], 7, 1],
  ['a NEW that has left and its CANCEL', [leaves('new', 7), queues('cancel', 9)], 7, 1],
  ['a NEW that has left without terms', [(state) => sent(state, 'new', 1, null)], 0, 0],
  ['a NEW that waits while one of its key has left', [leaves('new', 7), queues('new', 9)], 7, 1],
  ['a NEW that waits while an order has its key', [works(7), queues('new', 9)], 7, 1],
  ['a REPLACE under way without its order', [leaves('replace', 7)], 0, 0],
  ['a CANCEL under way without its order', [cancels], 0, 0],
  ['a NEW that waits', [queues('new', 7)], 7, 1],
  ['two NEWs that wait', [queues('new', 7), queues('new', 4, 'new', 2)], 11, 2],
  ['a REPLACE in place of a NEW that waits', [queues('replace', 7, 'new')], 7, 1],
  ['an order and a REPLACE for more that waits', [works(7), queues('replace', 9)], 9, 1],
  ['an order and a REPLACE for less that waits', [works(7), queues('replace', 5)], 7, 1],
  ['an order and a CANCEL that waits', [works(7), queues('cancel', 9)], 7, 1],
  ['an order and a REPLACE for more under way', [works(7), leaves('replace', 9)], 9, 1],
  ['an order and a REPLACE for less under way', [works(7), leaves('replace', 5)], 7, 1],
  ['an order and a CANCEL under way', [works(7), cancels], 7, 1],
  ['an order that has ended', [works(7), ends], 0, 0],
  ['an order that has ended before its REPLACE', [works(7), ends, queues('replace', 9)], 0, 0],
])('%s is open as it may fill and is shown', (_, changes, open, shown) => {
  const held = lots()
  for (const make of changes) make(held)
  expect(100 - room(held)).toBe(open)
  const quoted = quotes()
  for (const make of changes) make(quoted)
  expect(20 - quotesLeft(quoted)).toBe(shown)
})
