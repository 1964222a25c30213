import type {
  AnomalyKind,
  CoreConfiguration,
  Instrument,
  OrderFilled,
  OrderKey,
  OrderReport,
  OrderStatus,
  OrderTerms,
} from '@escapement/core'
import { cashOfFill } from './naive-money.ts'

export type NaiveOrder = {
  readonly terms: OrderTerms
  readonly status: OrderStatus
  readonly cum: number
  readonly leaves: number
}
export type NaiveAccount = {
  readonly position: number
  readonly cash: bigint
  readonly fees: bigint
  /** Received less paid. */
  readonly funding: bigint
}
/** Everything that follows from the dispatch records and the Venue's reports. */
export type Execution = {
  readonly orders: ReadonlyMap<OrderKey, NaiveOrder>
  readonly accounts: readonly NaiveAccount[]
  /** By strategy: what its own fills made, whatever the Venue states of the account. */
  readonly own: readonly (readonly NaiveAccount[])[]
  /** Keys of ended orders, the first to end first. */
  readonly ended: readonly OrderKey[]
}

export function emptyExecution({
  instruments,
  namespaces,
}: Pick<CoreConfiguration, 'instruments' | 'namespaces'>): Execution {
  const accounts = instruments.map(() => ({ position: 0, cash: 0n, fees: 0n, funding: 0n }))
  return { orders: new Map(), accounts, own: namespaces.map(() => accounts), ended: [] }
}

const TERMINAL: readonly OrderStatus[] = ['filled', 'canceled', 'expired', 'rejected']
export const hasEnded = (order: NaiveOrder): boolean => TERMINAL.includes(order.status)

/** What a report makes of an order, or the reason why it may not. */
export function applyReport(order: NaiveOrder, event: OrderReport): NaiveOrder | AnomalyKind {
  const open = order.status === 'accepted' || order.status === 'partiallyFilled'
  switch (event.type) {
    case 'order.replaceRejected':
    case 'order.cancelRejected':
      return order
    case 'order.accepted':
      return order.status === 'submitted' ? accepted(order) : 'illegalReport'
    case 'order.rejected':
      return order.status === 'submitted' ? end(order, 'rejected') : 'illegalReport'
    case 'order.canceled':
      return open ? end(order, 'canceled') : 'illegalReport'
    case 'order.expired':
      return open ? end(order, 'expired') : 'illegalReport'
    case 'order.disposed':
      if (event.outcome === 'canceled' && (open || order.status === 'submitted')) {
        return end(order, 'canceled')
      }
      return order.status === 'submitted' ? end(order, 'rejected') : 'illegalReport'
    case 'order.replaced':
      return open ? replaced(order, event) : 'illegalReport'
    case 'order.filled':
      return open ? filled(order) : 'illegalReport'
  }
}

/** Fills that came before the acknowledgement take effect with it. */
function accepted(order: NaiveOrder): NaiveOrder {
  if (order.leaves === 0) return end(order, 'filled')
  return { ...order, status: order.cum > 0 ? 'partiallyFilled' : 'accepted' }
}

/** What was open when it ended stays on record as `leaves`. */
const end = (order: NaiveOrder, status: OrderStatus): NaiveOrder => ({ ...order, status })

function replaced(
  order: NaiveOrder,
  { price, qty }: OrderReport & { type: 'order.replaced' },
): NaiveOrder {
  const next = {
    ...order,
    terms: { ...order.terms, price, qty },
    leaves: Math.max(0, qty - order.cum),
  }
  return next.leaves === 0 ? end(next, 'filled') : next
}

/** Its quantities have been counted already. */
function filled(order: NaiveOrder): NaiveOrder {
  return order.leaves === 0 ? end(order, 'filled') : { ...order, status: 'partiallyFilled' }
}

/** The account after one more execution. */
export function bookFill(
  account: NaiveAccount,
  instrument: Instrument,
  { side, lastPrice, fee }: OrderFilled,
  qty: number,
): NaiveAccount {
  return {
    ...account,
    position: account.position + side * qty,
    cash: account.cash + cashOfFill(instrument, side, qty, lastPrice),
    fees: account.fees + BigInt(fee),
  }
}
