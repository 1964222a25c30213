import { COMMAND_KINDS, type PendingCommand } from '../commands/command.ts'
import type { CommandKind } from '../intents.ts'
import type { OrderKey } from '../orders.ts'

/** A place in a lane: commands of one rate group and kind, in order of admission. */
export type LaneNode = {
  command: PendingCommand
  lane: Lane
  previous: LaneNode | null
  next: LaneNode | null
}

/** What is sent as one kind within one rate group, oldest first. */
export type Lane = { head: LaneNode | null; tail: LaneNode | null }

/**
 * The Queue: at most one effective command a key, in the order of Queue Processing.
 *
 * Layout: for each rate group one lane for each kind of request, a list linked through its nodes,
 * and an index of the nodes by key. A superseding command goes to the end of its lane.
 * Cost: one look-up and a few pointers a change; nothing is sorted or copied however much is
 * pending. Order: group, then CANCEL, REPLACE, NEW, then age.
 */
export class PendingQueue {
  readonly #nodes = new Map<OrderKey, LaneNode>()
  /** By rate group, then in the order of {@link COMMAND_KINDS}. */
  readonly #lanes: Lane[][] = []
  readonly #groupOf: readonly number[]

  /** `groupOf` gives the rate group of each instrument. */
  constructor(groupOf: readonly number[]) {
    this.#groupOf = groupOf
    for (let group = 0; group <= Math.max(0, ...groupOf); group++) {
      this.#lanes.push(COMMAND_KINDS.map(emptyLane))
    }
  }

  get size(): number {
    return this.#nodes.size
  }

  get(key: OrderKey): PendingCommand | undefined {
    return this.#nodes.get(key)?.command
  }

  /** Where the command of a key stands; for who will {@link put} another one in its place. */
  node(key: OrderKey): LaneNode | undefined {
    return this.#nodes.get(key)
  }

  has(key: OrderKey): boolean {
    return this.#nodes.has(key)
  }

  /** Commands of a rate group that are sent as `kind`, oldest first. */
  lane(group: number, kind: CommandKind): Lane {
    return this.#lanes[group]![place(kind)]!
  }

  /** Every command in the order of Queue Processing. */
  *values(): IterableIterator<PendingCommand> {
    for (const lanes of this.#lanes) {
      for (const { head } of lanes) {
        for (let node = head; node !== null; node = node.next) yield node.command
      }
    }
  }

  /** Makes `command` the effective one of its key, behind all others of its lane. */
  put(command: PendingCommand, node = this.node(command.key)): void {
    const lane = this.#laneOf(command)
    if (node === undefined) {
      this.#nodes.set(command.key, append(lane, command))
      return
    }
    unlink(node)
    node.command = command
    link(lane, node)
  }

  delete(key: OrderKey): void {
    const node = this.#nodes.get(key)
    if (node === undefined) return
    unlink(node)
    this.#nodes.delete(key)
  }

  #laneOf({ instrument, sendAs }: PendingCommand): Lane {
    return this.lane(this.#groupOf[instrument]!, sendAs)
  }
}

/** Comparisons, because a look-up by a text that varies is a call. */
const place = (kind: CommandKind): number => (kind === 'cancel' ? 0 : kind === 'replace' ? 1 : 2)

const emptyLane = (): Lane => ({ head: null, tail: null })

function append(lane: Lane, command: PendingCommand): LaneNode {
  const node: LaneNode = { command, lane, previous: null, next: null }
  link(lane, node)
  return node
}

function link(lane: Lane, node: LaneNode): void {
  node.lane = lane
  node.previous = lane.tail
  node.next = null
  if (lane.tail === null) lane.head = node
  else lane.tail.next = node
  lane.tail = node
}

function unlink({ lane, previous, next }: LaneNode): void {
  if (previous === null) lane.head = next
  else previous.next = next
  if (next === null) lane.tail = previous
  else next.previous = previous
}
