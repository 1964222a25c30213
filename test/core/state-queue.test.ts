/** The queue as a list of its own, and small things of State that others only use. */
import { orderKey, parseDecimal } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { NEVER } from '../../core/state/control-state.ts'
import { PendingQueue } from '../../core/state/pending-queue.ts'
import { Desk } from '../kit/core-desk.ts'
import { newOrder, puppet } from '../kit/core-puppet.ts'

const amount = parseDecimal('1000')
const { type: _, ...terms } = newOrder(1, 1, 90, 5)

describe('the queue', () => {
  const rateLimits = { orders: parseDecimal('0') }
  const command = (key: number, sendAs: 'new' | 'replace' | 'cancel', sequence: number) =>
    ({ ...terms, key, kind: sendAs, sendAs, sequence }) as never
  const all = (queue: PendingQueue) => [...queue.values()].map(({ key }) => key)
  const filled = () => {
    const queue = new PendingQueue([0])
    for (const key of [1, 2, 3, 4]) queue.put(command(key, 'new', key))
    return queue
  }

  test('knows what waits', () => {
    const queue = filled()
    expect([queue.has(2), queue.has(5), queue.size]).toEqual([true, false, 4])
    const desk = new Desk({ rateLimits }).start()
    desk.quote(99, 101)
    desk.say(newOrder(1, 1, 90, 5))
    expect(desk.core.view.isBusy(orderKey(0, 1))).toBe(true)
    expect(desk.core.view.isBusy(orderKey(0, 2))).toBe(false)
  })

  test.each([
    [1, [2, 3, 4]],
    [2, [1, 3, 4]],
    [4, [1, 2, 3]],
    [9, [1, 2, 3, 4]],
  ])('without %d holds the others in their order, and takes more behind them', (key, rest) => {
    const queue = filled()
    queue.delete(key)
    expect(all(queue)).toEqual(rest)
    queue.put(command(8, 'new', 8))
    expect([all(queue), queue.size]).toEqual([[...rest, 8], rest.length + 1])
  })

  test('moves a command that is superseded behind its lane, and into another lane', () => {
    const queue = filled()
    queue.put(command(2, 'new', 5))
    expect(all(queue)).toEqual([1, 3, 4, 2])
    queue.put(command(3, 'replace', 6))
    queue.put(command(2, 'cancel', 7))
    queue.put(command(4, 'replace', 8))
    expect(all(queue)).toEqual([2, 3, 4, 1])
    for (const key of [1, 2, 3, 4]) queue.delete(key)
    expect([all(queue), queue.size]).toEqual([[], 0])
    queue.put(command(5, 'cancel', 9))
    expect(all(queue)).toEqual([5])
  })
})

describe('the digest of Control State', () => {
  test('tells no wake-up from one at any time', () => {
    const { state } = new Desk()
    const digests = [NEVER, 0, 1, 5, 6].map((wakeAt) => {
      state.control.strategies[0]!.wakeAt = wakeAt
      return state.digest()
    })
    expect(new Set(digests).size).toBe(5)
  })
})

describe('the limits in force', () => {
  test('are those given, and after a change those of the change', () => {
    const { state } = new Desk({ risk: { maxActiveQuotes: 3 } })
    expect(state.risk).toEqual({ maxActiveQuotes: 3 })
    state.change('2', { risk: { maxActiveQuotes: 4 } })
    expect(state.risk).toEqual({ maxActiveQuotes: 4 })
  })

  test.each([
    [false, {}, [null, {}]],
    [true, { maxGrossQuoteNotional: amount }, [null, {}]],
    [true, {}, [null, { maxGrossQuoteNotional: amount }]],
    [false, { maxActiveQuotes: 3 }, undefined],
  ] as const)('need what quotes are worth: %s with %o and %o', (needed, risk, ownRisk) => {
    const own = ownRisk === undefined ? {} : { ownRisk }
    const { state } = new Desk({ risk, namespaces: ['a', 'b'], ...own }, [puppet(), puppet()])
    expect(state.needsQuoteValues).toBe(needed)
  })
})
