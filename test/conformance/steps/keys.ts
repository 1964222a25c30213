import { type OrderKey, orderKey, type State } from '@escapement/core'
import { isOpen } from '../../../core/commands/dominance.ts'

export type OrderName = { readonly instrument: string; readonly id: string }

/** Order ids of a vector as keys of ours. Ids are reused; a key is not, so an id has generations. */
export class Keys {
  readonly #state: () => State
  readonly #generations = new Map<string, OrderKey[]>()
  readonly #names = new Map<OrderKey, OrderName>()
  #counter = 0
  /** Keys that this step's Intents have named: a NEW among them means the same order. */
  readonly #asked = new Set<OrderKey>()

  constructor(state: () => State) {
    this.#state = state
  }

  nameOf(key: OrderKey): OrderName {
    return this.#names.get(key)!
  }

  startStep(): void {
    this.#asked.clear()
  }

  /** A NEW meets whatever is alive under its id; else it opens the next generation. */
  forNew(name: OrderName): OrderKey {
    const key = this.#current(name)
    const alive = key !== undefined && (this.#asked.has(key) || this.#isAlive(key))
    const chosen = alive ? key : this.#fresh(name)
    this.#asked.add(chosen)
    return chosen
  }

  forChange(name: OrderName): OrderKey {
    const key = this.#current(name) ?? this.#fresh(name)
    this.#asked.add(key)
    return key
  }

  /** A submission record continues what was dispatched or is open; an ended order is not reopened. */
  forSubmission(name: OrderName): OrderKey {
    const key = this.#current(name)
    const order = key === undefined ? undefined : this.#state().execution.orders.get(key)
    return key !== undefined && (order === undefined || isOpen(order)) ? key : this.#fresh(name)
  }

  /** A report speaks of the last generation that became an order. */
  forReport(name: OrderName): OrderKey {
    return this.recorded(name) ?? this.#current(name) ?? this.#fresh(name)
  }

  /** Key of the last generation that is an Order. */
  recorded(name: OrderName): OrderKey | undefined {
    const { orders } = this.#state().execution
    return this.#of(name).findLast((key) => orders.get(key) !== undefined)
  }

  names(): Iterable<OrderName> {
    return new Map([...this.#names.values()].map((name) => [textOf(name), name])).values()
  }

  #isAlive(key: OrderKey): boolean {
    const { orders, inflight, work } = this.#state().execution
    return isOpen(orders.get(key)) || inflight.has(key) || work.queue.has(key)
  }

  #current(name: OrderName): OrderKey | undefined {
    return this.#of(name).at(-1)
  }

  #of(name: OrderName): OrderKey[] {
    const text = textOf(name)
    const keys = this.#generations.get(text) ?? []
    this.#generations.set(text, keys)
    return keys
  }

  #fresh(name: OrderName): OrderKey {
    const key = orderKey(0, ++this.#counter)
    this.#of(name).push(key)
    this.#names.set(key, name)
    return key
  }
}

const textOf = ({ instrument, id }: OrderName): string => JSON.stringify([instrument, id])
