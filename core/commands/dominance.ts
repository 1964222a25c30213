import type { Intent } from '../intents.ts'
import { commandKind } from '../intents.ts'
import type { OrderTerms } from '../orders.ts'
import { type Order, orderChart } from '../state/order-table.ts'
import type { PendingCommand } from './command.ts'

/** What becomes of a newcomer and of what it found; exactly one of both stays effective. */
export type Reconciled =
  /** The newcomer is effective; it displaced `pending` if there was one. */
  | { readonly outcome: 'enters'; readonly command: PendingCommand }
  /** The newcomer is beaten by what is pending. */
  | { readonly outcome: 'discarded' }
  /** A CANCEL met a NEW that never left: both close here, nothing goes to the Venue. */
  | { readonly outcome: 'cancelsPending' }
  /** A REPLACE or CANCEL of nothing: no order, nothing pending, no NEW under way. */
  | { readonly outcome: 'noOrder' }

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
  if (pending !== undefined && beats(pending.kind, kind)) return { outcome: 'discarded' }
  if (intent.type === 'intent.new') {
    return { outcome: 'enters', command: command(intent, kind, 'new', sequence) }
  }
  const unsent = pending?.sendAs === 'new' ? pending : undefined
  if (unsent !== undefined) {
    if (intent.type === 'intent.cancel') return { outcome: 'cancelsPending' }
    const terms = { ...unsent, price: intent.price, qty: intent.qty }
    return { outcome: 'enters', command: command(terms, kind, 'new', sequence) }
  }
  if (sent === undefined) return { outcome: 'noOrder' }
  const changed =
    intent.type === 'intent.replace' ? { ...sent, price: intent.price, qty: intent.qty } : sent
  return { outcome: 'enters', command: command(changed, kind, kind, sequence) }
}

const STRENGTH = { new: 0, replace: 1, cancel: 2 } as const

function beats(pending: keyof typeof STRENGTH, incoming: keyof typeof STRENGTH): boolean {
  return STRENGTH[pending] > STRENGTH[incoming]
}

function command(
  terms: OrderTerms,
  kind: PendingCommand['kind'],
  sendAs: PendingCommand['kind'],
  sequence: number,
): PendingCommand {
  return {
    key: terms.key,
    instrument: terms.instrument,
    side: terms.side,
    orderType: terms.orderType,
    timeInForce: terms.timeInForce,
    price: terms.price,
    qty: terms.qty,
    kind,
    sendAs,
    sequence,
  }
}

export const isOpen = (order: Order | undefined): order is Order =>
  order !== undefined && !orderChart.isTerminal(order.status)
