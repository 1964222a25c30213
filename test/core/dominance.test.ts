/**
 * Dominance of one order key: the whole matrix of pending x incoming x what is known of the order,
 * written out by hand, and then the rulings as they show through `Core.step`.
 */
import { type Intent, orderKey, type PendingCommand, reconcile } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { closed, Desk, left } from '../kit/core-desk.ts'
import { cancel, newOrder, replace } from '../kit/core-puppet.ts'

const incoming = {
  NEW: newOrder(1, 1, 105, 15),
  REPLACE: replace(1, 110, 20),
  CANCEL: cancel(1),
} satisfies Record<string, Intent>

/** Commands that may wait; `REPLACE of NEW` is a REPLACE that found an unsent NEW. */
const waiting = {
  nothing: undefined,
  NEW: command('new', 'new'),
  'REPLACE of NEW': command('replace', 'new'),
  REPLACE: command('replace', 'replace'),
  CANCEL: command('cancel', 'cancel'),
} as const

function command(kind: PendingCommand['kind'], sendAs: PendingCommand['sendAs']): PendingCommand {
  const { type: _, ...terms } = newOrder(1, 1, 100, 10, { timeInForce: 'postOnly' })
  return { ...terms, kind, sendAs, sequence: 3 }
}

/** What the Venue was told of the key so far. */
const sent = {
  'no order': undefined,
  'NEW on its way': newOrder(1, 1, 95, 9),
  'an order': newOrder(1, 1, 90, 9),
} as const

/**
 * Rows: pending. Columns: incoming. `=` is discarded, `x` closes both locally, `-` finds no order;
 * else the command that is effective then, as `what:price@sentAs`.
 */
const MATRIX = {
  'no order': `
    nothing        new:105@new  -               -
    NEW            new:105@new  replace:110@new x
    REPLACE_of_NEW =            replace:110@new x`,
  'NEW on its way': `
    nothing        new:105@new  replace:110@replace cancel:95@cancel
    REPLACE        =            replace:110@replace cancel:95@cancel
    CANCEL         =            =                   cancel:95@cancel`,
  'an order': `
    nothing        new:105@new  replace:110@replace cancel:90@cancel
    REPLACE        =            replace:110@replace cancel:90@cancel
    CANCEL         =            =                   cancel:90@cancel`,
} as const

describe.each(Object.entries(MATRIX))('with %s', (known, table) => {
  for (const row of table.trim().split('\n')) {
    const [name, ...cells] = row.trim().split(/\s+/) as [string, string, string, string]
    const pending = waiting[name.replaceAll('_', ' ') as keyof typeof waiting]
    test.each(
      Object.entries(incoming).map(([kind, intent], i) => [kind, cells[i]!, intent] as const),
    )(`${name} pending meets %s: %s`, (_, expected, intent) => {
      const result = reconcile(pending, intent, sent[known as keyof typeof sent], 8)
      const said =
        typeof result === 'object'
          ? `${result.kind}:${result.price}@${result.sendAs}`
          : { discarded: '=', cancelsPending: 'x', noOrder: '-' }[result]
      expect(said).toBe(expected)
      if (typeof result === 'object') expect(result.sequence).toBe(8)
    })
  }
})

test('a REPLACE of an unsent NEW takes price and quantity, and the rest from the NEW', () => {
  const result = reconcile(waiting.NEW, incoming.REPLACE, undefined, 4)
  expect(result).toEqual({ ...waiting.NEW, kind: 'replace', price: 110, qty: 20, sequence: 4 })
})

