/** State as bytes: what is restored is what was serialised, and damaged bytes are refused. */
import {
  BUY,
  ByteReader,
  ByteWriter,
  type CodedError,
  Core,
  type CoreConfiguration,
  type CoreEvent,
  InstrumentMarket,
  parseDecimal,
  SELL,
  State,
} from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { configuration, inverse, linear } from '../kit/configuration.ts'
import { closed, Desk, denied, left } from '../kit/core-desk.ts'
import { cancel, newOrder, puppet, replace } from '../kit/core-puppet.ts'
import { plans, play, strategies } from '../kit/core-session.ts'

const limit = (orders: string) => ({ rateLimits: { orders: parseDecimal(orders) } })
const refused = expect.objectContaining({
  code: 'ESC_STATE_RESTORE',
} satisfies Partial<CodedError>)

/** A small State with something in every corner. */
function desk(): Desk {
  const made = new Desk({
    ...limit('2'),
    instruments: [linear, inverse],
    risk: {
      maxDrawdown: parseDecimal('1000'),
      maxRollingLoss: { amount: parseDecimal('1000'), windowNs: 256 },
    },
  })
  made.start()
  made.quote(999, 1001)
  made.working(newOrder(1, 1, 900, 10))
  made.fill(1, 4, { fee: -3 })
  made.working(newOrder(2, -1, 1100, 10))
  made.report(2, { type: 'order.canceled' })
  made.at(5e8).transmit(made.say(newOrder(3, 1, 800, 1)))
  made.say(newOrder(4, 1, 700, 2), replace(4, 701, 2), cancel(3))
  made.at(1e9).say(newOrder(5, 1, 600, 1, { timeInForce: 'IOC' }))
  made.step({
    type: 'control.configurationChanged',
    time: 1e9,
    version: '2',
    changes: limit('0.1'),
  })
  made.step({ type: 'control.feedGap', time: 1e9, instrument: 1 })
  return made
}
const restored = (from: Desk, config: CoreConfiguration = from.state.configuration) =>
  new Desk(config, [], new Core(config, [puppet()], State.restore(config, from.state.serialise())))

test('a restored State has the same bytes and the digest that was kept up to date', () => {
  const made = desk()
  const copy = restored(made)
  expect(copy.state.digest()).toBe(made.state.digest())
  expect(copy.state.serialise()).toEqual(made.state.serialise())
})

test('a restored State shares nothing with the one it came from', () => {
  const made = desk()
  const copy = restored(made)
  const bytes = made.state.serialise()
  copy.at(3e9).quote(1, 3)
  copy.accept(3)
  copy.wake(9e9)
  expect(made.state.serialise()).toEqual(bytes)
})

test('every level of both sides survives a restore', () => {
  const market = new InstrumentMarket()
  const levels = [
    [BUY, 99, 3],
    [BUY, 98, 4],
    [SELL, 101, 5],
    [SELL, 102, 6],
  ] as const
  for (const [side, price, qty] of levels) market.book.set(side, price, qty)
  const writer = new ByteWriter()
  market.write(writer)
  const reader = ByteReader.sealed(writer.seal())
  const { book } = InstrumentMarket.read(reader)
  reader.end()
  expect([book.depth(BUY), book.depth(SELL)]).toEqual([2, 2])
  expect(levels.map(([side, price]) => book.qtyAt(side, price))).toEqual([3, 4, 5, 6])
})

describe('D3', () => {
  propertyTest.prop([plans(), fc.nat()], { numRuns: 200 })(
    'stopped anywhere and continued from bytes, a session has the same remainder',
    (plan, stop) => {
      const whole = play(plan)
      const at = stop % whole.events.length
      const first = new Core(plan.config, strategies())
      for (let position = 0; position < at; position++)
        first.step(position, whole.events[position]!)
      const state = State.restore(plan.config, first.state.serialise())
      const second = new Core(plan.config, strategies(), state)
      for (let position = at; position < whole.events.length; position++) {
        expect(second.step(position, whole.events[position]!)).toEqual(whole.results[position])
      }
      expect(second.state.digest()).toBe(whole.state.digest())
      expect(second.state.serialise()).toEqual(whole.state.serialise())
    },
  )
})

