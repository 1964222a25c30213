import {
  BUY,
  CodedError,
  cancelOrder,
  defineStrategy,
  type Intent,
  millis,
  type OrderSnapshot,
  placeLimit,
  replaceOrder,
  SELL,
  type Side,
  type StateView,
} from '@escapement/core'

export type MarketMakerParams = {
  /** Time between decisions. */
  readonly intervalMs: number
  /** Distance of each quote from its own best price, in ticks; 0 joins the best. */
  readonly offsetTicks: number
  readonly qtyLots: number
  /** No quote on a side that would take its own position beyond this. */
  readonly maxPositionLots: number
}

const defaults: MarketMakerParams = {
  intervalMs: 100,
  offsetTicks: 0,
  qtyLots: 10,
  maxPositionLots: 100,
}

/**
 * The built-in market maker: one post-only quote on each side, moved after the touch, withdrawn on
 * the side on which its own position is full. Its only memory is its parameters.
 */
export const strategy = defineStrategy<MarketMakerParams, null>({
  name: 'market-maker',
  params: checkParams,
  init: () => null,
  decide(view, _memory, _reason, params) {
    const wakeAt = view.now + millis(params.intervalMs)
    const touch = view.touch()
    if (touch === null) return { wakeAt }
    const intents: Intent[] = []
    quote(view, params, BUY, touch.bid - params.offsetTicks, intents)
    quote(view, params, SELL, touch.ask + params.offsetTicks, intents)
    return { wakeAt, intents }
  },
})

function quote(
  view: StateView,
  params: MarketMakerParams,
  side: Side,
  price: number,
  intents: Intent[],
): void {
  const working = view.openOrders().filter((order) => order.side === side)
  const isFull = view.ownPositionOf() * side + params.qtyLots > params.maxPositionLots
  for (const order of working) {
    if (isBusy(order)) continue
    if (isFull) intents.push(cancelOrder(order))
    else if (order.price !== price) intents.push(replaceOrder(order, { price }))
  }
  if (working.length > 0 || isFull) return
  const { qtyLots: qty } = params
  intents.push(placeLimit(view, { side, price, qty, timeInForce: 'postOnly' }))
}

const isBusy = (order: OrderSnapshot): boolean => order.inflight || order.pending

/** A day in milliseconds; more than any lots, ticks or interval that make sense. */
const LARGEST = 86_400_000

function checkParams(raw: unknown): MarketMakerParams {
  const given = (raw ?? {}) as Record<string, unknown>
  for (const [name, value] of Object.entries(given)) {
    const field = `strategy.params.${name}`
    if (!Object.hasOwn(defaults, name)) {
      throw new CodedError('ESC_STRATEGY_PARAMS', {
        field,
        found: 'an unknown parameter',
        needed: `one of ${Object.keys(defaults).join(', ')}`,
      })
    }
    const smallest = name === 'offsetTicks' ? 0 : 1
    const isInRange = Number.isSafeInteger(value) && (value as number) >= smallest
    if (!isInRange || (value as number) > LARGEST) {
      throw new CodedError('ESC_STRATEGY_PARAMS', {
        field,
        found: JSON.stringify(value),
        needed: `an integer from ${smallest} to ${LARGEST}`,
      })
    }
  }
  return { ...defaults, ...given }
}
