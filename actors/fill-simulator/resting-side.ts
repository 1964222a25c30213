import type { PriceTicks, Side } from '@escapement/core'
import { assert } from '@escapement/core'
import type { OwnOrder } from './own-order.ts'

/**
 * Own resting orders of one side in queue order: better price first, then earlier acceptance.
 *
 * Layout: `#ranks` ascends and `#levels[i]` holds the orders of rank i, first accepted first. A
 * rank is the price of a sell and the negated price of a buy, so that smaller is better for both
 * and the first rank answers most questions of the hot path.
 * Cost: a binary search to find a level, a shift of the columns to add or drop one.
 */
export class RestingSide {
  readonly side: Side
  /** Rank of the best and worst order, +Infinity and -Infinity without any. */
  best = Number.POSITIVE_INFINITY
  worst = Number.NEGATIVE_INFINITY
  readonly #ranks: number[] = []
  readonly #levels: OwnOrder[][] = []

  constructor(side: Side) {
    this.side = side
  }

  rank(price: PriceTicks): number {
    return -this.side * price
  }

  /** The order that is first in the queue. */
  get first(): OwnOrder | undefined {
    return this.#levels[0]?.[0]
  }

  add(order: OwnOrder): void {
    const rank = this.rank(order.price)
    const at = this.#lowerBound(rank)
    if (this.#ranks[at] === rank) {
      this.#levels[at]!.push(order)
      return
    }
    this.#ranks.splice(at, 0, rank)
    this.#levels.splice(at, 0, [order])
    this.#bound()
  }

  remove(order: OwnOrder): void {
    const rank = this.rank(order.price)
    const at = this.#lowerBound(rank)
    const level = this.#ranks[at] === rank ? this.#levels[at]! : []
    const place = level.indexOf(order)
    assert(place >= 0, `order ${order.key} is not at its level`)
    level.splice(place, 1)
    if (level.length > 0) return
    this.#ranks.splice(at, 1)
    this.#levels.splice(at, 1)
    this.#bound()
  }

  /** The orders at `price`, or undefined. */
  at(price: PriceTicks): readonly OwnOrder[] | undefined {
    const rank = this.rank(price)
    if (rank < this.best || rank > this.worst) return undefined
    const at = this.#lowerBound(rank)
    return this.#ranks[at] === rank ? this.#levels[at] : undefined
  }

  /** A copy of all orders whose price `price` of the other side reaches or passes, best first. */
  reached(price: PriceTicks): OwnOrder[] {
    const limit = this.rank(price)
    const orders: OwnOrder[] = []
    for (let at = 0; at < this.#ranks.length && this.#ranks[at]! <= limit; at++) {
      orders.push(...this.#levels[at]!)
    }
    return orders
  }

  #bound(): void {
    const { length } = this.#ranks
    this.best = length === 0 ? Number.POSITIVE_INFINITY : this.#ranks[0]!
    this.worst = length === 0 ? Number.NEGATIVE_INFINITY : this.#ranks[length - 1]!
  }

  #lowerBound(rank: number): number {
    let low = 0
    let high = this.#ranks.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#ranks[middle]! < rank) low = middle + 1
      else high = middle
    }
    return low
  }
}
