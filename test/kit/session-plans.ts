import {
  BUY,
  cancelOrder,
  defineStrategy,
  type Intent,
  instantiate,
  millis,
  placeLimit,
  replaceOrder,
  SELL,
  type StrategyInstance,
} from '@escapement/core'
import { fc } from '@fast-check/vitest'
import type { BacktestDefinition } from '../../runtime/backtest.ts'
import type { SessionInput } from '../../runtime/config/schema.ts'
import { backtestOf, market } from './backtest.ts'

type FidgetMemory = { readonly turn: number }

/**
 * A strategy that places, moves and withdraws orders at random, more than a rate limit lets
 * through, and wakes at random times. Its chance is that of State, so it replays.
 */
export const fidget = (everyNth?: number): StrategyInstance =>
  instantiate(
    defineStrategy<unknown, FidgetMemory>({
      name: 'fidget',
      ...(everyNth === undefined ? {} : { trigger: { everyNth } }),
      init: () => ({ turn: 0 }),
      decide(view, { turn }) {
        const wakeAt = view.now + 1 + Math.floor(view.random() * millis(60))
        const memory = { turn: turn + 1 }
        const touch = view.touch()
        if (touch === null) return { wakeAt, memory }
        const intents: Intent[] = []
        for (const order of view.openOrders()) {
          const chance = view.random()
          if (chance < 0.2) intents.push(cancelOrder(order))
          else if (chance < 0.5) intents.push(replaceOrder(order, { price: order.price - 1 }))
        }
        for (let more = Math.floor(view.random() * 3); more > 0; more--) {
          const side = view.random() < 0.5 ? BUY : SELL
          const away = Math.floor(view.random() * 3)
          const price = side === BUY ? touch.bid - away : touch.ask + away
          intents.push(placeLimit(view, { side, price, qty: 1 + (turn % 5) }))
        }
        return { intents, wakeAt, memory }
      },
    }),
  )

const rate = fc.constantFrom(undefined, '3', '10', '50')

/** Backtests of half a second to a second on generated markets; every position is digested. */
export const sessions = (
  changes: Partial<SessionInput> = {},
  strategy: () => StrategyInstance = fidget,
): fc.Arbitrary<BacktestDefinition> =>
  fc
    .record({
      seed: fc.nat(1000),
      seconds: fc.constantFrom(0.5, 1),
      orders: rate,
      cancels: rate,
      order: fc.constantFrom('executionFirst' as const, 'marketFirst' as const),
      entryNs: fc.constantFrom(0, 1_000_000, 7_000_000),
      responseNs: fc.constantFrom(0, 3_000_000),
      cancelsPassInflight: fc.boolean(),
    })
    .map((plan) => {
      const { seed, seconds, orders, cancels, order, entryNs, responseNs, cancelsPassInflight } =
        plan
      const definition = backtestOf(
        market(seed, seconds, 300),
        {
          seed,
          venue: { latency: { entryNs, responseNs } },
          rateLimits: {
            ...(orders === undefined ? {} : { ordersPerSecond: orders }),
            ...(cancels === undefined ? {} : { cancelsPerSecond: cancels }),
          },
          control: { order, cancelsPassInflight, digestEvery: 1 },
          ...changes,
        },
        strategy(),
      )
      // A failure shows the plan, not the rows of its market.
      return Object.assign(definition, { [fc.toStringMethod]: () => JSON.stringify(plan) })
    })
