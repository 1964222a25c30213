import type { Closure, ClosureReason } from '../commands/closure.ts'
import type { InflightRequest, PendingCommand } from '../commands/command.ts'
import { isOpen } from '../commands/dominance.ts'
import type { OrderKey } from '../orders.ts'
import type { Order } from '../state/order-table.ts'
import type { State } from '../state/state.ts'

/** Why a pending command can never leave any more, or null: its order and its request decide. */
export function invalidity(
  command: PendingCommand,
  order: Order | undefined,
  request: InflightRequest | undefined,
): ClosureReason | null {
  if (command.sendAs === 'new') return order === undefined ? null : 'duplicateOrderKey'
  if (order === undefined) return request === undefined ? 'invalidated' : null
  if (!isOpen(order)) return 'invalidated'
  if (command.sendAs !== 'replace' || request !== undefined) return null
  return command.price === order.price && command.qty === order.qty ? 'noChange' : null
}

/**
 * Closes what waits for the order that an Event was about, if it has become invalid. For a step
 * whose queue is not processed: no later step would look there again.
 */
export function closeTouched(state: State, touched: OrderKey | null, closures: Closure[]): void {
  const { orders, inflight, work } = state.execution
  const command = touched === null ? undefined : work.queue.get(touched)
  if (command === undefined) return
  const { key, kind } = command
  const reason = invalidity(command, orders.get(key), inflight.get(key))
  if (reason === null) return
  work.queue.delete(key)
  closures.push({ key, kind, reason })
}
