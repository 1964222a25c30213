import type { Intent } from '../intents.ts'
import { type OrderKey, orderCounter, orderNamespace } from '../orders.ts'
import type { State } from '../state/state.ts'
import type { PendingCommand } from './command.ts'
import { type Reconciled, reconcile } from './dominance.ts'
import { KeySlot } from './key-slot.ts'

/** What became of an Intent; a command is the new effective one of its key. */
export type Taken =
  | Reconciled
  /** A NEW behind a CANCEL of this step that found nothing: the CANCEL still beats it. */
  | 'superseded'
  /** A NEW whose key was used before. */
  | 'duplicateOrderKey'

/** An Intent of the step, what its key had pending before it, and what became of it. */
export type TakenIntent = {
  readonly intent: Intent
  readonly slot: KeySlot
  readonly before: PendingCommand | undefined
  readonly result: Taken
}

/** Up to here a scan of the keys that the step looked at is faster than an index. */
const SCANNED = 16
/** A change after which the same key was changed again. */
const REPLACED = -1

/**
 * What the Intents of one step make of the pending work, beside what is. Risk judges against it and
 * fills it with what it allows, and admission goes on with the same, so that both see the same in
 * every case and an Intent is reconciled once.
 *
 * Layout: a slot for each key that was looked at, with an index once there are many, and the
 * changed slots in order of change. Cost: what the step looks at, not what is pending.
 */
export class PendingOverlay {
  nextSequence: number
  readonly #state: State
  /**
   * Of these three the first entries count; what stands behind them is of an earlier step. Changes
   * are places of slots, because a list that lives on pays for each new object that it is given.
   */
  readonly #slots: KeySlot[] = []
  readonly #changes: number[] = []
  readonly #taken: TakenIntent[] = []
  #slotCount = 0
  #length = 0
  #takenCount = 0
  #hasRemoved = false
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
    this.#slotCount = 0
    this.#length = 0
    this.#takenCount = 0
    this.#hasRemoved = false
    this.#index = null
    this.#used = null
    this.#withdrawn = null
  }

  /** All there is of a key; looked up at the first question of a step. */
  slot(key: OrderKey): KeySlot {
    const found = this.#find(key)
    if (found >= 0) return this.#slots[found]!
    const last = this.#slotCount++
    const slot = new KeySlot(this.#state, key, last)
    this.#slots[last] = slot
    if (this.#index !== null) this.#index.set(key, last)
    else if (last >= SCANNED) this.#index = this.#indexed()
    return slot
  }

  /** The effective command of a key as this step has it, for a key that may need no slot. */
  get(key: OrderKey): PendingCommand | undefined {
    const found = this.#find(key)
    return found < 0 ? this.#state.execution.work.queue.get(key) : this.#slots[found]!.command
  }

  /** Reconciles an Intent with what is pending for its key and keeps what comes of it. */
  take(slot: KeySlot, intent: Intent): TakenIntent {
    const before = slot.command
    const result = this.#reconcile(slot, intent)
    if (typeof result === 'object') {
      this.#change(slot, result)
      this.nextSequence++
    } else if (result === 'cancelsPending') this.#change(slot, undefined)
    else if (result === 'noOrder' && intent.type === 'intent.cancel') {
      this.#withdrawn ??= new Set()
      this.#withdrawn.add(slot.key)
    }
    const taken: TakenIntent = { intent, slot, before, result }
    this.#taken[this.#takenCount++] = taken
    return taken
  }

  /** Whether the Intents that the step took are these and no others. */
  hasTaken(intents: readonly Intent[]): boolean {
    if (intents.length === 0 || intents.length !== this.#takenCount) return false
    for (let i = 0; i < intents.length; i++) {
      if (this.#taken[i]!.intent !== intents[i]) return false
    }
    return true
  }

  /** The i-th Intent that the step took; undefined past the last. */
  takenAt(i: number): TakenIntent | undefined {
    return i < this.#takenCount ? this.#taken[i] : undefined
  }

  /** Takes the effective command away: it leaves, or is closed. */
  remove(slot: KeySlot): void {
    this.#hasRemoved = true
    this.#change(slot, undefined)
  }

  get hasRemoved(): boolean {
    return this.#hasRemoved
  }

  /** Whether this step says something of its own about the key. */
  isChanged(key: OrderKey): boolean {
    if (this.#length === 0) return false
    const found = this.#find(key)
    return found >= 0 && this.#slots[found]!.changedAt >= 0
  }

  /** Number of changes; {@link slotAt} gives each, oldest first. */
  get length(): number {
    return this.#length
  }

  /** A changed slot; undefined where a later change of it counts. */
  slotAt(i: number): KeySlot | undefined {
    const place = i < this.#length ? this.#changes[i]! : REPLACED
    return place === REPLACED ? undefined : this.#slots[place]
  }

  /** What a change made effective; undefined where that is nothing, or a later change counts. */
  at(i: number): PendingCommand | undefined {
    return this.slotAt(i)?.command
  }

  /** Keys that NEW commands of this step used; null where there are none. */
  get used(): ReadonlySet<OrderKey> | null {
    return this.#used
  }

  #reconcile(slot: KeySlot, intent: Intent): Taken {
    const { key, command, sent } = slot
    if (intent.type === 'intent.new') {
      if (this.#withdrawn?.has(key) === true) return 'superseded'
      // A NEW over its own pending NEW is a change; any other NEW needs a key never used.
      if (command === undefined && !this.#claim(slot)) return 'duplicateOrderKey'
    }
    return reconcile(command, intent, sent, this.nextSequence)
  }

  /**
   * Takes a key for a NEW; false when it was used before. "Ever used" is a high-water mark a
   * namespace, taken when a step ends, so that the keys of one step may come in any order. An
   * order that no NEW of this session made uses its key as well, wherever the mark stands.
   */
  #claim({ key, sent }: KeySlot): boolean {
    if (sent !== undefined) return false
    const issued = this.#state.control.strategies[orderNamespace(key)]?.issued ?? 0
    if (orderCounter(key) <= issued || this.#used?.has(key) === true) return false
    this.#used ??= new Set()
    this.#used.add(key)
    return true
  }

  #change(slot: KeySlot, command: PendingCommand | undefined): void {
    if (slot.changedAt >= 0) this.#changes[slot.changedAt] = REPLACED
    slot.command = command
    slot.changedAt = this.#length++
    this.#changes[slot.changedAt] = slot.place
  }

  #indexed(): Map<OrderKey, number> {
    const index = new Map<OrderKey, number>()
    for (let i = 0; i < this.#slotCount; i++) index.set(this.#slots[i]!.key, i)
    return index
  }

  #find(key: OrderKey): number {
    if (this.#index !== null) return this.#index.get(key) ?? -1
    for (let i = this.#slotCount - 1; i >= 0; i--) if (this.#slots[i]!.key === key) return i
    return -1
  }
}
