/** Defects of our Core that the conformance vectors showed, each in our own terms. */
import { describe, expect, test } from 'vitest'
import { closed, Desk, left } from '../kit/core-desk.ts'
import { cancel, newOrder, replace } from '../kit/core-puppet.ts'

describe('admission', () => {
  test('a NEW of a working key never displaces what changes that order', () => {
    const desk = new Desk().start()
    // The order is known by its record alone: no NEW of this session made it.
    desk.step({ ...newOrder(7, 1, 100, 1), type: 'order.submitted', time: 0 })
    desk.accept(7)
    const result = desk.say(newOrder(7, 1, 101, 1), replace(7, 102, 1))
    expect(closed(result)).toEqual(['new 7 duplicateOrderKey'])
    expect(left(result)).toEqual(['replace 7'])
  })

  test('and a CANCEL after it reaches the Venue', () => {
    const desk = new Desk().start()
    desk.step({ ...newOrder(7, 1, 100, 1), type: 'order.submitted', time: 0 })
    desk.accept(7)
    expect(left(desk.say(newOrder(7, 1, 101, 1), cancel(7)))).toEqual(['cancel 7'])
  })

  test('a CANCEL of nothing still beats the NEW that follows it in the step', () => {
    const desk = new Desk().start()
    const result = desk.say(cancel(1), newOrder(1, 1, 100, 1))
    expect(left(result)).toEqual([])
    expect(closed(result)).toEqual(['cancel 1 invalidated', 'new 1 superseded'])
    // Nothing was made, so the key is still unused.
    expect(left(desk.say(newOrder(1, 1, 100, 1)))).toEqual(['new 1'])
  })
})
