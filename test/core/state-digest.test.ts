/** The digest of State changes with every field of it, and the digest of a step with what was decided. */
import { type CoreEvent, Digest, digestStep, Random, type State } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { inverse, linear } from '../kit/configuration.ts'
import { Desk } from '../kit/core-desk.ts'
import { cancel, newOrder, replace, saying } from '../kit/core-puppet.ts'
import { marketEvent, trade } from '../kit/market.ts'

const limits = { orders: { digits: 2n, scale: 0 }, cancels: { digits: 1n, scale: 0 } }
const amount = { digits: 1000n, scale: 0 }

function desk(): Desk {
  const made = new Desk({
    instruments: [linear, inverse],
    rateLimits: limits,
    risk: { maxRollingLoss: { amount, windowNs: 256 } },
  }).start()
  made.quote(999, 1001)
  made.step(marketEvent(0, [trade(1, 1001, 3)]))
  made.working(newOrder(1, 1, 900, 10))
  made.fill(1, 4)
  made.at(10).transmit(made.say(newOrder(2, 1, 800, 1)))
  made.say(newOrder(3, 1, 700, 2))
  return made
}

type Fields = Record<string, unknown>
/** Adds one to a number, and turns anything else into something else of its kind. */
function altered(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 1 : 5
  if (typeof value === 'bigint') return value + 1n
  if (typeof value === 'boolean') return !value
  if (typeof value === 'string') return `${value}!`
  throw new Error(`no other value for ${String(value)}`)
}

/** Every place in State that can be written to, with the names of its fields. */
const places: Record<string, readonly [(state: State) => object, readonly string[]]> = {
  'last trade': [
    (state) => state.market[0]!,
    ['lastTradePrice', 'lastTradeQty', 'lastTradeSide', 'tradeCount', 'localTime', 'exchTime'],
  ],
  account: [
    (state) => state.execution.accounts[0]!,
    ['position', 'cash', 'fees', 'volume', 'turnover', 'fills'],
  ],
  'equity curve': [(state) => state.execution.equity, ['first']],
  work: [(state) => state.execution.work, ['nextSequence']],
  control: [
    (state) => state.control,
    ['clock', 'nextPosition', 'trading', 'session', 'configurationVersion'],
  ],
  strategy: [
    (state) => state.control.strategies[0]!,
    ['memory', 'enabled', 'wakeAt', 'counter', 'issued', 'handedOut'],
  ],
  feeds: [(state) => state.control.feeds, ['0', '1']],
  'order rate': [(state) => state.execution.work.rates[0]!.orders!, ['tokens', 'time']],
  'cancel rate': [(state) => state.execution.work.rates[0]!.cancels!, ['tokens', 'time']],
  'pending command': [
    (state) => [...state.execution.work.queue.values()][0]!,
    ['key', 'instrument', 'side', 'price', 'qty', 'sequence'],
  ],
  'inflight request': [(state) => [...state.execution.inflight.values()][0]!, ['key', 'time']],
}

describe.each(Object.entries(places))('the digest of State, %s', (_, [of, fields]) => {
  test.each(fields)('changes with %s', (field) => {
    const { state } = desk()
    const before = state.digest()
    const place = of(state) as Fields
    place[field] = field === 'memory' ? { said: [], asked: 99 } : altered(place[field])
    expect(state.digest()).not.toBe(before)
    expect(desk().state.digest()).toBe(before)
  })
})

describe('the digest of State', () => {
  test.each(['price', 'qty', 'cumQty', 'leavesQty', 'status', 'updatedTime', 'side'])(
    'changes with %s of an order',
    (field) => {
      const { state } = desk()
      const order = state.execution.orders.get(1)!
      const before = state.digest()
      ;(order as unknown as Fields)[field] = field === 'status' ? 1 - order.status : 77
      state.execution.orders.changed(order)
      expect(state.digest()).not.toBe(before)
    },
  )

  test('changes with words that stand for a kind', () => {
    const [command] = [...desk().state.execution.work.queue.values()]
    for (const change of [
      { kind: 'cancel' },
      { sendAs: 'cancel' },
      { timeInForce: 'IOC' },
      { orderType: 'market' },
    ]) {
      const { state } = desk()
      const before = state.digest()
      state.execution.work.queue.put({ ...command!, ...change } as never)
      expect(state.digest()).not.toBe(before)
    }
  })

  test('changes with the generator, a level of a book, and a changed limit', () => {
    const changes: ((state: State) => void)[] = [
      (state) => void state.control.strategies[0]!.random.next(),
      (state) => void Object.assign(state.control.strategies[0]!, { random: new Random(8) }),
      (state) => void state.market[1]!.book.set(1, 5, 1),
      (state) => state.change(state.control.configurationVersion, { risk: {} }),
      (state) => void state.execution.inflight.clear(),
      (state) => state.execution.equity.sample(1e6, 5n, 256),
    ]
    for (const change of changes) {
      const { state } = desk()
      const before = state.digest()
      change(state)
      expect(state.digest()).not.toBe(before)
    }
  })
})

describe('the digest of a step', () => {
  /** Two desks that differ in their last Event alone. */
  const differ = (a: (desk: Desk) => unknown, b: (desk: Desk) => unknown) => {
    const digests = [a, b].map((act) => {
      const made = desk()
      act(made)
      return digestStep(made.state, made.events.at(-1)!, made.results.at(-1)!).hex()
    })
    expect(digests[0]).not.toBe(digests[1])
  }
  /** When the rate lets requests leave again. */
  const later = (made: Desk) => made.at(5e9)
  const disable: CoreEvent = { type: 'control.tradingDisabled', time: 10, reason: '' }

  test.each<[string, (desk: Desk) => unknown, (desk: Desk) => unknown]>([
    ['the price of a level', (d) => d.quote(999, 1001), (d) => d.quote(999, 1002)],
    ['the quantity of a fill', (d) => d.fill(1, 1), (d) => d.fill(1, 2)],
    [
      'what was dispatched',
      (d) => later(d).say(replace(1, 901, 10)),
      (d) => later(d).say(replace(1, 902, 10)),
    ],
    ['what was denied', (d) => d.say(newOrder(9, 1, 0, 1)), (d) => d.say(newOrder(9, 1, 1, 0))],
    ['what was closed', (d) => d.say(cancel(3)), (d) => d.say(cancel(7))],
    ['how much waits', (d) => d.say(newOrder(4, 1, 1, 1)), (d) => d.say(newOrder(3, 1, 1, 1))],
    ['the outcome of a report', (d) => d.accept(2), (d) => d.report(2, { type: 'order.canceled' })],
    ['the obligation', (d) => d.step(saying(10, [], 20)), (d) => d.step(saying(10, [], 21))],
    ['its time', (d) => d.step(disable), (d) => d.step({ ...disable, time: 11 })],
    [
      'its type',
      (d) => d.step(disable),
      (d) => d.step({ ...disable, type: 'control.sessionEnded' }),
    ],
  ])('differs with %s', (_, a, b) => differ(a, b))
})

test('a State whose Configuration nothing has changed is its three domains, and no strategy has limits', () => {
  const { state } = new Desk()
  const domains = new Digest()
  for (const market of state.market) market.digest(domains)
  state.execution.digest(domains)
  state.control.digest(domains)
  expect(state.digest()).toBe(domains.hex())
  expect(state.ownRules).toEqual([])
})
