import type { CancelIntent, NewIntent, ReplaceIntent } from '../intents.ts'
import type { TimeInForce } from '../orders.ts'
import type { InstrumentIndex, PriceTicks, QtyLots, Side } from '../units.ts'
import type { OrderSnapshot, StateView } from '../view.ts'

/** Price in ticks, quantity in lots; GTC and instrument 0 unless stated. */
export type LimitTerms = {
  readonly side: Side
  readonly price: PriceTicks
  readonly qty: QtyLots
  readonly timeInForce?: TimeInForce
  readonly instrument?: InstrumentIndex
}

/** A NEW limit order with a fresh key; GTC unless it says otherwise. */
export function placeLimit(view: StateView, terms: LimitTerms): NewIntent {
  const { side, price, qty, timeInForce = 'GTC', instrument = 0 } = terms
  const key = view.newOrderKey()
  return {
    type: 'intent.new',
    key,
    instrument,
    side,
    orderType: 'limit',
    timeInForce,
    price,
    qty,
  }
}

/** A NEW market order with a fresh key; what finds no liquidity expires. */
export function placeMarket(
  view: StateView,
  { side, qty, instrument = 0 }: Omit<LimitTerms, 'price' | 'timeInForce'>,
): NewIntent {
  const key = view.newOrderKey()
  return {
    type: 'intent.new',
    key,
    instrument,
    side,
    orderType: 'market',
    timeInForce: 'IOC',
    price: 0,
    qty,
  }
}

/** A REPLACE of an open order; `qty` is the new total, not what remains. */
export function replaceOrder(
  order: OrderSnapshot,
  { price = order.price, qty = order.qty }: { price?: PriceTicks; qty?: QtyLots },
): ReplaceIntent {
  return { type: 'intent.replace', key: order.key, instrument: order.instrument, price, qty }
}

/** A CANCEL of an order. */
export const cancelOrder = (order: OrderSnapshot): CancelIntent => ({
  type: 'intent.cancel',
  key: order.key,
  instrument: order.instrument,
})
