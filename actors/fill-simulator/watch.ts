import type { Dispatch, Nanos, QtyUnits } from '@escapement/core'
import type { OrderRecord } from '../feedback-record.ts'
import type { OwnOrder } from './own-order.ts'

/** What a market row did to an order's place in its queue; the order holds the estimate after it. */
export type QueueMove = {
  readonly exchTime: Nanos
  /** Row of the dataset. */
  readonly row: number
  /** The estimate before the row, in natural units. */
  readonly before: number
  /** Size that the level displayed before a depth row; null for a trade. */
  readonly previous: QtyUnits | null
}

/**
 * Who looks on while a Venue works: told of everything that happens to own orders there, in the
 * order in which it happens. It must change nothing it is shown, so no hash depends on it; a Venue
 * without one pays for a comparison with null at each movement of an own order, and at no row.
 */
export type VenueWatch = {
  /** A request reached the Venue and is judged next. */
  arrived(request: Dispatch, exchTime: Nanos): void
  /** A report leaves the Venue; it will be received at its own `time`. */
  reported(record: OrderRecord): void
  /** An order entered the queue of its level, at the time of the last arrival. */
  rested(order: Readonly<OwnOrder>): void
  /** A row concerned the order's level and executed nothing of it; the estimate may be the same. */
  moved(order: Readonly<OwnOrder>, move: QueueMove): void
  /** A CLEAR removed the order's level: its place is unknown until the next depth row there. */
  displaced(order: Readonly<OwnOrder>, exchTime: Nanos, row: number): void
}
