import { COMMAND_KINDS, type PendingCommand } from '../commands/command.ts'
import type { CommandKind } from '../intents.ts'
import type { OrderKey } from '../orders.ts'

/**
 * The Queue: at most one effective command a key, in the order of Queue Processing.
 *
 * Layout: one lane for each kind of request, each in order of admission (a Map keeps the order of
 * insertion, and a superseding command is inserted anew), and an index by key over all of them.
 * Cost: a few map operations a change; nothing is sorted or copied however much is pending.
 */
export class PendingQueue {
  readonly #byKey = new Map<OrderKey, PendingCommand>()
  readonly #lanes: { readonly [K in CommandKind]: Map<OrderKey, PendingCommand> } = {
    cancel: new Map(),
    replace: new Map(),
    new: new Map(),
  }

  get size(): number {
    return this.#byKey.size
  }

  get(key: OrderKey): PendingCommand | undefined {
    return this.#byKey.get(key)
  }

  has(key: OrderKey): boolean {
    return this.#byKey.has(key)
  }

  /** Commands that are sent as `kind`, oldest first. */
  lane(kind: CommandKind): ReadonlyMap<OrderKey, PendingCommand> {
    return this.#lanes[kind]
  }

  /** Every command in the order of Queue Processing: CANCEL, REPLACE, NEW, then age. */
  *values(): IterableIterator<PendingCommand> {
    for (const kind of COMMAND_KINDS) yield* this.#lanes[kind].values()
  }

  /** Makes `command` the effective one of its key, behind all others of its lane. */
  put(command: PendingCommand): void {
    this.delete(command.key)
    this.#byKey.set(command.key, command)
    this.#lanes[command.sendAs].set(command.key, command)
  }

  delete(key: OrderKey): void {
    const command = this.#byKey.get(key)
    if (command === undefined) return
    this.#byKey.delete(key)
    this.#lanes[command.sendAs].delete(key)
  }
}
