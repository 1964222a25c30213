import type { Intent } from '../intents.ts'
import { type OrderKey, type OrderTerms, orderCounter, orderNamespace } from '../orders.ts'
import type { State } from '../state/state.ts'
import type { PendingCommand } from './command.ts'
import { type Reconciled, reconcile } from './dominance.ts'

/** What became of an Intent; a command is the new effective one of its key. */
export type Taken =
  | Reconciled
  /** A NEW behind a CANCEL of this step that found nothing: the CANCEL still beats it. */
  | 'superseded'
  /** A NEW whose key was used before. */
  | 'duplicateOrderKey'

/** Up to here a scan of what the step changed is faster than an index. */
const SCANNED = 16

/**
 * What the Intents of one step make of the pending work, beside what is: Risk judges against one
 * overlay and admission fills another, so that both see the same in every case.
 *
 * Layout: the changed keys and their commands in order of change (null: gone; undefined: changed
 * again further on), with an index once there are many. Cost: what changes, not what is pending.
 */
export class PendingOverlay {
  nextSequence: number
  readonly #state: State
  /** The first `length` entries count; what stands behind them is of an earlier step. */
  readonly #keys: OrderKey[] = []
  readonly #commands: (PendingCommand | null | undefined)[] = []
  #length = 0
  #index: Map<OrderKey, number> | null = null
  /** Keys of NEW commands that this step took. */
  #used: Set<OrderKey> | null = null
  /** Keys whose CANCEL found nothing. */
  #withdrawn: Set<OrderKey> | null = null

  constructor(state: State) {
    this.#state = state
    this.nextSequence = state.execution.work.nextSequence
  }

  /** Forgets the step, for the next one. */
  reset(): void {
    this.nextSequence = this.#state.execution.work.nextSequence
    this.#length = 0
    this.#index = null
    this.#used = null
    this.#withdrawn = null
  }

  /** The effective command of a key as this step has it. */
  get(key: OrderKey): PendingCommand | undefined {
    const at = this.#find(key)
    if (at < 0) return this.#state.execution.work.queue.get(key)
    return this.#commands[at] ?? undefined
  }

  /**
   * Reconciles an Intent with what is pending for its key and keeps what comes of it. `sent` are
   * the terms that the key has at the Venue.
   */
  take(intent: Intent, pending: PendingCommand | undefined, sent: OrderTerms | undefined): Taken {
    const { key } = intent
    if (intent.type === 'intent.new') {
      if (this.#withdrawn?.has(key) === true) return 'superseded'
      // A NEW over its own pending NEW is a change; any other NEW needs a key never used.
      if (pending === undefined && !this.#claim(key, sent)) return 'duplicateOrderKey'
    }
    const result = reconcile(pending, intent, sent, this.nextSequence)
    if (typeof result === 'object') {
      this.#change(key, result)
      this.nextSequence++
    } else if (result === 'cancelsPending') this.#change(key, null)
    else if (result === 'noOrder' && intent.type === 'intent.cancel') {
      this.#withdrawn ??= new Set()
      this.#withdrawn.add(key)
    }
    return result
  }

  remove(key: OrderKey): void {
    this.#change(key, null)
  }

  /** Whether this step says something of its own about the key. */
  isChanged(key: OrderKey): boolean {
    return this.#length > 0 && this.#find(key) >= 0
  }

  /** Number of changes; {@link at} gives each, oldest first. */
  get length(): number {
    return this.#length
  }

  keyAt(i: number): OrderKey {
    return this.#keys[i]!
  }

  /** Null where the key has nothing pending any more; undefined where a later change counts. */
  at(i: number): PendingCommand | null | undefined {
    return this.#commands[i]
  }

  /** Keys that NEW commands of this step used. */
  used(): Iterable<OrderKey> {
    return this.#used ?? NO_KEYS
  }

  /**
   * Takes a key for a NEW; false when it was used before. "Ever used" is a high-water mark a
   * namespace, taken when a step ends, so that the keys of one step may come in any order. An
   * order that no NEW of this session made uses its key as well, wherever the mark stands.
   */
  #claim(key: OrderKey, sent: OrderTerms | undefined): boolean {
    if (sent !== undefined) return false
    const issued = this.#state.control.strategies[orderNamespace(key)]?.issued ?? 0
    if (orderCounter(key) <= issued || this.#used?.has(key) === true) return false
    this.#used ??= new Set()
    this.#used.add(key)
    return true
  }

  #change(key: OrderKey, command: PendingCommand | null): void {
    const before = this.#find(key)
    if (before >= 0) this.#commands[before] = undefined
    const last = this.#length++
    this.#keys[last] = key
    this.#commands[last] = command
    if (this.#index !== null) this.#index.set(key, last)
    else if (last >= SCANNED) this.#index = this.#indexed()
  }

  #indexed(): Map<OrderKey, number> {
    const index = new Map<OrderKey, number>()
    for (let i = 0; i < this.#length; i++) index.set(this.#keys[i]!, i)
    return index
  }

  #find(key: OrderKey): number {
    if (this.#index !== null) return this.#index.get(key) ?? -1
    for (let i = this.#length - 1; i >= 0; i--) if (this.#keys[i] === key) return i
    return -1
  }
}

const NO_KEYS: readonly OrderKey[] = []
