import { type Distribution, distributionOf } from './distribution.ts'
import { ratio } from './exact-ratio.ts'
import type { OrderEnd, OrderHistory } from './order-history.ts'

/** What became of the orders of a run; latencies in ns. */
export type OrderStatistics = {
  readonly orders: number
  /** How many ended how. */
  readonly ends: Readonly<Record<OrderEnd, number>>
  /** Lots that were filled over lots that were asked for, by the terms that held last. */
  readonly fillRatio: number | null
  /** Orders with a fill over orders. */
  readonly filledOrderRatio: number | null
  readonly rejectRatio: number | null
  /** Local time from sending to the acknowledgement's receipt. */
  readonly orderToAck: Distribution | null
  /** Local time from sending to the receipt of the first fill. */
  readonly orderToFill: Distribution | null
  /** Exchange time from acceptance to the first fill. */
  readonly timeToFill: Distribution | null
}

/** Sums up orders, of one instrument or of several. */
export function orderStatistics(orders: readonly OrderHistory[]): OrderStatistics {
  const ends = { filled: 0, canceled: 0, rejected: 0, expired: 0, disposed: 0, open: 0 }
  let [asked, filled] = [0n, 0n]
  for (const { end, qty, filledQty } of orders) {
    ends[end]++
    asked += BigInt(qty)
    filled += BigInt(filledQty)
  }
  const share = (some: number) => (orders.length === 0 ? null : some / orders.length)
  return {
    orders: orders.length,
    ends,
    fillRatio: ratio(filled, asked),
    filledOrderRatio: share(orders.filter(({ fills }) => fills > 0).length),
    rejectRatio: share(ends.rejected),
    orderToAck: spans(orders, ({ submitted, acceptedAt }) => [submitted.time, acceptedAt]),
    orderToFill: spans(orders, ({ submitted, firstFillAt }) => [submitted.time, firstFillAt]),
    timeToFill: spans(orders, (order) => [order.acceptedExchTime, order.firstFillExchTime]),
  }
}

type Ends = readonly [from: number | null, to: number | null]

function spans(
  orders: readonly OrderHistory[],
  endsOf: (order: OrderHistory) => Ends,
): Distribution | null {
  const found: number[] = []
  for (const order of orders) {
    const [from, to] = endsOf(order)
    if (from !== null && to !== null) found.push(to - from)
  }
  return distributionOf(found)
}
