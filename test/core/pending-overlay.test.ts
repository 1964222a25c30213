/** What one step's Intents make of the pending work, before any of it is committed. */
import { Core, type Intent, type OrderKey, orderKey, State } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { PendingOverlay } from '../../core/commands/pending-overlay.ts'
import { configuration } from '../kit/configuration.ts'
import { cancel, newOrder, replace } from '../kit/core-puppet.ts'

const fresh = () => State.initial(configuration(), [null])
const key = (counter: number) => orderKey(0, counter)
const taker = (state = fresh()) => {
  const overlay = new PendingOverlay(state)
  const take = (intent: Intent) => overlay.take(overlay.slot(intent.key), intent).result
  return { state, overlay, take }
}
/** The Venue knows an order of that key. */
const known = (state: State, of: OrderKey) =>
  state.execution.orders.submit({ ...newOrder(1, 1, 10, 1), key: of }, 0)

describe('the overlay of a step', () => {
  test('says of a NEW behind a CANCEL that found nothing that it is superseded', () => {
    const { overlay, take } = taker()
    expect(take(cancel(1))).toBe('noOrder')
    expect(take(newOrder(1, 1, 10, 1))).toBe('superseded')
    expect(take(newOrder(2, 1, 10, 1))).toMatchObject({ key: key(2) })
    overlay.reset()
    expect(take(newOrder(1, 1, 10, 1))).toMatchObject({ key: key(1) })
  })

  test('lets a NEW pass behind a REPLACE that found nothing', () => {
    const { take } = taker()
    expect(take(replace(1, 10, 1))).toBe('noOrder')
    expect(take(newOrder(1, 1, 10, 1))).toMatchObject({ key: key(1) })
  })

  test('takes a key once, and none that the Venue knows', () => {
    const { state, overlay, take } = taker()
    known(state, key(3))
    const order = newOrder(1, 1, 10, 1)
    expect(take(order)).toMatchObject({ key: key(1) })
    overlay.remove(overlay.slot(key(1)))
    expect(take(order)).toBe('duplicateOrderKey')
    expect(take(newOrder(3, 1, 10, 1))).toBe('duplicateOrderKey')
    expect(overlay.used).toEqual(new Set([key(1)]))
    overlay.reset()
    expect(overlay.used).toBeNull()
    expect([overlay.length, overlay.isChanged(key(1))]).toEqual([0, false])
  })

  test.each([1, 15, 16, 17, 18, 40])('finds each of %i changed keys, and no other', (count) => {
    const { overlay, take } = taker()
    for (let i = 1; i <= count; i++) take(newOrder(i, 1, 10, i))
    for (let i = 1; i <= count; i++) {
      expect(overlay.get(key(i))).toMatchObject({ qty: i, sequence: i - 1 })
      expect(overlay.slot(key(i))).toBe(overlay.slotAt(i - 1))
      expect([overlay.at(i - 1)?.key, overlay.isChanged(key(i))]).toEqual([key(i), true])
    }
    expect([overlay.get(key(count + 1)), overlay.isChanged(key(count + 1))]).toEqual([
      undefined,
      false,
    ])
    expect([overlay.length, overlay.nextSequence]).toEqual([count, count])
  })

  test.each([1, 17, 18])(
    'counts a later change of a key alone, with %i others between',
    (count) => {
      const { overlay, take } = taker()
      for (let i = 1; i <= count; i++) take(newOrder(i, 1, 10, i))
      const slot = overlay.slot(key(1))
      overlay.remove(slot)
      expect([overlay.slotAt(0), overlay.at(0), overlay.slotAt(count)]).toEqual([
        undefined,
        undefined,
        slot,
      ])
      expect([overlay.at(count), overlay.get(key(1))]).toEqual([undefined, undefined])
      expect([overlay.length, overlay.isChanged(key(1))]).toEqual([count + 1, true])
    },
  )

  test('that was asked of a key, or has denied one, says nothing of it', () => {
    const { state, overlay } = taker()
    const order = known(state, key(1))
    expect(overlay.slot(key(1))).toMatchObject({ order, request: undefined, command: undefined })
    expect([overlay.length, overlay.isChanged(key(1)), overlay.slotAt(0)]).toEqual([
      0,
      false,
      undefined,
    ])
  })

  test('knows which Intents it has taken, until it is reset', () => {
    const { overlay, take } = taker()
    const [one, two] = [newOrder(1, 1, 10, 1), cancel(7)]
    expect([overlay.hasTaken([]), overlay.hasTaken([one])]).toEqual([false, false])
    take(one)
    take(two)
    expect(overlay.hasTaken([one, two])).toBe(true)
    expect(
      [[one], [two, one], [one, cancel(7)], [one, two, two]].map((each) => overlay.hasTaken(each)),
    ).toEqual([false, false, false, false])
    expect(overlay.takenAt(1)).toMatchObject({ intent: two, before: undefined, result: 'noOrder' })
    expect(overlay.takenAt(2)).toBeUndefined()
    overlay.reset()
    expect([overlay.hasTaken([one, two]), overlay.takenAt(0)]).toEqual([false, undefined])
  })

  test('says of an Intent what was pending before it', () => {
    const { overlay, take } = taker()
    const first = take(newOrder(1, 1, 10, 1))
    expect(overlay.take(overlay.slot(key(1)), replace(1, 11, 2)).before).toBe(first)
    expect(overlay.takenAt(0)!.before).toBeUndefined()
  })
})

test('an Intent of a namespace that no strategy has takes its key all the same', () => {
  const { state } = new Core(configuration(), [])
  const foreign = { ...newOrder(1, 1, 10, 1), key: orderKey(9, 1) }
  expect(taker(state).take(foreign)).toMatchObject({ key: orderKey(9, 1) })
})