describe('through a step of the Core', () => {
  test('NEW and REPLACE of one step leave as one NEW with the replaced terms', () => {
    const desk = new Desk().start()
    const result = desk.say(
      newOrder(1, -1, 200, 5, { timeInForce: 'postOnly' }),
      replace(1, 210, 7),
    )
    expect(closed(result)).toEqual(['new 1 superseded'])
    expect(result.dispatches).toEqual([
      {
        kind: 'new',
        key: orderKey(0, 1),
        instrument: 0,
        side: -1,
        orderType: 'limit',
        timeInForce: 'postOnly',
        price: 210,
        qty: 7,
        sequence: 1,
      },
    ])
  })

  test('NEW and CANCEL of one step close here, and the Venue hears nothing', () => {
    const desk = new Desk().start()
    const result = desk.say(newOrder(1, 1, 100, 5), cancel(1))
    expect(left(result)).toEqual([])
    expect(closed(result)).toEqual(['new 1 superseded', 'cancel 1 closedLocally'])
    expect(desk.state.execution.work.queue.size).toBe(0)
    expect(desk.inflight(1)).toBeUndefined()
    // The key is spent all the same: identities are never used twice.
    expect(closed(desk.say(newOrder(1, 1, 100, 5)))).toEqual(['new 1 duplicateOrderKey'])
    expect(left(desk.say(newOrder(2, 1, 100, 5)))).toEqual(['new 2'])
  })

  test('REPLACE and CANCEL of nothing close as invalidated', () => {
    const desk = new Desk().start()
    expect(closed(desk.say(cancel(9)))).toEqual(['cancel 9 invalidated'])
    // Risk knows no such order either, so the REPLACE does not reach the queue.
    expect(desk.say(replace(9, 100, 1)).denials).toEqual([
      { key: orderKey(0, 9), kind: 'replace', reason: 'UNKNOWN_ORDER', scope: 'account' },
    ])
  })

  test('a NEW behind a pending REPLACE or CANCEL is discarded', () => {
    const desk = new Desk().start()
    desk.transmit(desk.say(newOrder(1, 1, 100, 5)))
    desk.say(replace(1, 101, 5))
    expect(closed(desk.say(newOrder(1, 1, 99, 5)))).toEqual(['new 1 superseded'])
    expect(desk.pending(1)).toMatchObject({ kind: 'replace', price: 101 })
    expect(closed(desk.say(cancel(1)))).toEqual(['replace 1 superseded'])
    expect(closed(desk.say(newOrder(1, 1, 99, 5), replace(1, 98, 5)))).toEqual([
      'new 1 superseded',
      'replace 1 superseded',
    ])
    expect(desk.pending(1)).toMatchObject({ kind: 'cancel' })
  })

  test('a superseding command takes a new sequence, and so a place further back', () => {
    const desk = new Desk({ rateLimits: { orders: { digits: 1n, scale: 0 } } }).start()
    expect(left(desk.say(newOrder(1, 1, 100, 1)))).toEqual(['new 1'])
    desk.say(newOrder(2, 1, 100, 1), newOrder(3, 1, 100, 1))
    expect(closed(desk.say(newOrder(2, 1, 101, 1)))).toEqual(['new 2 superseded'])
    expect([desk.pending(2)?.sequence, desk.pending(3)?.sequence]).toEqual([3, 2])
    expect(left(desk.wake(1_000_000_000))).toEqual(['new 3'])
    expect(left(desk.wake(2_000_000_000))).toEqual(['new 2'])
  })

  test('keys do not touch each other', () => {
    const desk = new Desk({ rateLimits: { orders: { digits: 0n, scale: 0 } } }).start()
    desk.say(newOrder(1, 1, 100, 1), newOrder(2, 1, 100, 2), cancel(1), replace(2, 99, 3))
    expect(desk.pending(1)).toBeUndefined()
    expect(desk.pending(2)).toMatchObject({ kind: 'replace', sendAs: 'new', price: 99, qty: 3 })
  })

  test('what has left is never taken back by dominance', () => {
    const desk = new Desk().start()
    desk.transmit(desk.say(newOrder(1, 1, 100, 5)))
    const result = desk.say(cancel(1))
    expect([left(result), closed(result)]).toEqual([[], []])
    expect([desk.inflight(1), desk.pending(1)?.kind]).toEqual(['new', 'cancel'])
  })

  test('keys may be used in any order within a step', () => {
    const desk = new Desk().start()
    const result = desk.say(newOrder(2, -1, 110, 1), newOrder(1, 1, 100, 1))
    expect(closed(result)).toEqual([])
    expect(left(result)).toEqual(['new 2', 'new 1'])
    expect(closed(desk.say(newOrder(1, 1, 100, 1)))).toEqual(['new 1 duplicateOrderKey'])
  })
})
