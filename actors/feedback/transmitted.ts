import type { Dispatch, Nanos } from '@escapement/core'
import { type OrderRecord, UNNUMBERED } from '../feedback-record.ts'

/** The record that a request left: from it the Order exists, or its change is under way. */
export function transmitted(dispatch: Dispatch, time: Nanos): OrderRecord {
  const { kind, key, instrument } = dispatch
  if (kind !== 'new') {
    return {
      kind: 'changeTransmitted',
      sourceSequence: UNNUMBERED,
      exchTime: time,
      time,
      instrument,
      key,
      venueOrderId: null,
      request: kind,
    }
  }
  return {
    kind: 'newTransmitted',
    sourceSequence: UNNUMBERED,
    exchTime: time,
    time,
    instrument,
    key,
    venueOrderId: null,
    side: dispatch.side,
    orderType: dispatch.orderType,
    timeInForce: dispatch.timeInForce,
    price: dispatch.price,
    qty: dispatch.qty,
  }
}
