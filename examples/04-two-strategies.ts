/**
 * A trend follower, as a strategy module: one of the two strategies of 04-two-strategies.yaml.
 *
 * It takes in the direction in which a mid has left its slow average, on every instrument. It looks
 * at nothing but the book and its own position: how much it may hold is left to the limits that the
 * configuration gives it, so what goes beyond them is denied and counted.
 */
import {
  BUY,
  defineStrategy,
  type Intent,
  millis,
  type PriceTicks,
  placeLimit,
  SELL,
} from 'escapement'

export type Params = {
  readonly intervalMs: number
  readonly qtyLots: number
  /** Ticks between mid and average from which on it trades. */
  readonly thresholdTicks: number
}

/** By instrument, the average of twice the mid in 1/16 ticks; 0 before the first book. */
export type Memory = { readonly averages: readonly number[] }

export const strategy = defineStrategy<Params, Memory>({
  name: 'trend-follower',
  params: (raw) => ({
    intervalMs: 250,
    qtyLots: 5,
    thresholdTicks: 8,
    ...(raw as Partial<Params>),
  }),
  init: (_params, instruments) => ({ averages: instruments.map(() => 0) }),
  decide(view, memory, _reason, { intervalMs, qtyLots, thresholdTicks }) {
    const intents: Intent[] = []
    const averages = memory.averages.map((before, instrument) => {
      const touch = view.touch(instrument)
      if (touch === null) return before
      const mid2 = touch.bid + touch.ask
      const average = before === 0 ? mid2 * 16 : before + Math.trunc((mid2 * 16 - before) / 16)
      const away = mid2 * 16 - average
      if (Math.abs(away) < thresholdTicks * 32) return average
      const side = away > 0 ? BUY : SELL
      const price: PriceTicks = side === BUY ? touch.ask : touch.bid
      const terms = { side, price, qty: qtyLots, timeInForce: 'IOC', instrument } as const
      intents.push(placeLimit(view, terms))
      return average
    })
    return { wakeAt: view.now + millis(intervalMs), intents, memory: { averages } }
  },
})
