import {
  BUY,
  cancelOrder,
  defineStrategy,
  type Intent,
  instantiate,
  millis,
  placeLimit,
  SELL,
} from '@escapement/core'

/**
 * S1 of the parity pack as anybody would write it: every 100 ms, per instrument, cancel what is
 * open and quote five levels a side, post-only.
 */
export const requote = (instruments: number, everyMs = 100) =>
  instantiate(
    defineStrategy<unknown, null>({
      name: 's1',
      trigger: { events: ['control.sessionStarted'] },
      init: () => null,
      decide(view, _memory, reason) {
        const wakeAt = view.now + millis(everyMs)
        if (reason !== 'wakeUp') return { wakeAt }
        const intents: Intent[] = []
        for (let instrument = 0; instrument < instruments; instrument++) {
          const touch = view.touch(instrument)
          if (touch === null) continue
          for (const order of view.openOrders(instrument)) {
            if (!order.inflight) intents.push(cancelOrder(order))
          }
          for (let level = 0; level < 5; level++) {
            const terms = { qty: 10, timeInForce: 'postOnly', instrument } as const
            intents.push(placeLimit(view, { ...terms, side: BUY, price: touch.bid - level }))
            intents.push(placeLimit(view, { ...terms, side: SELL, price: touch.ask + level }))
          }
        }
        return { intents, wakeAt }
      },
    }),
  )

/** A strategy that is never asked. */
export const idle = () => instantiate({ name: 'idle', init: () => null, decide: () => ({}) })
