/** What one step's Intents make of the pending work, before any of it is committed. */
import { Core, orderKey, State } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { PendingOverlay } from '../../core/commands/pending-overlay.ts'
import { configuration } from '../kit/configuration.ts'
import { cancel, newOrder, replace } from '../kit/core-puppet.ts'

const fresh = () => new PendingOverlay(State.initial(configuration(), [null]))
const key = (counter: number) => orderKey(0, counter)

describe('the overlay of a step', () => {
  test('says of a NEW behind a CANCEL that found nothing that it is superseded', () => {
    const overlay = fresh()
    expect(overlay.take(cancel(1), undefined, undefined)).toBe('noOrder')
    expect(overlay.take(newOrder(1, 1, 10, 1), undefined, undefined)).toBe('superseded')
    expect(overlay.take(newOrder(2, 1, 10, 1), undefined, undefined)).toMatchObject({ key: key(2) })
    overlay.reset()
    expect(overlay.take(newOrder(1, 1, 10, 1), undefined, undefined)).toMatchObject({ key: key(1) })
  })

  test('lets a NEW pass behind a REPLACE that found nothing', () => {
    const overlay = fresh()
    expect(overlay.take(replace(1, 10, 1), undefined, undefined)).toBe('noOrder')
    expect(overlay.take(newOrder(1, 1, 10, 1), undefined, undefined)).toMatchObject({ key: key(1) })
  })

  test('takes a key once, and none that the Venue knows', () => {
    const overlay = fresh()
    const order = newOrder(1, 1, 10, 1)
    expect(overlay.take(order, undefined, undefined)).toMatchObject({ key: key(1) })
    expect(overlay.take(order, undefined, undefined)).toBe('duplicateOrderKey')
    expect(overlay.take(newOrder(3, 1, 10, 1), undefined, order)).toBe('duplicateOrderKey')
    expect([...overlay.used()]).toEqual([key(1)])
    overlay.reset()
    expect([...overlay.used()]).toEqual([])
    expect([overlay.length, overlay.isChanged(key(1))]).toEqual([0, false])
  })

  test.each([1, 15, 16, 17, 18, 40])('finds each of %i changed keys, and no other', (count) => {
    const overlay = fresh()
    for (let i = 1; i <= count; i++) overlay.take(newOrder(i, 1, 10, i), undefined, undefined)
    for (let i = 1; i <= count; i++) {
      expect(overlay.get(key(i))).toMatchObject({ qty: i, sequence: i - 1 })
      expect([overlay.keyAt(i - 1), overlay.isChanged(key(i))]).toEqual([key(i), true])
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
      const overlay = fresh()
      overlay.take(newOrder(1, 1, 10, 1), undefined, undefined)
      for (let i = 2; i <= count; i++) overlay.take(newOrder(i, 1, 10, i), undefined, undefined)
      overlay.remove(key(1))
      expect([overlay.at(0), overlay.at(count), overlay.get(key(1))]).toEqual([
        undefined,
        null,
        undefined,
      ])
      expect([overlay.length, overlay.isChanged(key(1))]).toEqual([count + 1, true])
    },
  )
})

test('an Intent of a namespace that no strategy has takes its key all the same', () => {
  const { state } = new Core(configuration(), [])
  const foreign = { ...newOrder(1, 1, 10, 1), key: orderKey(9, 1) }
  expect(new PendingOverlay(state).take(foreign, undefined, undefined)).toMatchObject({
    key: orderKey(9, 1),
  })
})
