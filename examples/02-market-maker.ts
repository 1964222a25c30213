/**
 * A market maker with inventory skew, as a strategy module: a configuration names this file.
 *
 * It quotes around a reservation price that leans against the position: long, both quotes move
 * down, so that the next fill is more likely to sell. Its memory is a slow average of the mid's
 * movement, which widens the spread when the market runs.
 */
import {
  BUY,
  cancelOrder,
  defineStrategy,
  type Intent,
  millis,
  type OrderSnapshot,
  type PriceTicks,
  placeLimit,
  replaceOrder,
  SELL,
  type Side,
  type StateView,
} from 'escapement'

export type Params = {
  readonly qtyLots: number
  readonly maxPositionLots: number
  /** Half the spread in ticks while the market is calm. */
  readonly halfSpreadTicks: number
  /** Ticks by which a full position moves both quotes. */
  readonly skewTicks: number
}

/** Twice the mid of the last decision, and the average of its moves in 1/256 ticks: integers. */
export type Memory = { readonly lastMid2: number; readonly motion: number }

const CADENCE = millis(100)

export const strategy = defineStrategy<Params, Memory>({
  name: 'skewed-market-maker',
  params: (raw) => ({
    qtyLots: 10,
    maxPositionLots: 100,
    halfSpreadTicks: 3,
    skewTicks: 10,
    ...(raw as Partial<Params>),
  }),
  init: () => ({ lastMid2: 0, motion: 0 }),
  decide(view, memory, _reason, params) {
    const wakeAt = view.now + CADENCE
    const touch = view.touch()
    if (touch === null) return { wakeAt }
    const mid2 = touch.bid + touch.ask
    const moved = memory.lastMid2 === 0 ? 0 : Math.abs(mid2 - memory.lastMid2) * 128
    const motion = memory.motion + Math.trunc((moved - memory.motion) / 16)
    const half = params.halfSpreadTicks + Math.trunc(motion / 256)
    const lean = Math.trunc((view.positionOf() * params.skewTicks) / params.maxPositionLots)
    const bid = Math.min(Math.floor(mid2 / 2) - half - lean, touch.ask - 1)
    const ask = Math.max(Math.ceil(mid2 / 2) + half - lean, touch.bid + 1)
    const intents = [...requote(view, params, BUY, bid), ...requote(view, params, SELL, ask)]
    return { wakeAt, intents, memory: { lastMid2: mid2, motion } }
  },
})

/** At most one quote a side: place it, move it, or take it away when the position is full. */
function requote(view: StateView, params: Params, side: Side, price: PriceTicks): Intent[] {
  const working = view.openOrders().find((order) => order.side === side)
  const isFull = view.positionOf() * side >= params.maxPositionLots
  if (working === undefined) {
    if (isFull) return []
    return [placeLimit(view, { side, price, qty: params.qtyLots, timeInForce: 'postOnly' })]
  }
  if (isBusy(working) || (working.price === price && !isFull)) return []
  return [isFull ? cancelOrder(working) : replaceOrder(working, { price })]
}

/** A request under way or waiting: the venue will answer before we ask again. */
const isBusy = (order: OrderSnapshot): boolean => order.inflight || order.pending
