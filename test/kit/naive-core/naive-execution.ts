import {
  type AccountFunded,
  type AccountUpdated,
  type AnomalyKind,
  type CoreConfiguration,
  type OrderFilled,
  type OrderKey,
  type OrderReport,
  type OrderSubmitted,
  orderNamespace,
} from '@escapement/core'
import {
  applyReport,
  bookFill,
  type Execution,
  emptyExecution,
  hasEnded,
  type NaiveAccount,
  type NaiveOrder,
} from './naive-orders.ts'

export type ExecutionRecord = OrderSubmitted | OrderReport | AccountUpdated | AccountFunded
export type Found = { readonly kind: AnomalyKind; readonly key: OrderKey }
type Folded = { readonly execution: Execution; readonly found: readonly Found[] }

/** Execution State from all records since position 0, with what is wrong about the last one. */
export function executionOf(
  records: readonly ExecutionRecord[],
  configuration: CoreConfiguration,
): Folded {
  let folded: Folded = { execution: emptyExecution(configuration), found: [] }
  for (const record of records) folded = fold(folded.execution, record, configuration)
  return folded
}

function fold(
  execution: Execution,
  event: ExecutionRecord,
  configuration: CoreConfiguration,
): Folded {
  if (event.type === 'account.updated') return anchor(execution, event)
  if (event.type === 'account.funded') return { execution: fund(execution, event), found: [] }
  if (event.type === 'order.submitted') return submit(execution, event)
  const order = execution.orders.get(event.key)
  if (event.type === 'order.filled') return fill(execution, event, order, configuration)
  if (order === undefined) return { execution, found: [{ kind: 'unknownOrder', key: event.key }] }
  const next = applyReport(order, event)
  if (typeof next === 'string') return { execution, found: [{ kind: next, key: event.key }] }
  return { execution: withOrder(execution, next, configuration), found: [] }
}

/** Quantities are cumulative: what a fill adds to what is known is booked, whatever else is odd. */
function fill(
  execution: Execution,
  event: OrderFilled,
  order: NaiveOrder | undefined,
  configuration: CoreConfiguration,
): Folded {
  const { key } = event
  if (order === undefined) {
    const booked = book(execution, event, event.lastQty, configuration)
    return { execution: booked, found: [{ kind: 'unknownOrder', key }] }
  }
  const gained = event.cumQty - order.cum
  if (gained <= 0) return { execution, found: [{ kind: 'duplicateFill', key }] }
  const found: Found[] = []
  const { side, instrument } = order.terms
  if (side !== event.side || instrument !== event.instrument) {
    found.push({ kind: 'contradictoryFill', key })
  }
  if (gained !== event.lastQty) found.push({ kind: 'illegalReport', key })
  if (event.cumQty > order.terms.qty) found.push({ kind: 'overfill', key })
  const leaves = Math.max(0, order.terms.qty - event.cumQty)
  let next: NaiveOrder = { ...order, cum: event.cumQty, leaves }
  const moved = applyReport(next, event)
  if (hasEnded(order)) found.push({ kind: 'fillOnTerminalOrder', key })
  else if (typeof moved === 'string') found.push({ kind: moved, key })
  else next = moved
  const booked = book(execution, event, gained, configuration)
  return { execution: withOrder(booked, next, configuration), found }
}

function anchor(execution: Execution, event: AccountUpdated): Folded {
  const account = execution.accounts[event.instrument]!
  // The Venue's balance is net of fees and funding; they go on counting from where they are.
  const cash = BigInt(event.balance) + account.fees - account.funding
  const next = { ...account, position: event.position, cash }
  const differs = account.position !== event.position || account.cash !== next.cash
  return {
    execution: { ...execution, accounts: execution.accounts.with(event.instrument, next) },
    found: differs ? [{ kind: 'accountDifference', key: -1 }] : [],
  }
}

function fund(execution: Execution, { instrument, amount }: AccountFunded): Execution {
  const account = execution.accounts[instrument]!
  const next = { ...account, funding: account.funding + BigInt(amount) }
  return { ...execution, accounts: execution.accounts.with(instrument, next) }
}

function submit(execution: Execution, event: OrderSubmitted): Folded {
  const { key, instrument, side, orderType, timeInForce, price, qty } = event
  if (execution.orders.has(key)) return { execution, found: [{ kind: 'illegalReport', key }] }
  const terms = { key, instrument, side, orderType, timeInForce, price, qty }
  const order: NaiveOrder = { terms, status: 'submitted', cum: 0, leaves: qty }
  const orders = new Map(execution.orders).set(key, order)
  return { execution: { ...execution, orders }, found: [] }
}

function book(
  execution: Execution,
  event: OrderFilled,
  qty: number,
  { instruments }: CoreConfiguration,
): Execution {
  const { instrument } = event
  const booked = (accounts: readonly NaiveAccount[]): readonly NaiveAccount[] =>
    accounts.with(instrument, bookFill(accounts[instrument]!, instruments[instrument]!, event, qty))
  const strategy = orderNamespace(event.key)
  return {
    ...execution,
    accounts: booked(execution.accounts),
    own: execution.own.map((own, index) => (index === strategy ? booked(own) : own)),
  }
}

/** Ended orders stay until more than the configured number have ended; the oldest leaves first. */
function withOrder(
  execution: Execution,
  order: NaiveOrder,
  { control }: CoreConfiguration,
): Execution {
  const { key } = order.terms
  const orders = new Map(execution.orders).set(key, order)
  let ended = execution.ended
  if (hasEnded(order) && !ended.includes(key)) ended = [...ended, key]
  while (ended.length > control.terminalOrdersKept) {
    orders.delete(ended[0]!)
    ended = ended.slice(1)
  }
  return { ...execution, orders, ended }
}
