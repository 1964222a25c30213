import type {
  CoreEvent,
  InstrumentIndex,
  Nanos,
  OrderFilled,
  OrderKey,
  OrderReplaced,
  OrderSubmitted,
  PriceTicks,
  QtyLots,
  Side,
} from '@escapement/core'

/**
 * One order in one queue, from taking its place to its first execution or to leaving: what a queue
 * model predicts. After a first execution the order stands in front and no model says anything.
 */
export type Stay = {
  readonly order: string
  readonly instrument: InstrumentIndex
  readonly side: Side
  readonly price: PriceTicks
  /** Exchange time at which it took its place. */
  readonly from: Nanos
  /** Of its first execution, or null. */
  readonly filledAt: Nanos | null
  /** When it left unexecuted; of one that was executed, that time. */
  readonly until: Nanos
}

type Working = {
  readonly terms: OrderSubmitted
  price: PriceTicks
  qty: QtyLots
  /** Since when it stands where it stands; null while it is not accepted, or was executed. */
  from: Nanos | null
}

/**
 * The stays that an Event Stream tells of, in order of their ends; `end` is the last exchange time
 * of the data. A replace that gives up the place ends one stay and begins another. Orders that
 * cannot rest (IOC, FOK, market) have none, nor has one that expired as it arrived.
 */
export function staysOf(
  events: Iterable<CoreEvent>,
  nameOf: (key: OrderKey) => string,
  end: Nanos,
): readonly Stay[] {
  const working = new Map<OrderKey, Working>()
  const stays: Stay[] = []
  const close = (order: Working, until: Nanos, isFilled: boolean) => {
    const { from, price, terms } = order
    order.from = null
    if (from === null || (until <= from && !isFilled)) return
    const { key, instrument, side } = terms
    const filledAt = isFilled ? until : null
    stays.push({ order: nameOf(key), instrument, side, price, from, filledAt, until })
  }
  for (const event of events) {
    if (event.type === 'order.submitted') {
      if (canRest(event)) {
        working.set(event.key, { terms: event, price: event.price, qty: event.qty, from: null })
      }
      continue
    }
    const order = 'key' in event ? working.get(event.key) : undefined
    if (order === undefined) continue
    switch (event.type) {
      case 'order.accepted':
        order.from = event.exchTime
        break
      case 'order.filled':
        if (isResting(event)) close(order, event.exchTime, true)
        break
      case 'order.replaced':
        if (givesUpPlace(order, event)) {
          close(order, event.exchTime, false)
          order.from = event.exchTime
        }
        order.price = event.price
        order.qty = event.qty
        break
      case 'order.canceled':
      case 'order.expired':
        close(order, event.exchTime, false)
        working.delete(event.key)
        break
    }
  }
  for (const order of working.values()) close(order, end, false)
  return stays
}

const canRest = ({ orderType, timeInForce }: OrderSubmitted): boolean =>
  orderType === 'limit' && (timeInForce === 'GTC' || timeInForce === 'postOnly')

/** What took on arrival says nothing of a queue. */
const isResting = ({ liquidity }: OrderFilled): boolean => liquidity === 'maker'

const givesUpPlace = (order: Working, { price, qty }: OrderReplaced): boolean =>
  price !== order.price || qty > order.qty
