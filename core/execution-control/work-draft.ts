import type { PendingCommand } from '../commands/command.ts'
import { type OrderKey, orderCounter, orderNamespace } from '../orders.ts'
import type { RateLevels } from '../state/execution-state.ts'
import type { State } from '../state/state.ts'
import type { Closure } from '../step-result.ts'

/**
 * Execution Control's work of one step under construction: what it would change, beside what is.
 * It is committed last, so a failure on the way leaves State untouched; its cost is what changes,
 * not what is pending.
 */
export class WorkDraft {
  readonly #state: State
  /** By key, the new effective command, or null where it is gone; in order of admission. */
  readonly #changes = new Map<OrderKey, PendingCommand | null>()
  readonly closures: Closure[] = []
  /** Keys of NEW commands that this step admitted. */
  readonly #used = new Set<OrderKey>()
  /** Keys whose CANCEL found nothing: it still beats a NEW that follows it in this step. */
  readonly #withdrawn = new Set<OrderKey>()
  nextSequence: number
  rates: RateLevels

  constructor(state: State) {
    this.#state = state
    this.nextSequence = state.execution.work.nextSequence
    this.rates = state.execution.work.rates
  }

  get(key: OrderKey): PendingCommand | undefined {
    const changed = this.#changes.get(key)
    if (changed !== undefined) return changed ?? undefined
    return this.#state.execution.work.queue.get(key)
  }

  /** Makes `command` effective, behind everything admitted before. */
  put(command: PendingCommand): void {
    this.#changes.delete(command.key)
    this.#changes.set(command.key, command)
  }

  remove(key: OrderKey): void {
    this.#changes.set(key, null)
  }

  /** Whether this step says something of its own about the key. */
  isChanged(key: OrderKey): boolean {
    return this.#changes.size > 0 && this.#changes.has(key)
  }

  /** What this step admitted (null: withdrawn), oldest first. */
  changes(): Iterable<PendingCommand | null> {
    return this.#changes.values()
  }

  /** Whether a CANCEL of this step found nothing to cancel. */
  isWithdrawn(key: OrderKey): boolean {
    return this.#withdrawn.size > 0 && this.#withdrawn.has(key)
  }

  withdraw(key: OrderKey): void {
    this.#withdrawn.add(key)
  }

  /**
   * Takes a key for a NEW; false when it was used before. "Ever used" is a high-water mark a
   * namespace, taken when a step ends, so that the keys of one step may come in any order. An
   * order that no NEW of this session made uses its key as well, wherever the mark stands.
   */
  claim(key: OrderKey): boolean {
    if (this.#state.execution.termsOf(key) !== undefined) return false
    const issued = this.#state.control.strategies[orderNamespace(key)]?.issued ?? 0
    if (orderCounter(key) <= issued || this.#used.has(key)) return false
    this.#used.add(key)
    return true
  }

  /** Writes the changes into State. */
  commit(): void {
    const { execution, control } = this.#state
    const { queue } = execution.work
    for (const [key, command] of this.#changes) {
      if (command === null) queue.delete(key)
      else queue.put(command)
    }
    execution.work = { queue, rates: this.rates, nextSequence: this.nextSequence }
    for (const key of this.#used) {
      const slot = control.strategies[orderNamespace(key)]
      if (slot !== undefined) slot.issued = Math.max(slot.issued, orderCounter(key))
    }
  }
}
