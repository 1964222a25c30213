/** The end of a feed: strategies fall silent, what they asked for comes to its end. */
import { parseDecimal } from '@escapement/core'
import { expect, test } from 'vitest'
import { Desk } from '../kit/core-desk.ts'
import { newOrder } from '../kit/core-puppet.ts'

const draining = (time: number) =>
  ({ type: 'control.sessionDraining', time, reason: 'endOfData' }) as const

test('no strategy is asked any more, by wake-up or by trigger', () => {
  const desk = new Desk().start()
  desk.quote(99, 101)
  desk.step(draining(desk.now))
  const result = desk.at(10).say(newOrder(1, 1, 90, 1))
  expect([result.decided, result.dispatches, result.obligation]).toEqual([false, [], null])
})

test('what waits for the rate still leaves, at its time', () => {
  const desk = new Desk({ rateLimits: { orders: parseDecimal('1') } }).start()
  desk.quote(99, 101)
  desk.say(newOrder(1, 1, 90, 1), newOrder(2, 1, 91, 1))
  const { obligation } = desk.step(draining(desk.now))
  expect(obligation).toEqual({ due: desk.now + 1e9, reason: 'rate' })
  expect(desk.wake(obligation!.due).dispatches.map(({ key }) => key % 2 ** 40)).toEqual([2])
})
