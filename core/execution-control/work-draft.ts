import type { Closure, ClosureReason } from '../commands/closure.ts'
import { PendingOverlay } from '../commands/pending-overlay.ts'
import type { Allowed, CommandKind } from '../intents.ts'
import { type OrderKey, orderCounter, orderNamespace } from '../orders.ts'
import type { RateLevels } from '../rules/rate-rules.ts'
import type { State } from '../state/state.ts'

/** What has entries gets a list of its own; frozen, so that no step can write to what all share. */
const NONE = Object.freeze([]) as readonly never[] as never[]

/**
 * Execution Control's work of one step under construction: what it would change, beside what is.
 * It is committed last, so a failure on the way leaves State untouched; the Core keeps one and
 * begins it anew for each step. Its overlay may be one that Risk has filled before.
 */
export class WorkDraft {
  readonly pending: PendingOverlay
  closures: Closure[] = NONE
  /** By rate group; replaced as a whole when one changes. */
  rates: readonly RateLevels[]
  /** Whether what Risk had reconciled was taken up, all of it. */
  #isAdopted = false
  readonly #state: State

  constructor(state: State, pending: PendingOverlay = new PendingOverlay(state)) {
    this.#state = state
    this.pending = pending
    this.rates = state.execution.work.rates
  }

  /** Starts a step that admits `intents`: all else is forgotten, a step that Risk failed in too. */
  begin(intents: readonly Allowed[] = NONE): this {
    this.#isAdopted = this.pending.hasTaken(intents)
    if (!this.#isAdopted) this.pending.reset()
    this.closures = NONE
    this.rates = this.#state.execution.work.rates
    return this
  }

  /** Whether the step leaves pending exactly what Risk allowed in it, beside what was. */
  get isAsJudged(): boolean {
    return this.#isAdopted && !this.pending.hasRemoved
  }

  /** Notes that allowed work ended without leaving. */
  close(key: OrderKey, kind: CommandKind, reason: ClosureReason): void {
    const closure: Closure = { key, kind, reason }
    if (this.closures === NONE) this.closures = [closure]
    else this.closures.push(closure)
  }

  /** Writes the changes into State. */
  commit(): void {
    const { execution, control } = this.#state
    const { work } = execution
    const { pending } = this
    for (let i = 0; i < pending.length; i++) {
      const slot = pending.slotAt(i)
      if (slot === undefined) continue
      if (slot.command === undefined) work.queue.delete(slot.key)
      else work.queue.put(slot.command, slot.node)
    }
    work.rates = this.rates
    work.nextSequence = pending.nextSequence
    if (pending.used === null) return
    for (const key of pending.used) {
      const slot = control.strategies[orderNamespace(key)]
      if (slot !== undefined) slot.issued = Math.max(slot.issued, orderCounter(key))
    }
  }
}
