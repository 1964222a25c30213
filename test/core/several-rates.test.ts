/** Instruments with rates of their own, beside those that share one. */
import { type CoreConfiguration, parseDecimal, type RateLimits } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { configuration, inverse, linear } from '../kit/configuration.ts'
import { closed, Desk, left } from '../kit/core-desk.ts'
import { cancel, newOrder, replace } from '../kit/core-puppet.ts'

const SECOND = 1_000_000_000
const instruments = [linear, inverse, { ...linear, symbol: 'THIRD' }]
const orders = (limit: string): RateLimits => ({ orders: parseDecimal(limit) })
const cancels = (limit: string): RateLimits => ({ cancels: parseDecimal(limit) })
/** Instrument 1 has a rate of its own; 0 and 2 share one. */
const split = (shared: RateLimits, own: RateLimits): CoreConfiguration =>
  configuration({ instruments, rateLimits: shared, ownRates: [null, own, null] })
const desk = (shared: RateLimits, own: RateLimits): Desk => new Desk(split(shared, own)).start()
const at = (instrument: number) => ({ instrument })
const news = (from: number, count: number, instrument: number) =>
  Array.from({ length: count }, (_, i) => newOrder(from + i, 1, 900, 1, at(instrument)))

describe('an exhausted rate', () => {
  test('that is shared holds back those who share it, and not one with its own', () => {
    const made = desk(orders('1'), orders('3'))
    const result = made.say(...news(1, 1, 0), ...news(2, 1, 2), ...news(3, 2, 1))
    expect(left(result)).toEqual(['new 1', 'new 3', 'new 4'])
  })

  test('of one instrument holds back itself, and not those who share one', () => {
    const made = desk(orders('3'), orders('1'))
    const result = made.say(...news(1, 2, 1), ...news(3, 1, 0), ...news(4, 1, 2))
    expect(left(result)).toEqual(['new 1', 'new 3', 'new 4'])
  })

  test('of one instrument leaves that of another as it is', () => {
    const config = configuration({
      instruments,
      ownRates: [orders('1'), orders('1'), orders('1')],
    })
    const made = new Desk(config).start()
    expect(left(made.say(...news(1, 2, 0), ...news(3, 1, 1)))).toEqual(['new 1', 'new 3'])
    expect(left(made.say(...news(4, 2, 2)))).toEqual(['new 4'])
    expect(left(made.say(...news(6, 1, 1)))).toEqual([])
  })

  test('of orders lets cancels leave, and of cancels orders, in each group', () => {
    const made = desk({}, {})
    for (const [key, instrument] of [
      [1, 0],
      [2, 1],
      [3, 0],
      [4, 1],
    ] as const) {
      made.working(newOrder(key, 1, 900, 1, at(instrument)))
    }
    const limit = (shared: RateLimits, own: RateLimits) =>
      made.step({
        type: 'control.configurationChanged',
        time: 0,
        version: '2',
        changes: { rateLimits: shared, ownRates: [null, own, null] },
      })
    limit(orders('0'), cancels('0'))
    const both = made.say(...news(5, 1, 0), ...news(6, 1, 1), cancel(1), cancel(2))
    expect(left(both)).toEqual(['cancel 1', 'new 6'])
    limit(cancels('0'), orders('0'))
    const then = made.say(...news(7, 1, 0), ...news(8, 1, 1), cancel(3), cancel(4))
    expect(left(then)).toEqual(['cancel 4', 'new 7'])
  })
})

describe('the obligation', () => {
  test.each([
    ['the own rate recovers first', '1', '4', SECOND / 4],
    ['the shared one does', '4', '1', SECOND / 4],
    ['only the shared one recovers at all', '1', '0', SECOND],
    ['only the own one does', '0', '1', SECOND],
    ['both do at once', '2', '2', SECOND / 2],
  ])('is the earliest of all groups: %s', (_, shared, own, due) => {
    const made = desk(orders(shared), orders(own))
    const result = made.say(...news(1, 5, 0), ...news(6, 5, 1))
    expect(result.obligation).toEqual({ due, reason: 'rate' })
  })

  test('is none while every group waits for a rate that never recovers', () => {
    const made = desk(orders('0'), orders('0'))
    expect(made.say(...news(1, 1, 0), ...news(2, 1, 1)).obligation).toBeNull()
  })

  test('goes on to the next group when one has been served', () => {
    const made = desk(orders('1'), orders('2'))
    made.say(...news(1, 2, 0), ...news(3, 3, 1))
    const first = made.wake(SECOND / 2)
    expect(left(first)).toEqual(['new 5'])
    expect(first.obligation).toEqual({ due: SECOND, reason: 'rate' })
    const second = made.wake(SECOND)
    expect(left(second)).toEqual(['new 2'])
    expect(second.obligation).toBeNull()
  })
})

