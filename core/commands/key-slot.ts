import type { OrderKey, OrderTerms } from '../orders.ts'
import type { Order } from '../state/order-table.ts'
import type { LaneNode } from '../state/pending-queue.ts'
import type { State } from '../state/state.ts'
import type { InflightRequest, PendingCommand } from './command.ts'

/**
 * One order key while a step decides: what State says of it, looked up once, and the command that
 * the step makes effective. State stands still from reduction to commit, so it holds until then.
 */
export class KeySlot {
  readonly key: OrderKey
  /** Its place among the slots of the step. */
  readonly place: number
  readonly order: Order | undefined
  readonly request: InflightRequest | undefined
  /** Where the queue holds the command that State has of the key. */
  readonly node: LaneNode | undefined
  /** The effective command as the step has it; `PendingOverlay` alone changes it. */
  command: PendingCommand | undefined
  /** Place of its latest change among those of the step; -1 while it is as State says. */
  changedAt = -1

  constructor(state: State, key: OrderKey, place: number) {
    const { execution } = state
    this.key = key
    this.place = place
    this.order = execution.orders.get(key)
    this.request = execution.request(key)
    this.node = execution.work.queue.node(key)
    this.command = this.node?.command
  }

  /**
   * Terms that the key has at the Venue as far as is known: those of its Order, or of a NEW that
   * has left and is not recorded yet.
   */
  get sent(): OrderTerms | undefined {
    return this.order ?? this.request?.asked ?? undefined
  }
}
