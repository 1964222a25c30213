import type {
  OrderKey,
  OrderType,
  PriceTicks,
  QtyLots,
  QtyUnits,
  Side,
  TimeInForce,
} from '@escapement/core'
import type { QueueEstimate } from './queue-model.ts'

/** One live order of ours as the venue knows it. `leaves` counts down to 0; then it is gone. */
export type OwnOrder = QueueEstimate & {
  readonly key: OrderKey
  readonly side: Side
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  price: PriceTicks
  /** Executed so far and still open; the total is their sum. */
  cum: QtyLots
  leaves: QtyLots
  /** A CLEAR removed the level: the next depth row there puts the order at its back. */
  displaced: boolean
  /** Market by order: rows of the view before it came to rest; orders placed by them are ahead. */
  since: number
  /** Market by order: what is left of the orders ahead, in quantity units. */
  ahead: QtyUnits
  /** Quirk 1: executed exactly, yet still in the book. */
  dead: boolean
}
