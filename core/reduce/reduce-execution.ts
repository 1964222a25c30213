import { assert, unreachable } from '../errors.ts'
import type {
  AccountUpdated,
  Anomaly,
  AnomalyKind,
  DispatchFailed,
  IntentDispatched,
  OrderFilled,
  OrderReport,
  OrderSubmitted,
} from '../events.ts'
import type { OrderKey } from '../orders.ts'
import { type Order, type OrderSignalName, orderChart } from '../state/order-table.ts'
import type { State } from '../state/state.ts'

/** The dispatch record of a NEW: from here the Order exists. */
export function reduceSubmitted(state: State, event: OrderSubmitted): void {
  state.execution.orders.submit(event, event.time)
  markInflight(state, event.key, 'new', event.time)
}

export function reduceDispatched(state: State, event: IntentDispatched): void {
  markInflight(state, event.key, event.kind, event.time)
}

/** The request never left: no Order, and the key is free. */
export function reduceDispatchFailed(state: State, event: DispatchFailed): void {
  settle(state, event.key, event.kind)
}

/**
 * Applies a report to its Order. What the lifecycle calls illegal changes no status: it is named
 * as an anomaly, and a fill is booked all the same, because the money moved.
 */
export function reduceReport(state: State, event: OrderReport, anomalies: Anomaly[]): void {
  const order = state.execution.orders.get(event.key)
  if (event.type === 'order.filled') return reduceFill(state, event, order, anomalies)
  if (order === undefined) return note(anomalies, event, 'unknownOrder')
  switch (event.type) {
    case 'order.accepted':
      settle(state, event.key, 'new')
      return move(state, order, 'accepted', event, anomalies)
    case 'order.rejected':
      return move(state, order, 'rejected', event, anomalies)
    case 'order.canceled':
      return move(state, order, 'canceled', event, anomalies)
    case 'order.expired':
      return move(state, order, 'expired', event, anomalies)
    case 'order.disposed': {
      const canceled = event.outcome === 'canceled'
      return move(
        state,
        order,
        canceled ? 'disposedCanceled' : 'disposedRejected',
        event,
        anomalies,
      )
    }
    case 'order.cancelRejected':
      settle(state, event.key, 'cancel')
      return move(state, order, 'cancelRejected', event, anomalies)
    case 'order.replaceRejected':
      settle(state, event.key, 'replace')
      return move(state, order, 'replaceRejected', event, anomalies)
    case 'order.replaced':
      settle(state, event.key, 'replace')
      if (orderChart.next(order.status, orderChart.signal.replaced) >= 0) {
        order.price = event.price
        order.qty = event.qty
        order.leavesQty = Math.max(0, event.qty - order.cumQty)
      }
      return move(state, order, order.leavesQty === 0 ? 'filled' : 'replaced', event, anomalies)
    default:
      return unreachable(event)
  }
}

function reduceFill(
  state: State,
  event: OrderFilled,
  order: Order | undefined,
  anomalies: Anomaly[],
): void {
  if (order === undefined) {
    book(state, event, event.lastQty)
    return note(anomalies, event, 'unknownOrder')
  }
  // Cumulative quantities make a repeated report harmless: only what is new is booked.
  const gained = event.cumQty - order.cumQty
  if (gained <= 0) return note(anomalies, event, 'duplicateFill')
  book(state, event, gained)
  if (gained !== event.lastQty) note(anomalies, event, 'illegalReport')
  if (event.cumQty > order.qty) note(anomalies, event, 'overfill')
  order.cumQty = event.cumQty
  order.leavesQty = Math.max(0, order.qty - order.cumQty)
  settle(state, event.key, 'new')
  move(state, order, order.leavesQty === 0 ? 'filled' : 'partiallyFilled', event, anomalies)
}

/** The account as the Venue states it: position and net balance are anchored here. */
export function reduceAccount(state: State, event: AccountUpdated, anomalies: Anomaly[]): void {
  const account = state.execution.accounts[event.instrument]!
  const cash = BigInt(event.balance) + account.fees
  if (account.position !== event.position || account.cash !== cash) {
    anomalies.push({
      type: 'control.anomaly',
      time: event.time,
      kind: 'accountDifference',
      key: -1,
    })
  }
  account.position = event.position
  account.cash = cash
}

/** Moves the status by the compiled lifecycle and keeps digest and open set in step. */
function move(
  state: State,
  order: Order,
  signal: OrderSignalName,
  event: OrderReport,
  anomalies: Anomaly[],
): void {
  const next = orderChart.next(order.status, orderChart.signal[signal])
  if (next >= 0) order.status = next
  else {
    const terminal = orderChart.isTerminal(order.status)
    const late = terminal && event.type === 'order.filled'
    note(anomalies, event, late ? 'fillOnTerminalOrder' : 'illegalReport')
  }
  order.updatedTime = event.time
  state.execution.orders.changed(order)
  if (orderChart.isTerminal(order.status)) state.execution.inflight.delete(order.key)
}

/** Marks the key busy; the step that selected the request has done so already, at that time. */
function markInflight(
  state: State,
  key: OrderKey,
  kind: 'new' | 'replace' | 'cancel',
  time: number,
): void {
  const { inflight } = state.execution
  if (!inflight.has(key)) inflight.set(key, { key, kind, time })
}

/** Frees the key when the request under way is of the kind that the report answers. */
function settle(state: State, key: OrderKey, kind: 'new' | 'replace' | 'cancel'): void {
  if (state.execution.inflight.get(key)?.kind === kind) state.execution.inflight.delete(key)
}

function book(state: State, event: OrderFilled, qty: number): void {
  const account = state.execution.accounts[event.instrument]
  assert(account !== undefined, `a fill names instrument ${event.instrument}`)
  account.book(event, qty, state.money[event.instrument]!)
}

function note(anomalies: Anomaly[], event: OrderReport, kind: AnomalyKind): void {
  anomalies.push({ type: 'control.anomaly', time: event.time, kind, key: event.key })
}
