import type { AccountUpdated } from '../account-events.ts'
import { isOpen } from '../commands/dominance.ts'
import { assert, unreachable } from '../errors.ts'
import type {
  Anomaly,
  AnomalyKind,
  DispatchFailed,
  IntentDispatched,
  OrderFilled,
  OrderReport,
  OrderSubmitted,
} from '../events.ts'
import type { CommandKind } from '../intents.ts'
import { type OrderKey, orderNamespace } from '../orders.ts'
import { type Order, type OrderSignalName, orderChart } from '../state/order-table.ts'
import type { State } from '../state/state.ts'

/** The dispatch record of a NEW: from here the Order exists and holds its terms. */
export function reduceSubmitted(state: State, event: OrderSubmitted): void {
  state.execution.orders.submit(event, event.time)
  const { inflight } = state.execution
  const { key, time } = event
  const request = inflight.get(key) ?? { key, kind: 'new', time, passed: null }
  inflight.set(key, { ...request, asked: null })
}

/**
 * The dispatch record of a REPLACE or CANCEL. The step that selected it has marked the key
 * already; a report may have ended the order since, and then nothing is under way any more.
 */
export function reduceDispatched(state: State, { key, kind, time }: IntentDispatched): void {
  const { inflight, orders } = state.execution
  if (isOpen(orders.get(key)) && !inflight.has(key)) {
    inflight.set(key, { key, kind, time, passed: null, asked: null })
  }
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
      move(state, order, 'accepted', event, anomalies)
      // Fills that the Venue reported too early were booked; now they count for the status too.
      if (order.status === orderChart.state.accepted && order.cumQty > 0) {
        move(state, order, fillSignal(order), event, anomalies)
      }
      return
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
  // Booked as reported: the money moved where the Venue says, whatever we asked for.
  if (contradicts(event, order)) note(anomalies, event, 'contradictoryFill')
  if (gained !== event.lastQty) note(anomalies, event, 'illegalReport')
  if (event.cumQty > order.qty) note(anomalies, event, 'overfill')
  order.cumQty = event.cumQty
  order.leavesQty = Math.max(0, order.qty - order.cumQty)
  settle(state, event.key, 'new')
  move(state, order, fillSignal(order), event, anomalies)
}

const contradicts = (event: OrderFilled, { side, instrument }: Order): boolean =>
  event.side !== side || event.instrument !== instrument

const fillSignal = ({ leavesQty }: Order): OrderSignalName =>
  leavesQty === 0 ? 'filled' : 'partiallyFilled'

/** The account as the Venue states it: position and net balance are anchored here. */
export function reduceAccount(state: State, event: AccountUpdated, anomalies: Anomaly[]): void {
  const account = state.execution.accounts[event.instrument]!
  const cash = BigInt(event.balance) + account.fees - account.funding
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

/** Ends the key's request of the kind that the report answers; another one stays under way. */
function settle(state: State, key: OrderKey, kind: CommandKind): void {
  const { inflight } = state.execution
  const request = inflight.get(key)
  if (request === undefined) return
  if (request.passed === kind) inflight.set(key, { ...request, passed: null, asked: null })
  else if (request.kind !== kind) return
  else if (request.passed === null) inflight.delete(key)
  else inflight.set(key, { ...request, kind: request.passed, passed: null })
}

function book(state: State, event: OrderFilled, qty: number): void {
  const account = state.execution.accounts[event.instrument]
  assert(account !== undefined, `a fill names instrument ${event.instrument}`)
  const money = state.money[event.instrument]!
  account.book(event, qty, money)
  const own = state.execution.own[orderNamespace(event.key)]
  if (own !== undefined) own.accounts[event.instrument]!.book(event, qty, money)
}

function note(anomalies: Anomaly[], event: OrderReport, kind: AnomalyKind): void {
  anomalies.push({ type: 'control.anomaly', time: event.time, kind, key: event.key })
}
