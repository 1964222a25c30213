import type { CoreEvent, Dispatch, OrderKey, Side } from '@escapement/core'

/** Status codes of the reference. */
export const Status = {
  none: 0,
  new: 1,
  expired: 2,
  filled: 3,
  canceled: 4,
  partiallyFilled: 5,
} as const

/** What hftbacktest's local side knows of one order; plain data, replaced when it changes. */
export type OwnOrder = {
  readonly key: OrderKey
  readonly side: Side
  readonly price: number
  readonly status: number
  readonly pending: '' | 'new' | 'cancel' | 'replace'
  /** Requests without an answer. */
  readonly outstanding: number
}

/** An order right after its submission. */
export const submitted = (key: OrderKey, side: Side, price: number): OwnOrder => ({
  key,
  side,
  price,
  status: Status.none,
  pending: 'new',
  outstanding: 1,
})

/** After a further request; a modify writes its price at once, whatever becomes of it. */
export const asked = (own: OwnOrder, kind: Dispatch['kind'], price: number): OwnOrder => ({
  ...own,
  price: kind === 'replace' ? price : own.price,
  pending: kind,
  outstanding: own.outstanding + 1,
})

/** An order that a cancel or a modify may be sent for. */
export const isFree = ({ status, pending }: OwnOrder): boolean =>
  (status === Status.new || status === Status.partiallyFilled) && pending === ''

/** Dropped by `clear_inactive_orders`. */
export const isInactive = ({ status }: OwnOrder): boolean =>
  status === Status.expired || status === Status.filled || status === Status.canceled

/**
 * What the local side makes of an Event: whatever is no reject overwrites the copy and clears the
 * pending mark, also when it answers something older; a reject clears it for the last request only.
 */
export function heard(own: OwnOrder, event: CoreEvent): OwnOrder {
  switch (event.type) {
    case 'order.accepted':
      return { ...answered(own), status: Status.new }
    case 'order.replaced':
      return { ...answered(own), status: Status.new, price: event.price }
    case 'order.canceled':
      return { ...answered(own), status: Status.canceled }
    case 'order.expired':
      return { ...own, pending: '', status: Status.expired }
    case 'order.filled': {
      const status = event.leavesQty > 0 ? Status.partiallyFilled : Status.filled
      return { ...own, pending: '', status }
    }
    case 'order.rejected':
    case 'order.cancelRejected':
    case 'order.replaceRejected':
      return refused(own)
    default:
      return own
  }
}

const answered = (own: OwnOrder): OwnOrder => ({
  ...own,
  pending: '',
  outstanding: own.outstanding - 1,
})

function refused(own: OwnOrder): OwnOrder {
  const outstanding = own.outstanding - 1
  if (outstanding > 0) return { ...own, outstanding }
  const status = own.pending === 'new' ? Status.expired : own.status
  return { ...own, pending: '', status, outstanding }
}
