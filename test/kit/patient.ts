import {
  BUY,
  type CoreEvent,
  cancelOrder,
  defineStrategy,
  formatOrderKey,
  type Intent,
  instantiate,
  millis,
  placeLimit,
  SELL,
  type StrategyInstance,
} from '@escapement/core'
import { noQuirks } from '../../actors/fill-simulator/quirks.ts'
import { type BacktestDefinition, runBacktest } from '../../runtime/backtest.ts'
import type { Ground } from '../../runtime/calibrate/predict.ts'
import { type Stay, staysOf } from '../../runtime/calibrate/stays.ts'

/** Post-only orders of one lot on the best `levels` of each side, put down anew each `ms`. */
export const patient = (levels = 3, ms = 3_000): StrategyInstance =>
  instantiate(
    defineStrategy<unknown, null>({
      name: 'patient',
      init: () => null,
      decide(view) {
        const wakeAt = view.now + millis(ms)
        const touch = view.touch()
        if (touch === null) return { wakeAt }
        const intents: Intent[] = view.openOrders().map(cancelOrder)
        const terms = { qty: 1, timeInForce: 'postOnly' } as const
        for (let i = 0; i < levels; i++) {
          intents.push(placeLimit(view, { side: BUY, price: touch.bid - i, ...terms }))
          intents.push(placeLimit(view, { side: SELL, price: touch.ask + i, ...terms }))
        }
        return { wakeAt, intents }
      },
    }),
  )

/** What a run leaves for a calibration: its stays, and the ground they stood on. */
export function recordedStays(definition: BacktestDefinition): {
  readonly grounds: readonly Ground[]
  readonly stays: readonly Stay[]
} {
  const { feed, venue, configuration } = definition
  const events: CoreEvent[] = []
  runBacktest(definition, { onStep: ({ event }) => events.push(event) })
  const grounds = feed.map((channel, i) => {
    return { channel, rules: venue.instruments[i]!, quirks: venue.quirks ?? noQuirks }
  })
  const { exchange } = feed[0]!
  const nameOf = (key: number) => formatOrderKey(key, configuration.namespaces)
  return { grounds, stays: staysOf(events, nameOf, exchange.time[exchange.length - 1]!) }
}
