import type { PendingCommand } from '../commands/command.ts'
import { isOpen } from '../commands/dominance.ts'
import type { OrderKey } from '../orders.ts'
import type { State } from '../state/state.ts'
import type { Closure, ClosureReason } from '../step-result.ts'

/** Why a pending command can never leave any more, or null. */
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
 * Closes what waits for `key` if an Event about its order has made it invalid. Validity depends on
 * that order and its request alone, so looking here, and at what a step admits, is looking always.
 */
export function closeInvalid(state: State, key: OrderKey, closures: Closure[]): void {
  const { queue } = state.execution.work
  const command = queue.get(key)
  if (command === undefined) return
  const reason = invalidity(state, command)
  if (reason === null) return
  queue.delete(key)
  closures.push({ key, kind: command.kind, reason })
}
