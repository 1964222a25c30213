import { RowKind, type Side, WHOLE_SIDE } from '@escapement/core'
import type { Row } from '../../actors/fill-simulator/probe.ts'
import { isBetter, reaches } from './naive-levels.ts'

export type RealOrder = {
  readonly id: number
  readonly side: Side
  price: number
  left: number
  place: number
}
/** A level that a row of an order changed, and the order if it was executed. */
export type LevelChange = {
  readonly side: Side
  readonly price: number
  readonly total: number
  readonly isAdd: boolean
  readonly filled?: { readonly place: number; readonly qty: number }
}

/** All orders of others in one list, from docs/formats.md alone; every question scans it. */
export class NaiveRealOrders {
  #all: RealOrder[] = []
  #places = 0

  nextPlace(): number {
    return ++this.#places
  }

  /** What is left at a price, of orders placed before `place`. */
  left(side: Side, price: number, place = Number.POSITIVE_INFINITY): number {
    return this.#all
      .filter((order) => order.side === side && order.price === price && order.place < place)
      .reduce((sum, order) => sum + order.left, 0)
  }

  clear(side: Side, bound: number): void {
    this.#all = this.#all.filter(
      (order) =>
        order.left === 0 ||
        order.side !== side ||
        (bound !== WHOLE_SIDE && isBetter(side, bound, order.price)),
    )
  }

  /** A level that stands at `price` allows no real order of the other side within its reach. */
  meet({ side, price, total }: LevelChange): void {
    if (total === 0) return
    this.#all = this.#all.filter(
      (order) => order.left === 0 || order.side === side || !reaches(side, price, order.price),
    )
  }

  /** One row: the levels that it changes, each right after the change. */
  *apply({ kind, side, price, qty, order: id }: Row): Generator<LevelChange> {
    if (kind === RowKind.ADD) {
      this.#all = this.#all.filter((order) => order.id !== id)
      const added = { id: id!, side: side as Side, price, left: qty, place: this.nextPlace() }
      this.#all.push(added)
      yield this.#changed(added, true)
      return
    }
    const order = this.#all.find((each) => each.id === id)
    if (order === undefined) return
    if (kind === RowKind.CANCEL) {
      this.#all = this.#all.filter((each) => each !== order)
      if (order.left > 0) yield this.#changed(order)
    } else if (kind === RowKind.FILL) {
      order.left -= qty
      yield { ...this.#changed(order), filled: { place: order.place, qty } }
    } else if (price === order.price && qty <= order.left) {
      order.left = qty
      yield this.#changed(order)
    } else {
      const was = order.left
      if (price !== order.price && was > 0) {
        order.left = 0
        yield this.#changed(order)
      }
      Object.assign(order, { price, left: qty, place: this.nextPlace() })
      yield this.#changed(order)
    }
  }

  #changed({ side, price }: RealOrder, isAdd = false): LevelChange {
    return { side, price, total: this.left(side, price), isAdd }
  }
}
