import type {
  CoreEvent,
  Dispatch,
  DispatchFailed,
  IntentDispatched,
  OrderSubmitted,
} from '@escapement/core'

/** What a Venue says of a request at once: that it left, or that it did not. */
export type DispatchRecord = OrderSubmitted | IntentDispatched | DispatchFailed

export const isDispatchRecord = (event: CoreEvent): event is DispatchRecord =>
  event.type === 'order.submitted' ||
  event.type === 'intent.dispatched' ||
  event.type === 'dispatch.failed'

const TERMS = ['instrument', 'side', 'orderType', 'timeInForce', 'price', 'qty'] as const

/** Whether `event` is the record of `dispatch`: its kind, its key and, for a NEW, its terms. */
export function records(event: DispatchRecord, dispatch: Dispatch): boolean {
  if (event.key !== dispatch.key) return false
  if (event.type !== 'order.submitted') return event.kind === dispatch.kind
  return dispatch.kind === 'new' && TERMS.every((term) => event[term] === dispatch[term])
}

/** Whether `event` says what became of a request, which only one that left can say. */
export function isAnswerTo({ kind, key }: Dispatch, event: CoreEvent): boolean {
  if (!event.type.startsWith('order.') || !('key' in event) || event.key !== key) return false
  if (kind === 'new') return true
  return kind === 'cancel'
    ? event.type === 'order.cancelRejected'
    : event.type === 'order.replaced' || event.type === 'order.replaceRejected'
}
