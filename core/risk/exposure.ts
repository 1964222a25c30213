import type { InflightRequest, PendingCommand } from '../commands/command.ts'
import { isOpen } from '../commands/dominance.ts'
import type { KeySlot } from '../commands/key-slot.ts'
import { PendingOverlay, type TakenIntent } from '../commands/pending-overlay.ts'
import type { Intent } from '../intents.ts'
import type { OrderKey, OrderTerms } from '../orders.ts'
import type { Order } from '../state/order-table.ts'
import type { State } from '../state/state.ts'
import { orderValue } from '../state/valuation.ts'
import type { QtyLots } from '../units.ts'
import { ExposureSums } from './exposure-sums.ts'

/**
 * The exposure that Risk judges against, local to one step: open orders, with what is pending and
 * what was allowed earlier in the step folded in by the overlay that admission goes on with.
 *
 * It is turned to one order at a time. The sums are taken at the first judgement that needs them,
 * over everything open but the order judged; a later one's own part is taken out to judge it. What
 * was out is put back as it is then, so they go on to the next step where nothing else has changed.
 * Cost: one look at each open order where the sums are taken, and three look-ups a key.
 */
export class Exposure {
  readonly #state: State
  /** Where what was allowed is reconciled. */
  readonly overlay: PendingOverlay
  /** Of everything open but what is taken out; whole once something was judged. */
  readonly sums: ExposureSums
  #isSummed = false
  /** Whether a part of the sums moves with the market: a market order is valued at the mid. */
  #isAtMid = false
  #isOut = false
  #needsValues = false
  /** Allowed last; it enters the sums when somebody is judged after it. */
  #allowed: TakenIntent | null = null

  constructor(state: State) {
    this.#state = state
    this.overlay = new PendingOverlay(state)
    this.sums = new ExposureSums(state)
  }

  /** Forgets the step, for the next one; `isKept` says that State is as this one left it. */
  reset(isKept: boolean): void {
    if (isKept && this.#isSummed) this.#turnAway()
    this.#isSummed = isKept && this.#isSummed && !this.#isAtMid && this.sums.isExact
    this.#allowed = null
    this.overlay.reset()
  }

  /** Turns to one order, and gives what there is of it. */
  turnTo(key: OrderKey): KeySlot {
    this.#turnAway()
    return this.overlay.slot(key)
  }

  /** Makes the sums whole again. */
  #turnAway(): void {
    if (this.#allowed !== null) this.#fold(this.#allowed)
    this.#allowed = null
    this.#isOut = false
  }

  /** Takes it out of the sums, so that it can be judged against everything else. */
  takeOut(slot: KeySlot): void {
    if (this.#isSummed) this.#weigh(-1, slot.order, slot.request, slot.command)
    else this.#sum(slot.key)
    this.#isOut = true
  }

  /** Puts it back as it was, after a denial. */
  putBack(slot: KeySlot): void {
    if (this.#isOut) this.#weigh(1, slot.order, slot.request, slot.command)
  }

  /** Reconciles an allowed Intent about it, for those judged after it and for admission. */
  allow(slot: KeySlot, intent: Intent): void {
    this.#allowed = this.overlay.take(slot, intent)
  }

  #fold({ slot, before }: TakenIntent): void {
    if (!this.#isSummed) return
    if (!this.#isOut) this.#weigh(-1, slot.order, slot.request, before)
    this.#weigh(1, slot.order, slot.request, slot.command)
  }

  /** Sums everything but one key, which is out from the start. */
  #sum(except: OrderKey): void {
    this.#isSummed = true
    this.#isAtMid = false
    this.#needsValues = this.#state.needsQuoteValues
    this.sums.clear()
    const { execution } = this.#state
    for (const order of execution.orders.open()) {
      const { key } = order
      if (key !== except) this.#weigh(1, order, execution.request(key), this.overlay.get(key))
    }
    if (execution.inflight.size > 0) this.#sumSent(except)
    if (this.#state.execution.work.queue.size > 0) this.#sumWaiting(except)
    for (let i = 0; i < this.overlay.length; i++) {
      const command = this.overlay.at(i)
      if (command !== undefined && command.key !== except) this.#addUnsent(command)
    }
  }

  /** A NEW that has left and is not recorded yet may execute as well. */
  #sumSent(except: OrderKey): void {
    for (const request of this.#state.execution.inflight.values()) {
      if (request.kind !== 'new' || request.asked === null || request.key === except) continue
      this.#weigh(1, undefined, request, this.overlay.get(request.key))
    }
  }

  /** NEW commands of earlier steps; what this step changed is in the overlay. */
  #sumWaiting(except: OrderKey): void {
    const { queue } = this.#state.execution.work
    for (let group = 0; group < this.#state.rates.rules.length; group++) {
      for (let node = queue.lane(group, 'new').head; node !== null; node = node.next) {
        const { command } = node
        if (command.key !== except && !this.overlay.isChanged(command.key)) {
          this.#addUnsent(command)
        }
      }
    }
  }

  #addUnsent(command: PendingCommand): void {
    if (command.sendAs !== 'new') return
    const { orders, inflight } = this.#state.execution
    const order = orders.get(command.key)
    const works = order === undefined ? inflight.get(command.key)?.kind === 'new' : isOpen(order)
    if (!works) this.#add(1, command, command.qty, command, command.qty)
  }

  /** Adds or takes away what an order could still execute and what it shows. */
  #weigh(
    sign: 1 | -1,
    order: Order | undefined,
    request: InflightRequest | undefined,
    pending: PendingCommand | undefined,
  ): void {
    const asked = request?.asked ?? null
    if (order !== undefined && isOpen(order)) {
      this.#weighWorking(sign, order, order.cumQty, order.leavesQty, pending, asked)
    } else if (order === undefined && asked !== null && request!.kind === 'new') {
      this.#weighWorking(sign, asked, 0, asked.qty, pending, asked)
    } else if (pending?.sendAs === 'new')
      this.#add(sign, pending, pending.qty, pending, pending.qty)
  }

  /**
   * An order at work. A REPLACE that waits or is under way may raise what it can execute. A CANCEL
   * lowers nothing: until the Venue confirms it, the order may still fill and is still shown.
   */
  #weighWorking(
    sign: 1 | -1,
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
    this.#add(sign, order, most, shown, Math.max(0, shown.qty - filled))
  }

  #add(
    sign: 1 | -1,
    { key, instrument, side }: OrderTerms,
    openQty: QtyLots,
    shown: OrderTerms,
    shownQty: QtyLots,
  ): void {
    if (shown.orderType === 'market') this.#isAtMid = true
    const value = this.#needsValues
      ? orderValue(this.#state, shown.orderType, shown.instrument, shown.price, shownQty)
      : 0
    this.sums.add(key, instrument, side, openQty, shown.side, value, sign)
  }
}
