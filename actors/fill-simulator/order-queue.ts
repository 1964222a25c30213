import { type QtyUnits, WindowBook } from '@escapement/core'
import type { OwnOrder } from './own-order.ts'
import type { VenueBook } from './reference-book.ts'

/**
 * Where own orders stand among the real ones, with market by order. A real order is ahead of ours
 * when the row that placed it came before ours did: so nothing of the real queue is kept here.
 * @source README.md, "Market by order"
 */
export class OrderQueue {
  /** Rows of the view taken in so far. */
  seen = 0
  /** What real orders make of the levels: the desk's book, unless a quirk keeps that from it. */
  readonly real: VenueBook
  /** Whether `real` is a book beside the desk's. */
  readonly isApart: boolean
  readonly #scale: number

  /** `isApart`: the rows do to `book` what a quirk says. `scale` quantity units are 1 in natural units. */
  constructor(book: VenueBook, isApart: boolean, scale: number) {
    this.real = isApart ? new WindowBook({ digested: false }) : book
    this.isApart = isApart
    this.#scale = scale
  }

  /** An own order comes to rest behind all real orders of its level. */
  enter(order: OwnOrder): void {
    order.since = this.seen
    this.set(order, this.real.qtyAt(order.side, order.price))
  }

  /** Sets what is ahead, in units and in the natural units that reports tell. */
  set(order: OwnOrder, ahead: QtyUnits): void {
    order.ahead = ahead
    order.front = ahead / this.#scale
  }
}
