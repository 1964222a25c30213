import type { PendingCommand } from '../commands/command.ts'
import { isOpen, reconcile } from '../commands/dominance.ts'
import type { Intent } from '../intents.ts'
import type { OrderKey, OrderTerms } from '../orders.ts'
import type { State } from '../state/state.ts'
import type { QtyLots, Side } from '../units.ts'

/** What an order may still add to a position: the larger of what works and what is asked for. */
export type Quote = Pick<OrderTerms, 'key' | 'instrument' | 'side' | 'price'> & {
  readonly leaves: QtyLots
  readonly orderType: OrderTerms['orderType']
}

/**
 * The exposure Risk judges against, local to one step: open orders, with what is pending and what
 * was allowed earlier in the step folded in by the same dominance that admission uses.
 */
export class Exposure {
  readonly #state: State
  readonly #pending: Map<OrderKey, PendingCommand>

  constructor(state: State) {
    this.#state = state
    this.#pending = new Map(state.execution.work.queue)
  }

  /** Folds an allowed Intent in, as admission will. */
  fold(intent: Intent): void {
    const { key } = intent
    const sent = this.#state.execution.termsOf(key)
    const result = reconcile(this.#pending.get(key), intent, sent, 0)
    if (result.outcome === 'enters') this.#pending.set(key, result.command)
    else if (result.outcome === 'cancelsPending') this.#pending.delete(key)
  }

  /** Terms a REPLACE would change: those of the pending command, else of what works. */
  termsOf(key: OrderKey): OrderTerms | undefined {
    const pending = this.#pending.get(key)
    if (pending !== undefined && pending.kind !== 'cancel') return pending
    return this.#works(key) ? this.#state.execution.termsOf(key) : undefined
  }

  /** Every quote except `without`: what works, what is pending, each order once. */
  *quotes(without: OrderKey): Iterable<Quote> {
    for (const order of this.#working()) {
      if (order.key === without) continue
      const pending = this.#pending.get(order.key)
      if (pending?.kind === 'cancel') continue
      yield quoteOf(pending ?? order, order.cumQty)
    }
    for (const command of this.#pending.values()) {
      if (command.key === without || command.kind === 'cancel') continue
      if (!this.#works(command.key)) yield quoteOf(command, 0)
    }
  }

  /**
   * Lots that could still be bought (or sold) without `without`. A cancel under way does not
   * lower it: until the Venue confirms, the order may still fill.
   */
  openQty(instrument: number, side: Side, without: OrderKey): QtyLots {
    let qty = 0
    for (const order of this.#working()) {
      if (order.key === without || order.instrument !== instrument || order.side !== side) continue
      const pending = this.#pending.get(order.key)
      const asked = pending?.kind === 'replace' ? pending.qty - order.cumQty : 0
      qty += Math.max(order.leavesQty, asked)
    }
    for (const command of this.#pending.values()) {
      if (command.key === without || command.kind === 'cancel') continue
      if (command.instrument !== instrument || command.side !== side) continue
      if (!this.#works(command.key)) qty += command.qty
    }
    return qty
  }

  /** Open orders, and each NEW that has left and is not recorded yet: it may fill as well. */
  *#working(): Iterable<Working> {
    const { orders, inflight } = this.#state.execution
    yield* orders.open()
    for (const { unrecorded } of inflight.values()) {
      if (unrecorded !== null) yield { ...unrecorded, cumQty: 0, leavesQty: unrecorded.qty }
    }
  }

  #works(key: OrderKey): boolean {
    const { orders, inflight } = this.#state.execution
    return isOpen(orders.get(key)) || (inflight.get(key)?.unrecorded ?? null) !== null
  }
}

type Working = OrderTerms & { readonly cumQty: QtyLots; readonly leavesQty: QtyLots }

function quoteOf(terms: OrderTerms, filled: QtyLots): Quote {
  return {
    key: terms.key,
    instrument: terms.instrument,
    side: terms.side,
    orderType: terms.orderType,
    price: terms.price,
    leaves: Math.max(0, terms.qty - filled),
  }
}
