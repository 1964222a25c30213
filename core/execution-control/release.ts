import { compareCommands, type PendingCommand } from '../commands/command.ts'
import { isOpen } from '../commands/dominance.ts'
import type { Dispatch } from '../intents.ts'
import type { RateClass } from '../state/execution-state.ts'
import { orderChart } from '../state/order-table.ts'
import type { State } from '../state/state.ts'
import type { ClosureReason } from '../step-result.ts'
import type { Nanos } from '../units.ts'
import type { WorkDraft } from './admission.ts'
import { hasToken, nextToken, refill, takeToken } from './rate-capacity.ts'

export type Release = {
  readonly dispatches: readonly Dispatch[]
  /** When some command that waits for the rate alone becomes sendable; null if there is none. */
  readonly rateDue: Nanos | null
}

/**
 * Queue Processing: what may leave now, and when to look again. Gates in order: validity, inflight,
 * ordering (CANCEL, REPLACE, NEW, then age), and the rate as a prefix of each class, so that an
 * exhausted order budget does not hold back cancels.
 */
export function release(state: State, draft: WorkDraft): Release {
  const dispatches: Dispatch[] = []
  const blocked: { [C in RateClass]: boolean } = { orders: false, cancels: false }
  let rateDue: Nanos | null = null
  refillAll(state, draft)
  for (const command of [...draft.queue.values()].sort(compareCommands)) {
    const invalid = invalidity(state, command)
    if (invalid !== null) {
      draft.queue.delete(command.key)
      draft.closures.push({ key: command.key, kind: command.kind, reason: invalid })
      continue
    }
    if (isHeld(state, command)) continue
    const rateClass: RateClass = command.sendAs === 'cancel' ? 'cancels' : 'orders'
    if (blocked[rateClass]) continue
    const due = spend(state, draft, rateClass)
    if (due === 'sent') {
      draft.queue.delete(command.key)
      dispatches.push(dispatchOf(state, command))
    } else {
      blocked[rateClass] = true
      if (due !== null && (rateDue === null || due < rateDue)) rateDue = due
    }
  }
  return { dispatches, rateDue }
}

function refillAll(state: State, draft: WorkDraft): void {
  const { clock } = state.control
  const { orders, cancels } = draft.rates
  draft.rates = {
    orders: state.rates.orders && orders && refill(state.rates.orders, orders, clock),
    cancels: state.rates.cancels && cancels && refill(state.rates.cancels, cancels, clock),
  }
}

/** Why a pending command can never leave any more, or null. */
function invalidity(state: State, command: PendingCommand): ClosureReason | null {
  const order = state.execution.orders.get(command.key)
  if (command.sendAs === 'new') return order === undefined ? null : 'duplicateOrderKey'
  if (order === undefined) return state.execution.inflight.has(command.key) ? null : 'invalidated'
  if (!isOpen(order)) return 'invalidated'
  const unchanged = command.price === order.price && command.qty === order.qty
  const settled = !state.execution.inflight.has(command.key)
  return command.sendAs === 'replace' && unchanged && settled ? 'noChange' : null
}

/** Whether the key's slot is taken, or its order is not acknowledged yet. */
function isHeld(state: State, command: PendingCommand): boolean {
  const order = state.execution.orders.get(command.key)
  if (state.execution.inflight.has(command.key)) {
    const excepted = state.configuration.control.cancelsPassInflight
    if (!(excepted && command.sendAs === 'cancel' && order !== undefined)) return true
    return state.execution.inflight.get(command.key)!.kind === 'cancel'
  }
  return command.sendAs === 'replace' && order?.status === orderChart.state.submitted
}

/** Takes a token of the class: 'sent', or when the next one is due (null: never). */
function spend(state: State, draft: WorkDraft, rateClass: RateClass): 'sent' | Nanos | null {
  const rule = state.rates[rateClass]
  const level = draft.rates[rateClass]
  if (rule === null || level === null) return 'sent'
  if (!hasToken(rule, level)) return nextToken(rule, level)
  draft.rates = { ...draft.rates, [rateClass]: takeToken(rule, level) }
  return 'sent'
}

function dispatchOf(state: State, command: PendingCommand): Dispatch {
  const order = state.execution.orders.get(command.key)
  const terms = command.sendAs === 'new' || order === undefined ? command : order
  const keeps = command.sendAs === 'cancel'
  return {
    kind: command.sendAs,
    key: command.key,
    instrument: terms.instrument,
    side: terms.side,
    orderType: terms.orderType,
    timeInForce: terms.timeInForce,
    price: keeps ? terms.price : command.price,
    qty: keeps ? terms.qty : command.qty,
    sequence: command.sequence,
  }
}