describe('bytes of a State', () => {
  const made = desk()
  const bytes = made.state.serialise()
  const restore = (damaged: Uint8Array) => State.restore(made.state.configuration, damaged)

  test('cut off anywhere are refused', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => restore(bytes.subarray(0, length)), `cut to ${length}`).toThrow(refused)
    }
  })

  test('with one more byte are refused', () => {
    expect(() => restore(Uint8Array.from([...bytes, 0]))).toThrow(refused)
  })

  test('with any byte changed are refused', () => {
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const damaged = bytes.slice()
        damaged[at]! ^= flip
        expect(() => restore(damaged), `byte ${at} ^ ${flip}`).toThrow(refused)
      }
    }
  })

  test('of another set of instruments are refused', () => {
    const config = configuration({ ...limit('2'), instruments: [linear] })
    expect(() => State.restore(config, bytes)).toThrow(refused)
  })
})

test('a change of limits survives a restore', () => {
  const made = new Desk(limit('1000')).start()
  const changes = { risk: { maxActiveQuotes: 1 }, ...limit('0.5') }
  made.step({ type: 'control.configurationChanged', time: 0, version: '2', changes })
  const copy = restored(made)
  for (const each of [made, copy]) {
    expect(each.state.control.configurationVersion).toBe('2')
    expect(left(each.at(1e9).say(newOrder(1, 1, 100, 1)))).toEqual(['new 1'])
    const result = each.say(newOrder(2, 1, 100, 1), replace(1, 101, 1))
    expect(denied(result)).toEqual(['MAX_ACTIVE_QUOTES'])
  }
  expect(copy.state.digest()).toBe(made.state.digest())
})

describe('terminal orders', () => {
  test('leave State oldest first once more than the configured number has ended', () => {
    const made = new Desk({ control: { terminalOrdersKept: 2 } }).start()
    for (const i of [1, 2, 3, 4]) {
      made.working(newOrder(i, 1, 100, 1))
      if (i !== 2) made.report(i, { type: 'order.canceled' })
    }
    expect([1, 2, 3, 4].map((i) => made.status(i))).toEqual([
      'none',
      'accepted',
      'canceled',
      'canceled',
    ])
    const copy = restored(made)
    for (const each of [made, copy]) {
      each.fill(2, 1)
      expect([2, 3, 4].map((i) => each.status(i))).toEqual(['filled', 'none', 'canceled'])
    }
    expect(copy.state.serialise()).toEqual(made.state.serialise())
  })

  test('that left are unknown to later reports, and their keys stay used', () => {
    const made = new Desk({ control: { terminalOrdersKept: 0 } }).start()
    made.working(newOrder(1, 1, 100, 1))
    made.report(1, { type: 'order.canceled' })
    expect(made.fill(1, 1).anomalies).toMatchObject([{ kind: 'unknownOrder' }])
    expect(made.position()).toBe(1)
    expect(closed(made.say(newOrder(1, 1, 100, 1)))).toEqual(['new 1 duplicateOrderKey'])
  })

  test('do not make State grow in a long session', () => {
    const made = new Desk({ control: { terminalOrdersKept: 3 } }).start()
    const size = () => made.state.serialise().length
    const sizes = Array.from({ length: 200 }, (_, i) => {
      made.working(newOrder(i + 1, 1, 100, 1))
      made.fill(i + 1, 1)
      return size()
    })
    expect(sizes.at(-1)! - sizes[3]!).toBeLessThan(16)
  })
})

test('State has three domains, and each of them is in the bytes', () => {
  const made = desk()
  const events: CoreEvent[] = [
    { type: 'control.feedRestored', time: 1e9, instrument: 1 },
    { type: 'account.updated', time: 1e9, exchTime: 0, instrument: 0, position: 1, balance: 0 },
  ]
  let before = made.state.serialise()
  for (const event of events) {
    made.step(event)
    expect(made.state.serialise()).not.toEqual(before)
    before = made.state.serialise()
  }
  made.quote(5, 6)
  expect(made.state.serialise()).not.toEqual(before)
})
