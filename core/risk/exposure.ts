import type { PendingCommand } from '../commands/command.ts'
import { isOpen } from '../commands/dominance.ts'
import { PendingOverlay } from '../commands/pending-overlay.ts'
import type { Intent } from '../intents.ts'
import { type OrderKey, type OrderTerms, orderNamespace } from '../orders.ts'
import type { State } from '../state/state.ts'
import { valueAtMid } from '../state/valuation.ts'
import { BUY, type InstrumentIndex, type QtyLots, type Side } from '../units.ts'

/**
 * The exposure that Risk judges against, local to one step: open orders, with what is pending and
 * what was allowed earlier in the step folded in by the same overlay that admission uses.
 *
 * Layout: sums for each scope (0 is the account, 1 + n the n-th strategy), quantities further by
 * instrument and side. They are taken over everything open at the first judgement of a step that
 * needs them; an order's own part is taken out to judge it and put back as it will be. Cost: one
 * look at each open order a step, and a few additions an Intent.
 */
export class Exposure {
  readonly #state: State
  readonly #overlay: PendingOverlay
  readonly #perScope: number
  readonly #openQty: Float64Array
  readonly #quotes: Float64Array
  readonly #gross: Float64Array
  readonly #net: Float64Array
  /** Quotes without a price: market orders while there is no mid. */
  readonly #unpriced: Float64Array
  readonly #part = new Part()
  #isSummed = false

  constructor(state: State) {
    const scopes = 1 + state.control.strategies.length
    this.#state = state
    this.#overlay = new PendingOverlay(state)
    this.#perScope = 2 * state.market.length
    this.#openQty = new Float64Array(scopes * this.#perScope)
    this.#quotes = new Float64Array(scopes)
    this.#gross = new Float64Array(scopes)
    this.#net = new Float64Array(scopes)
    this.#unpriced = new Float64Array(scopes)
  }

  /** Forgets the step, for the next one. */
  reset(): void {
    this.#overlay.reset()
    this.#isSummed = false
  }

