import type { PendingCommand } from '../commands/command.ts'
import type { CommandKind, Dispatch } from '../intents.ts'
import type { OrderKey } from '../orders.ts'
import type { RateClass } from '../state/execution-state.ts'
import { orderChart } from '../state/order-table.ts'
import type { State } from '../state/state.ts'
import type { Nanos } from '../units.ts'
import {
  hasToken,
  nextToken,
  type RateLevel,
  type RateRule,
  refill,
  takeToken,
} from './rate-capacity.ts'
import { invalidity } from './validity.ts'
import type { WorkDraft } from './work-draft.ts'

export type Release = {
  readonly dispatches: readonly Dispatch[]
  /** When some command that waits for the rate alone becomes sendable; null if there is none. */
  readonly rateDue: Nanos | null
}

/**
 * Queue Processing: what may leave now, and when to look again. Gates in order: validity, inflight,
 * ordering (CANCEL, REPLACE, NEW, then age), and the rate as a prefix of each class, so that an
 * exhausted order budget does not hold back cancels. Behind the first command that waits for the
 * rate a class is not looked at: what was valid there stays so until an Event about its order,
 * which is `touched`.
 */
export function release(state: State, draft: WorkDraft, touched: OrderKey | null): Release {
  closeInvalid(state, draft, touched)
  const dispatches: Dispatch[] = []
  const cancels = new ClassRelease(state, draft, 'cancels', dispatches)
  cancels.lane('cancel')
  const orders = new ClassRelease(state, draft, 'orders', dispatches)
  orders.lane('replace')
  orders.lane('new')
  const { rates } = draft
  if (cancels.level !== rates.cancels || orders.level !== rates.orders) {
    draft.rates = { orders: orders.level, cancels: cancels.level }
  }
  const due = Math.min(cancels.due, orders.due)
  return { dispatches, rateDue: due === Number.POSITIVE_INFINITY ? null : due }
}

/**
 * Gate of validity, for what can have become invalid: what this step admitted, and what waits for
 * the order that its Event was about.
 */
function closeInvalid(state: State, draft: WorkDraft, touched: OrderKey | null): void {
  const waiting = touched === null ? undefined : draft.get(touched)
  if (waiting !== undefined) closeIfInvalid(state, draft, waiting)
  for (const command of draft.changes()) {
    if (command !== null) closeIfInvalid(state, draft, command)
  }
}

function closeIfInvalid(state: State, draft: WorkDraft, command: PendingCommand): void {
  const reason = invalidity(state, command)
  if (reason === null) return
  draft.remove(command.key)
  draft.closures.push({ key: command.key, kind: command.kind, reason })
}

/** The release of one rate class: its capacity as it is used up, and when it allows more. */
class ClassRelease {
  level: RateLevel | null
  due: Nanos = Number.POSITIVE_INFINITY
  #isBlocked = false
  readonly #state: State
  readonly #draft: WorkDraft
  readonly #rule: RateRule | null
  readonly #dispatches: Dispatch[]

  constructor(state: State, draft: WorkDraft, rateClass: RateClass, dispatches: Dispatch[]) {
    this.#state = state
    this.#draft = draft
    this.#dispatches = dispatches
    this.#rule = state.rates[rateClass]
    const before = draft.rates[rateClass]
    const isLimited = this.#rule !== null && before !== null
    this.level = isLimited ? refill(this.#rule, before, state.control.clock) : null
  }

  /** Releases the commands sent as `kind`, those of earlier steps before those of this one. */
  lane(kind: CommandKind): void {
    const { queue } = this.#state.execution.work
    for (const command of queue.lane(kind).values()) {
      if (this.#isBlocked) return
      if (!this.#draft.isChanged(command.key)) this.#consider(command)
    }
    for (const command of this.#draft.changes()) {
      if (this.#isBlocked) return
      if (command !== null && command.sendAs === kind) this.#consider(command)
    }
  }

  #consider(command: PendingCommand): void {
    if (isHeld(this.#state, command)) return
    if (this.#rule !== null && this.level !== null) {
      if (!hasToken(this.#rule, this.level)) {
        this.#isBlocked = true
        this.due = nextToken(this.#rule, this.level) ?? Number.POSITIVE_INFINITY
        return
      }
      this.level = takeToken(this.#rule, this.level)
    }
    this.#draft.remove(command.key)
    this.#dispatches.push(dispatchOf(this.#state, command))
  }
}

/** Whether the key's slot is taken, or its order is not acknowledged yet. */
function isHeld(state: State, command: PendingCommand): boolean {
  const { orders, inflight } = state.execution
  const request = inflight.get(command.key)
  if (request === undefined) {
    if (command.sendAs !== 'replace') return false
    return orders.get(command.key)?.status === orderChart.state.submitted
  }
  const excepted = state.configuration.control.cancelsPassInflight && command.sendAs === 'cancel'
  return !excepted || request.kind === 'cancel' || orders.get(command.key) === undefined
}

function dispatchOf(state: State, command: PendingCommand): Dispatch {
  const order = state.execution.orders.get(command.key)
  const terms = command.sendAs === 'new' || order === undefined ? command : order
  const keeps = command.sendAs === 'cancel'
  return {
    kind: command.sendAs,
    key: command.key,
    instrument: terms.instrument,
    side: terms.side,
    orderType: terms.orderType,
    timeInForce: terms.timeInForce,
    price: keeps ? terms.price : command.price,
    qty: keeps ? terms.qty : command.qty,
    sequence: command.sequence,
  }
}
