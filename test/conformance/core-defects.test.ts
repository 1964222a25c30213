/** Defects of our Core that the conformance vectors showed, each in our own terms. */
import { parseDecimal } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { closed, Desk, denied, left } from '../kit/core-desk.ts'
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

describe('the drawdown', () => {
  const stated = (desk: Desk, balance: number) => {
    const event = { type: 'account.updated', time: desk.now, exchTime: desk.now } as const
    desk.step({ ...event, instrument: 0, position: 0, balance })
  }

  test('starts at the first statement of the account, which is no gain', () => {
    const desk = new Desk({ risk: { maxDrawdown: parseDecimal('500') } }).start()
    desk.quote(999, 1001)
    stated(desk, 10_000 * 1e8)
    stated(desk, 9_501 * 1e8)
    expect(denied(desk.say(newOrder(1, 1, 100, 1)))).toEqual([])
    stated(desk, 9_500 * 1e8)
    expect(denied(desk.say(newOrder(2, 1, 100, 1)))).toEqual(['MAX_LOSS_DRAWDOWN'])
  })

  test('keeps a loss that was made before the first statement', () => {
    // 10 lots bought at 100.0 and worth 99.5: 0.005 lost.
    const desk = new Desk({ risk: { maxDrawdown: parseDecimal('0.005') } }).start()
    desk.quote(999, 1001)
    desk.working(newOrder(1, 1, 1000, 10))
    desk.fill(1, 10)
    desk.quote(994, 996)
    const event = { type: 'account.updated', time: 0, exchTime: 0, instrument: 0 } as const
    desk.step({ ...event, position: 10, balance: 99_000_000_000 })
    expect(denied(desk.say(newOrder(2, 1, 100, 1)))).toEqual(['MAX_LOSS_DRAWDOWN'])
  })
})
