import type { InflightRequest, PendingCommand } from '../commands/command.ts'
import type { KeySlot } from '../commands/key-slot.ts'
import type { CommandKind, Dispatch } from '../intents.ts'
import type { OrderKey } from '../orders.ts'
import {
  hasToken,
  nextToken,
  type RateClass,
  type RateLevel,
  type RateRule,
  tokensAt,
} from '../rules/rate-rules.ts'
import { type Order, orderChart } from '../state/order-table.ts'
import type { State } from '../state/state.ts'
import type { Nanos } from '../units.ts'
import { invalidity } from './validity.ts'
import type { WorkDraft } from './work-draft.ts'

export type Release = {
  readonly dispatches: readonly Dispatch[]
  /** When some command that waits for the rate alone becomes sendable; null if there is none. */
  readonly rateDue: Nanos | null
}

/** Frozen, so that no step can write to what all share. */
const NONE = Object.freeze([]) as readonly never[] as never[]

/** Default order of leaving, by the class that pays. */
const CANCELS: readonly CommandKind[] = ['cancel']
const ORDERS: readonly CommandKind[] = ['replace', 'new']

/**
 * Queue Processing: what may leave now, and when to look again. Gates in order: validity, inflight,
 * ordering (CANCEL, REPLACE, NEW, then age), and the rate as a prefix of each class of each group,
 * so that an exhausted order budget does not hold back cancels, nor one instrument another that has
 * a rate of its own. Behind the first command that waits for the rate a class is not looked at:
 * what was valid there stays so until an Event about its order, which is `touched`.
 */
export function release(state: State, draft: WorkDraft, touched: OrderKey | null): Release {
  closeInvalid(draft, touched)
  const classes = new ClassRelease(state, draft)
  const groups = state.rates.rules.length
  for (let group = 0; group < groups; group++) classes.run(group, 'cancels', CANCELS)
  for (let group = 0; group < groups; group++) classes.run(group, 'orders', ORDERS)
  if (groups > 1) classes.dispatches.sort(inOrder)
  return classes
}

const RANK = { cancel: 0, replace: 1, new: 2 } as const

const inOrder = (a: Dispatch, b: Dispatch): number =>
  RANK[a.kind] - RANK[b.kind] || a.sequence - b.sequence

/**
 * Gate of validity, for what can have become invalid: what this step admitted, and what waits for
 * the order that its Event was about.
 */
function closeInvalid(draft: WorkDraft, touched: OrderKey | null): void {
  const { pending } = draft
  const waiting = touched === null ? undefined : pending.get(touched)
  if (waiting !== undefined) closeIfInvalid(draft, pending.slot(waiting.key))
  // Closing one adds a change without a command.
  for (let i = 0; i < pending.length; i++) {
    const slot = pending.slotAt(i)
    if (slot !== undefined) closeIfInvalid(draft, slot)
  }
}

function closeIfInvalid(draft: WorkDraft, slot: KeySlot): void {
  const { key, command, order, request } = slot
  if (command === undefined) return
  const reason = invalidity(command, order, request)
  if (reason === null) return
  draft.pending.remove(slot)
  draft.close(key, command.kind, reason)
}

/** Releases one rate class of one group after the other, and keeps when to look again. */
class ClassRelease implements Release {
  dispatches: Dispatch[] = NONE
  rateDue: Nanos | null = null
  readonly #state: State
  readonly #draft: WorkDraft
  #rule: RateRule | null = null
  #tokens = 0
  #isBlocked = false

  constructor(state: State, draft: WorkDraft) {
    this.#state = state
    this.#draft = draft
  }

  run(group: number, rateClass: RateClass, kinds: readonly CommandKind[]): void {
    const isOrders = rateClass === 'orders'
    const rules = this.#state.rates.rules[group]!
    const rule = isOrders ? rules.orders : rules.cancels
    const { clock } = this.#state.control
    this.#rule = rule
    const levels = this.#draft.rates[group]!
    // There is a level wherever there is a rule.
    const level = isOrders ? levels.orders! : levels.cancels!
    const before = rule === null ? 0 : tokensAt(rule, level, clock)
    this.#tokens = before
    this.#isBlocked = false
    for (let i = 0; i < kinds.length && !this.#isBlocked; i++) this.#lane(group, kinds[i]!)
    if (this.#tokens === before) return
    this.#keep(group, isOrders, { tokens: this.#tokens, time: clock })
  }

  /** Releases the commands sent as `kind`, those of earlier steps before those of this one. */
  #lane(group: number, kind: CommandKind): void {
    const { rates, execution } = this.#state
    const { pending } = this.#draft
    let node = execution.work.queue.lane(group, kind).head
    for (; node !== null && !this.#isBlocked; node = node.next) {
      const { command } = node
      const { key } = command
      if (pending.isChanged(key)) continue
      this.#consider(command, execution.orders.get(key), execution.inflight.get(key))
    }
    // What is released on the way adds a change without a command.
    for (let i = 0; i < pending.length && !this.#isBlocked; i++) {
      const slot = pending.slotAt(i)
      const command = slot?.command
      if (command === undefined || command.sendAs !== kind) continue
      if (rates.groupOf[command.instrument] !== group) continue
      this.#consider(command, slot!.order, slot!.request)
    }
  }

  #consider(
    command: PendingCommand,
    order: Order | undefined,
    request: InflightRequest | undefined,
  ): void {
    if (isHeld(this.#state, command, order, request)) return
    if (this.#rule !== null) {
      if (!hasToken(this.#rule, this.#tokens)) return this.#block(this.#rule)
      this.#tokens -= this.#rule.cost
    }
    const { pending } = this.#draft
    pending.remove(pending.slot(command.key))
    const dispatch = dispatchOf(command, order)
    if (this.dispatches === NONE) this.dispatches = [dispatch]
    else this.dispatches.push(dispatch)
  }

  #block(rule: RateRule): void {
    this.#isBlocked = true
    const due = nextToken(rule, this.#tokens, this.#state.control.clock)
    if (due !== null && (this.rateDue === null || due < this.rateDue)) this.rateDue = due
  }

  #keep(group: number, isOrders: boolean, level: RateLevel): void {
    const rates = this.#draft.rates.slice()
    const { orders, cancels } = rates[group]!
    // Written out, so that all levels have one shape.
    rates[group] = isOrders ? { orders: level, cancels } : { orders, cancels: level }
    this.#draft.rates = rates
  }
}

/** Whether the key's slot is taken, or its order is not acknowledged yet. */
function isHeld(
  state: State,
  { sendAs }: PendingCommand,
  order: Order | undefined,
  request: InflightRequest | undefined,
): boolean {
  if (request === undefined) {
    return sendAs === 'replace' && order?.status === orderChart.state.submitted
  }
  const excepted = state.configuration.control.cancelsPassInflight && sendAs === 'cancel'
  return !excepted || request.kind === 'cancel' || order === undefined
}

/** A command carries its order's terms; of a cancel, price and quantity are what the order has now. */
function dispatchOf(command: PendingCommand, order: Order | undefined): Dispatch {
  const { sendAs: kind, key, instrument, side, orderType, timeInForce, sequence } = command
  const { price, qty } = kind === 'cancel' && order !== undefined ? order : command
  return { kind, key, instrument, side, orderType, timeInForce, price, qty, sequence }
}
