import type { PendingCommand } from '../commands/command.ts'
import { isOpen, reconcile } from '../commands/dominance.ts'
import type { Intent } from '../intents.ts'
import type { OrderKey, OrderTerms } from '../orders.ts'
import type { State } from '../state/state.ts'
import type { QtyLots } from '../units.ts'
import { valueAtMid } from './valuation.ts'

/** Commands that ask for something; a CANCEL does not. */
const ASKING = ['replace', 'new'] as const

/**
 * The exposure Risk judges against, local to one step: open orders, with what is pending and what
 * was allowed earlier in the step folded in by the same dominance that admission uses.
 *
 * `measure` fills the fields for one judgement; amounts count risk units, NaN where a mid lacks.
 */
export class Exposure {
  /** Lots that could still execute on the judged order's side and instrument, without it. */
  openQty: QtyLots = 0
  /** Quotes, their gross and net value, without the judged order. */
  quotes = 0
  gross = 0
  net = 0
  readonly #state: State
  /** What this step made effective (null: withdrawn); the rest is as pending in State. */
  readonly #folded = new Map<OrderKey, PendingCommand | null>()

  constructor(state: State) {
    this.#state = state
  }

  /** Folds an allowed Intent in, as admission will. */
  fold(intent: Intent): void {
    const { key } = intent
    const sent = this.#state.execution.termsOf(key)
    const result = reconcile(this.#pending(key), intent, sent, 0)
    if (result.outcome === 'enters') this.#folded.set(key, result.command)
    else if (result.outcome === 'cancelsPending') this.#folded.set(key, null)
  }

  /** Terms a REPLACE would change: those of the pending command, else of what works. */
  termsOf(key: OrderKey): OrderTerms | undefined {
    const pending = this.#pending(key)
    if (pending !== undefined && pending.kind !== 'cancel') return pending
    return this.#works(key) ? this.#state.execution.termsOf(key) : undefined
  }

  /** Sums up everything but the order `judged`, each order once. */
  measure(judged: OrderTerms): void {
    this.openQty = 0
    this.quotes = 0
    this.gross = 0
    this.net = 0
    const { orders, inflight, work } = this.#state.execution
    for (const order of orders.open())
      this.#addWorking(judged, order, order.cumQty, order.leavesQty)
    // A NEW that has left and is not recorded yet may execute as well.
    for (const { kind, asked } of inflight.values()) {
      if (kind === 'new' && asked !== null) this.#addWorking(judged, asked, 0, asked.qty)
    }
    if (work.queue.size > 0) {
      for (const kind of ASKING) {
        for (const command of work.queue.lane(kind).values()) {
          if (!this.#folded.has(command.key)) this.#addPending(judged, command)
        }
      }
    }
    for (const command of this.#folded.values()) {
      if (command !== null) this.#addPending(judged, command)
    }
  }

  /**
   * An order at work. A REPLACE that waits or is under way may raise what it can execute; a CANCEL
   * does not lower it, for until the Venue confirms it may still fill, but it is a quote no longer.
   */
  #addWorking(judged: OrderTerms, order: OrderTerms, filled: QtyLots, leaves: QtyLots): void {
    if (order.key === judged.key) return
    const pending = this.#pending(order.key)
    if (order.instrument === judged.instrument && order.side === judged.side) {
      const waits = pending?.kind === 'replace' ? pending.qty : 0
      const asked = Math.max(waits, this.#askedOf(order.key)?.qty ?? 0)
      this.openQty += Math.max(leaves, asked - filled)
    }
    if (pending?.kind === 'cancel') return
    this.#addQuote(pending ?? this.#askedOf(order.key) ?? order, filled)
  }

  /** A NEW that has not left. A REPLACE of an order that ended asks for nothing any more. */
  #addPending(judged: OrderTerms, command: PendingCommand): void {
    if (command.key === judged.key || command.sendAs !== 'new' || this.#works(command.key)) return
    if (command.instrument === judged.instrument && command.side === judged.side) {
      this.openQty += command.qty
    }
    this.#addQuote(command, 0)
  }

  #addQuote(terms: OrderTerms, filled: QtyLots): void {
    const { riskRules } = this.#state
    this.quotes++
    if (!riskRules.needsQuoteValues) return
    const leaves = Math.max(0, terms.qty - filled)
    const value =
      terms.orderType === 'market'
        ? valueAtMid(this.#state, terms.instrument, leaves)
        : riskRules.valueAt(terms.instrument, terms.price, leaves)
    this.gross += value
    this.net += terms.side * value
  }

  #pending(key: OrderKey): PendingCommand | undefined {
    const folded = this.#folded.get(key)
    if (folded !== undefined) return folded ?? undefined
    return this.#state.execution.work.queue.get(key)
  }

  #works(key: OrderKey): boolean {
    const { orders, inflight } = this.#state.execution
    const order = orders.get(key)
    return order === undefined ? inflight.get(key)?.kind === 'new' : isOpen(order)
  }

  /** What a request under way asks for, beyond what its Order says. */
  #askedOf(key: OrderKey): OrderTerms | null {
    return this.#state.execution.inflight.get(key)?.asked ?? null
  }
}
