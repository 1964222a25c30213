/**
 * Risk goes on with the exposure of the last step where nothing but the market has moved since. A
 * Core that is made anew at every step has none to go on with, so it must decide the same.
 */
import {
  Core,
  type Dispatch,
  defineStrategy,
  type Intent,
  instantiate,
  orderCounter,
  orderKey,
  parseDecimal,
  RiskEngine,
  type RiskLimits,
  State,
  type StateView,
  type StrategyInstance,
} from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ExposureSums } from '../../core/risk/exposure-sums.ts'
import { configuration, linear } from '../kit/configuration.ts'
import { Desk, denied } from '../kit/core-desk.ts'
import { newOrder } from '../kit/core-puppet.ts'

const d = parseDecimal
const risk: RiskLimits = {
  maxPosition: d('0.03'),
  maxGrossNotional: d('4'),
  maxActiveQuotes: 6,
  maxGrossQuoteNotional: d('3'),
  maxNetQuoteNotional: d('2'),
}
const ownRisk: RiskLimits = { maxPosition: d('0.02'), maxActiveQuotes: 5 }

/** Emits up to three Intents at every snapshot: new orders, and changes of the last few. */
const restless = (marketOrders: boolean): StrategyInstance =>
  instantiate(
    defineStrategy<unknown, { readonly last: number }>({
      name: 'restless',
      trigger: { events: ['market.snapshot'] },
      init: () => ({ last: 0 }),
      decide(view, { last }) {
        const intents: Intent[] = []
        let newest = last
        for (let rest = upTo(view, 4); rest > 0; rest--) {
          const intent = drawn(view, newest, marketOrders)
          if (intent.type === 'intent.new') newest = orderCounter(intent.key)
          intents.push(intent)
        }
        return { intents, memory: { last: newest } }
      },
    }),
  )

const upTo = (view: StateView, count: number): number => Math.floor(view.random() * count)

function drawn(view: StateView, last: number, marketOrders: boolean): Intent {
  const instrument = upTo(view, 2)
  const key = orderKey(0, Math.max(1, last - upTo(view, 8)))
  const kind = upTo(view, 8)
  const [price, qty] = [990 + upTo(view, 20), 1 + upTo(view, 9)]
  if (kind === 0) return { type: 'intent.cancel', key, instrument }
  if (kind < 5) return { type: 'intent.replace', key, instrument, price, qty }
  const side = upTo(view, 2) === 0 ? 1 : -1
  const terms = { key: view.newOrderKey(), instrument }
  if (!marketOrders || kind < 7) return newOrder(0, side, price, qty, terms)
  return newOrder(0, side, 0, qty, { ...terms, orderType: 'market', timeInForce: 'IOC' })
}

/** Answers what has left; every third order that was taken fills in part. */
function answer(desk: Desk, dispatch: Dispatch): void {
  const { kind, price, qty } = dispatch
  const counter = orderCounter(dispatch.key)
  const [record] = desk.transmit({ ...desk.results.at(-1)!, dispatches: [dispatch] })
  expect(record).toBeDefined()
  if (kind === 'cancel') desk.report(counter, { type: 'order.canceled' })
  else if (kind === 'new') {
    desk.accept(counter)
    if (counter % 3 === 0) desk.fill(counter, 1)
  } else {
    const leavesQty = Math.max(0, qty - (desk.order(counter)?.cumQty ?? 0))
    desk.report(counter, { type: 'order.replaced', price, qty, leavesQty })
  }
}

/** Snapshots of two instruments, 10 ms apart; the Venue answers at every fourth. */
function play(desk: Desk, steps: number): void {
  let answered = 0
  for (let k = 0; k < steps; k++) {
    desk.at(k * 1e7).quote(995 + (k % 7), 1001 + (k % 7), k % 2)
    if (k % 4 !== 3) continue
    const results = desk.results.slice(answered)
    answered = desk.results.length
    for (const { dispatches } of results) for (const each of dispatches) answer(desk, each)
  }
}

afterEach(() => vi.restoreAllMocks())

describe.each([
  ['limit orders', false],
  ['limit and market orders', true],
] as const)('with %s', (_, marketOrders) => {
  const config = configuration({
    instruments: [linear, { ...linear, symbol: 'TWO' }],
    risk,
    ownRisk: [ownRisk],
    rateLimits: { orders: d('20'), cancels: d('5') },
  })

  propertyTest.prop([fc.integer({ min: 0, max: 2 ** 31 })], { numRuns: 2 })(
    'a Core that goes on decides as one that is made anew at every step',
    (seed) => {
      const strategies = [restless(marketOrders)]
      const desk = new Desk(config, strategies)
      desk.step({ type: 'control.sessionStarted', time: 0, seed })
      const keep = vi.spyOn(RiskEngine.prototype, 'keep')
      play(desk, 80)
      expect(keep).toHaveBeenCalled()
      expect(desk.results.some(({ denials }) => denials.length > 0)).toBe(true)
      let core = new Core(config, strategies)
      for (const [position, event] of desk.events.entries()) {
        core = new Core(config, strategies, State.restore(config, core.state.serialise()))
        expect(core.step(position, event)).toEqual(desk.results[position])
      }
      expect(core.state.digest()).toBe(desk.state.digest())
    },
  )
})

/** Says its next line at every snapshot. */
function reciting(...lines: readonly (readonly Intent[])[]): StrategyInstance {
  const strategy = defineStrategy<unknown, number>({
    name: 'reciting',
    trigger: { events: ['market.snapshot'] },
    init: () => 0,
    decide: (_view, line, reason) =>
      reason === 'event' ? { intents: lines[line] ?? [], memory: line + 1 } : {},
  })
  return instantiate(strategy)
}

/** A rate that nothing ever leaves at, so that all that is allowed waits. */
const waiting = (risk: RiskLimits, ...lines: readonly (readonly Intent[])[]): Desk =>
  new Desk({ risk, rateLimits: { orders: d('0') } }, [reciting(...lines)]).start()

test('a market order that waits is valued anew when the mid has moved', () => {
  const market = newOrder(1, 1, 0, 10, { orderType: 'market', timeInForce: 'IOC' })
  // At a mid of 1000 ticks both are worth 1.9, at 1200 they are worth 2.1.
  const lines = [[market], [newOrder(2, 1, 900, 10)], [newOrder(3, 1, 900, 10)]]
  const desk = waiting({ maxGrossQuoteNotional: d('2') }, ...lines)
  const found = [desk.quote(999, 1001), desk.quote(1199, 1201), desk.quote(999, 1001)]
  expect(found.map(denied)).toEqual([[], ['MAX_GROSS_QUOTE_NOTIONAL'], []])
})

test.each([
  ['go on while they are exact', 4, 1],
  ['are taken anew where one has left 2^53', 4e14, 3],
])('sums %s', (_, qty, times) => {
  // A lot at one tick counts 10, so the third order leaves 2^53, and is summed up for the fourth.
  const lines = [1, 2, 3, 4, 5].map((counter) => [newOrder(counter, 1, 1, qty)])
  const desk = waiting({ maxGrossQuoteNotional: d('1000000000000') }, ...lines)
  const clear = vi.spyOn(ExposureSums.prototype, 'clear')
  const found = lines.map(() => desk.quote(999, 1001))
  expect(found.flatMap(denied)).toEqual([])
  expect(clear).toHaveBeenCalledTimes(times)
})
