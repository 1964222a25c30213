import { type CommandKind, commandKind, type Intent } from '../intents.ts'
import type { OrderTerms } from '../orders.ts'
import { type Order, orderChart } from '../state/order-table.ts'
import type { PendingCommand } from './command.ts'

/** What becomes of a newcomer; a command is effective now, in place of what was pending. */
export type Reconciled =
  | PendingCommand
  /** The newcomer is beaten by what is pending. */
  | 'discarded'
  /** A CANCEL met a NEW that never left: both close here, nothing goes to the Venue. */
  | 'cancelsPending'
  /** A REPLACE or CANCEL of nothing: no order, nothing pending, no NEW under way. */
  | 'noOrder'

/**
 * Dominance of one key: CANCEL over REPLACE over NEW, the later over the earlier of a kind.
 *
 * Used by admission and by the exposure that Risk sees, so the two cannot differ. `sent` are the
 * terms of the key's Order, or of its NEW that has left and is not recorded yet.
 * @source the dominance matrix and ruling 5 of the concept specification
 */
export function reconcile(
  pending: PendingCommand | undefined,
  intent: Intent,
  sent: OrderTerms | undefined,
  sequence: number,
): Reconciled {
  const kind = commandKind(intent)
  if (pending !== undefined && beats(pending.kind, kind)) return 'discarded'
  if (intent.type === 'intent.new') return enters(intent, intent, kind, 'new', sequence)
  const unsent = pending?.sendAs === 'new' ? pending : undefined
  if (unsent !== undefined) {
    if (intent.type === 'intent.cancel') return 'cancelsPending'
    return enters(unsent, intent, kind, 'new', sequence)
  }
  if (sent === undefined) return 'noOrder'
  return enters(sent, intent.type === 'intent.replace' ? intent : sent, kind, kind, sequence)
}

const beats = (pending: CommandKind, incoming: CommandKind): boolean =>
  pending === 'cancel' ? incoming !== 'cancel' : pending === 'replace' && incoming === 'new'

/** The command of an order's terms with the price and quantity that are asked for. */
function enters(
  terms: OrderTerms,
  { price, qty }: Pick<OrderTerms, 'price' | 'qty'>,
  kind: CommandKind,
  sendAs: CommandKind,
  sequence: number,
): PendingCommand {
  const { key, instrument, side, orderType, timeInForce } = terms
  return {
    key,
    instrument,
    side,
    orderType,
    timeInForce,
    price,
    qty,
    kind,
    sendAs,
    sequence,
  }
}

export const isOpen = (order: Order | undefined): order is Order =>
  order !== undefined && !orderChart.isTerminal(order.status)