describe('what leaves in one step', () => {
  const mixed = (config: CoreConfiguration): string[] => {
    const made = new Desk(config).start()
    for (const counter of [1, 2, 3, 4, 5, 6]) {
      made.working(newOrder(counter, 1, 900, 1, at(counter % 3)))
    }
    return left(
      made.say(
        ...news(7, 3, 1),
        replace(1, 901, 1),
        cancel(4),
        ...news(10, 1, 0),
        replace(2, 901, 1),
        cancel(3),
        replace(6, 901, 1),
        cancel(5),
        ...news(11, 2, 2),
      ),
    )
  }
  const order = ['cancel 4', 'cancel 3', 'cancel 5', 'replace 1', 'replace 2', 'replace 6']
  const thenNew = ['new 7', 'new 8', 'new 9', 'new 10', 'new 11', 'new 12']

  test('leaves by kind, then by age, whatever the instruments', () => {
    expect(mixed(split({}, {}))).toEqual([...order, ...thenNew])
    expect(mixed(split(orders('100'), cancels('100')))).toEqual([...order, ...thenNew])
  })

  test('leaves in the same order as with one rate for all', () => {
    const one = configuration({ instruments, rateLimits: orders('100') })
    expect(mixed(one)).toEqual([...order, ...thenNew])
  })

  test('leaves in that order too when it was held back by several groups', () => {
    const made = desk(orders('1'), orders('1'))
    made.say(...news(1, 1, 0), ...news(2, 1, 1))
    made.say(...news(3, 1, 1), ...news(4, 1, 0))
    expect(left(made.wake(SECOND))).toEqual(['new 3', 'new 4'])
  })
})

describe.each([
  ['0', 0, null],
  ['0.3', 1, 3_333_333_334],
  ['1', 1, SECOND],
  ['1000', 1000, SECOND / 1000],
] as const)(
  'one instrument with %s requests a second beside one without a limit',
  (limit, first, due) => {
    const said = () => {
      const made = desk({}, orders(limit))
      return { made, result: made.say(...news(1, 1001, 1), ...news(2001, 1500, 0)) }
    }

    test('sends what it may, and the other one everything', () => {
      const { result } = said()
      expect(result.dispatches.filter(({ instrument }) => instrument === 1)).toHaveLength(first)
      expect(result.dispatches.filter(({ instrument }) => instrument === 0)).toHaveLength(1500)
    })

    test('is looked at again when the next may leave, and not one ns before', () => {
      const { made, result } = said()
      expect(result.obligation).toEqual(due === null ? null : { due, reason: 'rate' })
      if (due === null) return
      expect(left(made.at(due - 1).say(...news(4000, 1, 0)))).toEqual(['new 4000'])
      expect(left(made.wake(due))).toEqual([`new ${first + 1}`])
    })
  },
)

describe('a command', () => {
  test('pays at the rate of its order, whatever instrument it names', () => {
    const made = desk(orders('1'), orders('0'))
    made.step({ ...newOrder(1, 1, 900, 1, at(1)), type: 'order.submitted', time: 0 })
    made.accept(1)
    expect(left(made.say(replace(1, 901, 1, 0)))).toEqual([])
    expect(left(made.say(...news(2, 1, 0)))).toEqual(['new 2'])
  })

  test('stays in its group when a REPLACE takes over a NEW, and closes there', () => {
    const made = desk(orders('0'), orders('1'))
    made.say(...news(1, 2, 1), ...news(3, 1, 0))
    expect(closed(made.say(replace(2, 901, 1, 0)))).toEqual(['new 2 superseded'])
    expect(closed(made.say(cancel(3)))).toEqual(['new 3 superseded', 'cancel 3 closedLocally'])
    expect(left(made.wake(SECOND))).toEqual(['new 2'])
  })
})