  /** Takes the order out of the sums, so that it can be judged against everything else. */
  without(key: OrderKey): void {
    if (!this.#isSummed) this.#sum()
    this.#weigh(key)
    this.#add(key, -1)
  }

  /** Puts the order back that {@link without} took out, as it is now. */
  restore(key: OrderKey): void {
    this.#weigh(key)
    this.#add(key, 1)
  }

  /** Folds an allowed Intent in, as admission will. */
  fold(intent: Intent): void {
    if (this.#isSummed) this.without(intent.key)
    this.#overlay.take(intent)
    if (this.#isSummed) this.restore(intent.key)
  }

  /** Terms a REPLACE would change: those of the pending command, else of what works. */
  termsOf(key: OrderKey): OrderTerms | undefined {
    const pending = this.#overlay.get(key)
    if (pending !== undefined && pending.kind !== 'cancel') return pending
    const { orders, inflight } = this.#state.execution
    const order = orders.get(key)
    if (order !== undefined) return isOpen(order) ? order : undefined
    const request = inflight.get(key)
    return request?.kind === 'new' ? (request.asked ?? undefined) : undefined
  }

  /** Lots of a side that could still execute. */
  openQty(scope: number, instrument: InstrumentIndex, side: Side): QtyLots {
    return this.#openQty[this.#slot(scope, instrument, side)]!
  }

  quotes(scope: number): number {
    return this.#quotes[scope]!
  }

  /** Gross and net value of the quotes in risk units; NaN while one of them has no price. */
  gross(scope: number): number {
    return this.#unpriced[scope]! > 0 ? Number.NaN : this.#gross[scope]!
  }

  net(scope: number): number {
    return this.#unpriced[scope]! > 0 ? Number.NaN : this.#net[scope]!
  }

  #sum(): void {
    this.#isSummed = true
    for (const sums of [this.#openQty, this.#quotes, this.#gross, this.#net, this.#unpriced]) {
      sums.fill(0)
    }
    const { orders, inflight, work } = this.#state.execution
    for (const order of orders.open()) this.restore(order.key)
    // A NEW that has left and is not recorded yet may execute as well.
    for (const { key, kind, asked } of inflight.values()) {
      if (kind === 'new' && asked !== null && orders.get(key) === undefined) this.restore(key)
    }
    this.#sumUnsent(work.queue.size)
  }

  /** NEW commands that have not left; what this step changed counts as changed. */
  #sumUnsent(queued: number): void {
    const { queue } = this.#state.execution.work
    const groups = queued === 0 ? 0 : this.#state.rates.rules.length
    for (let group = 0; group < groups; group++) {
      for (let node = queue.lane(group, 'new').head; node !== null; node = node.next) {
        const { key } = node.command
        if (!this.#overlay.isChanged(key) && !this.#works(key)) this.restore(key)
      }
    }
    for (let i = 0; i < this.#overlay.length; i++) {
      const command = this.#overlay.at(i)
      if (command && !this.#works(command.key)) this.restore(command.key)
    }
  }

  #works(key: OrderKey): boolean {
    const { orders, inflight } = this.#state.execution
    const order = orders.get(key)
    return order === undefined ? inflight.get(key)?.kind === 'new' : isOpen(order)
  }

  /** What the key could still execute and what it shows, into `#part`. */
  #weigh(key: OrderKey): void {
    const { orders, inflight } = this.#state.execution
    const order = orders.get(key)
    const pending = this.#overlay.get(key)
    if (order !== undefined && isOpen(order)) {
      const asked = inflight.get(key)?.asked ?? null
      this.#weighWorking(order, order.cumQty, order.leavesQty, pending, asked)
      return
    }
    const request = order === undefined ? inflight.get(key) : undefined
    if (request?.kind === 'new' && request.asked !== null) {
      const { asked } = request
      this.#weighWorking(asked, 0, asked.qty, pending, asked)
    } else if (pending?.sendAs === 'new') this.#part.of(pending, pending.qty, pending, pending.qty)
    else this.#part.clear()
  }

  /**
   * An order at work. A REPLACE that waits or is under way may raise what it can execute. A CANCEL
   * lowers nothing: until the Venue confirms it, the order may still fill and is still shown.
   */
  #weighWorking(
    order: OrderTerms,
    filled: QtyLots,
    leaves: QtyLots,
    pending: PendingCommand | undefined,
    asked: OrderTerms | null,
  ): void {
    const waits = pending?.kind === 'replace' ? pending.qty : 0
    const most = Math.max(leaves, waits - filled, (asked?.qty ?? 0) - filled)
    const waiting = pending === undefined || pending.kind === 'cancel' ? asked : pending
    const shown = waiting ?? order
    this.#part.of(order, most, shown, Math.max(0, shown.qty - filled))
  }

  #add(key: OrderKey, sign: 1 | -1): void {
    const { instrument, side, openQty, shown, shownQty } = this.#part
    if (shown === null) return
    const value = this.#state.needsQuoteValues ? this.#valueOf(shown, shownQty) : 0
    this.#addTo(0, instrument, side, openQty, shown.side, value, sign)
    const own = 1 + orderNamespace(key)
    if (own < this.#quotes.length) {
      this.#addTo(own, instrument, side, openQty, shown.side, value, sign)
    }
  }

  #addTo(
    scope: number,
    instrument: InstrumentIndex,
    side: Side,
    openQty: QtyLots,
    shownSide: Side,
    value: number,
    sign: 1 | -1,
  ): void {
    this.#openQty[this.#slot(scope, instrument, side)]! += sign * openQty
    this.#quotes[scope]! += sign
    if (Number.isNaN(value)) this.#unpriced[scope]! += sign
    else {
      this.#gross[scope]! += sign * value
      this.#net[scope]! += sign * shownSide * value
    }
  }

  #valueOf(terms: OrderTerms, qty: QtyLots): number {
    return terms.orderType === 'market'
      ? valueAtMid(this.#state, terms.instrument, qty)
      : this.#state.riskRules.valueAt(terms.instrument, terms.price, qty)
  }

  #slot(scope: number, instrument: InstrumentIndex, side: Side): number {
    return scope * this.#perScope + 2 * instrument + (side === BUY ? 0 : 1)
  }
}

/** One order's part of the sums. */
class Part {
  instrument: InstrumentIndex = 0
  side: Side = BUY
  openQty: QtyLots = 0
  /** What it shows as a quote; null where it asks for nothing. */
  shown: OrderTerms | null = null
  shownQty: QtyLots = 0

  of(order: OrderTerms, openQty: QtyLots, shown: OrderTerms, shownQty: QtyLots): void {
    this.instrument = order.instrument
    this.side = order.side
    this.openQty = openQty
    this.shown = shown
    this.shownQty = shownQty
  }

  clear(): void {
    this.shown = null
  }
}
