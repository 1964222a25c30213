import type { Closure, ClosureReason } from '../commands/closure.ts'
import type { PendingCommand } from '../commands/command.ts'
import { isOpen } from '../commands/dominance.ts'
import type { OrderKey } from '../orders.ts'
import type { State } from '../state/state.ts'

/** Why a pending command can never leave any more, or null: its order and its request decide. */
export function invalidity(state: State, command: PendingCommand): ClosureReason | null {
  const { orders, inflight } = state.execution
  const order = orders.get(command.key)
  if (command.sendAs === 'new') return order === undefined ? null : 'duplicateOrderKey'
  if (order === undefined) return inflight.has(command.key) ? null : 'invalidated'
  if (!isOpen(order)) return 'invalidated'
  if (command.sendAs !== 'replace' || inflight.has(command.key)) return null
  return command.price === order.price && command.qty === order.qty ? 'noChange' : null
}

/**
 * Closes what waits for the order that an Event was about, if it has become invalid. For a step
 * whose queue is not processed: no later step would look there again.
 */
export function closeTouched(state: State, touched: OrderKey | null, closures: Closure[]): void {
  const { queue } = state.execution.work
  const command = touched === null ? undefined : queue.get(touched)
  if (command === undefined) return
  const reason = invalidity(state, command)
  if (reason === null) return
  queue.delete(command.key)
  closures.push({ key: command.key, kind: command.kind, reason })
}
