import { unreachable } from '@escapement/core'
import type { ExecutionFeedbackRecord, FilledRecord, NewTransmitted } from '../feedback-record.ts'
import type { VenueReport } from '../ports.ts'

/**
 * The canonical Event of a record. Every Event is one literal with its keys in the order of
 * core/events.ts; the number of the record and the Venue's own id stay outside of history.
 */
export function eventOf(record: ExecutionFeedbackRecord): VenueReport {
  const { time, exchTime } = record
  switch (record.kind) {
    case 'newTransmitted':
      return submitted(record)
    case 'changeTransmitted':
      return { type: 'intent.dispatched', time, key: record.key, kind: record.request }
    case 'notTransmitted': {
      const { key, request, reason } = record
      return { type: 'dispatch.failed', time, key, kind: request, reason }
    }
    case 'accepted':
      return { type: 'order.accepted', time, exchTime, key: record.key }
    case 'filled':
      return filled(record)
    case 'replaced': {
      const { key, price, qty, leavesQty } = record
      return { type: 'order.replaced', time, exchTime, key, price, qty, leavesQty }
    }
    case 'canceled':
      return { type: 'order.canceled', time, exchTime, key: record.key }
    case 'expired':
      return { type: 'order.expired', time, exchTime, key: record.key, reason: record.reason }
    case 'rejected':
      return { type: 'order.rejected', time, exchTime, key: record.key, reason: record.reason }
    case 'replaceRejected':
      return {
        type: 'order.replaceRejected',
        time,
        exchTime,
        key: record.key,
        reason: record.reason,
      }
    case 'cancelRejected':
      return {
        type: 'order.cancelRejected',
        time,
        exchTime,
        key: record.key,
        reason: record.reason,
      }
    case 'account': {
      const { instrument, position, balance } = record
      return { type: 'account.updated', time, exchTime, instrument, position, balance }
    }
    case 'funded': {
      const { instrument, position, mark, rate, amount } = record
      return { type: 'account.funded', time, exchTime, instrument, position, mark, rate, amount }
    }
    default:
      return unreachable(record)
  }
}

function submitted(record: NewTransmitted): VenueReport {
  return {
    type: 'order.submitted',
    time: record.time,
    key: record.key,
    instrument: record.instrument,
    side: record.side,
    orderType: record.orderType,
    timeInForce: record.timeInForce,
    price: record.price,
    qty: record.qty,
  }
}

function filled(record: FilledRecord): VenueReport {
  return {
    type: 'order.filled',
    time: record.time,
    exchTime: record.exchTime,
    key: record.key,
    instrument: record.instrument,
    side: record.side,
    execId: record.execId,
    lastPrice: record.lastPrice,
    lastQty: record.lastQty,
    cumQty: record.cumQty,
    leavesQty: record.leavesQty,
    liquidity: record.liquidity,
    fee: record.fee,
    cause: record.cause,
    causeRow: record.causeRow,
    queueBefore: record.queueBefore,
    queueAfter: record.queueAfter,
  }
}
