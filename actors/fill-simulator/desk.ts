import {
  assert,
  BUY,
  type FillCause,
  type Nanos,
  type OrderKey,
  type PriceTicks,
  type QtyLots,
  type QtyUnits,
  RecordedBook,
  SELL,
  type Side,
  WindowBook,
} from '@escapement/core'
import { Consumption } from './consumption.ts'
import { type FeeRule, feeRuleOf } from './fees/fee-model.ts'
import { OrderQueue } from './order-queue.ts'
import type { OwnOrder } from './own-order.ts'
import type { QueueModel } from './queue-model.ts'
import type { Quirks } from './quirks.ts'
import { ReferenceBook, type VenueBook } from './reference-book.ts'
import type { Reporter } from './reports.ts'
import { RestingSide } from './resting-side.ts'
import { POWERS_OF_TEN } from './rounding.ts'
import type { VenueInstrument } from './venue-config.ts'
import type { VenueWatch } from './watch.ts'

/**
 * What the venue knows about one instrument: the market's book, own resting orders beside it, and
 * what own takes used up. The rules are in `rows.ts` (market) and `arrivals.ts` (requests).
 */
export class Desk {
  readonly book: VenueBook
  /** The same book where it is read from a recording: rows are sought there, not applied. */
  readonly recorded: RecordedBook | null
  readonly bids = new RestingSide(BUY)
  readonly asks = new RestingSide(SELL)
  readonly consumed = new Consumption()
  /** Resting orders by key. */
  readonly orders = new Map<OrderKey, OwnOrder>()
  readonly reporter: Reporter
  readonly queue: QueueModel
  /** The queue of market by order, for its model alone. */
  readonly byOrder: OrderQueue | null
  readonly quirks: Quirks
  readonly partialFills: boolean
  readonly lotUnits: number
  /** Sum of all executions, signed. */
  position: QtyLots = 0
  /** One lot in natural units. */
  readonly lot: number
  /** Who looks on, or null: nearly always. */
  readonly watch: VenueWatch | null
  readonly #scale: number
  readonly #fee: FeeRule

  constructor(
    config: VenueInstrument,
    quirks: Quirks,
    reporter: Reporter,
    book?: VenueBook,
    watch: VenueWatch | null = null,
  ) {
    this.watch = watch
    const byOrder = config.queue.byOrder === true
    this.book = bookFor(config.lotUnits, quirks, byOrder, book)
    this.recorded = this.book instanceof RecordedBook ? this.book : null
    this.reporter = reporter
    this.queue = config.queue
    this.quirks = quirks
    this.partialFills = config.partialFills
    this.lotUnits = config.lotUnits
    this.#scale = POWERS_OF_TEN[config.instrument.qtyDecimals]!
    this.lot = config.lotUnits / this.#scale
    this.byOrder = byOrder ? new OrderQueue(this.book, quirkyBook(quirks), this.#scale) : null
    this.#fee = feeRuleOf(config.instrument, config.fees)
  }

  /** Whether a market row can have any effect beyond the book. */
  get concerned(): boolean {
    return (
      this.bids.best !== Number.POSITIVE_INFINITY ||
      this.asks.best !== Number.POSITIVE_INFINITY ||
      !this.consumed.empty
    )
  }

  own(side: Side): RestingSide {
    return side === BUY ? this.bids : this.asks
  }

  /** Quantity units as the float64 that queue estimates count in. */
  natural(qty: QtyUnits): number {
    return qty / this.#scale
  }

  /** Enters the queue of its level, behind all that is displayed there. */
  rest(order: OwnOrder): void {
    order.front = this.natural(this.book.qtyAt(order.side, order.price))
    order.traded = 0
    order.displaced = false
    this.byOrder?.enter(order)
    this.own(order.side).add(order)
    this.orders.set(order.key, order)
    this.watch?.rested(order)
  }

  /** Leaves the book: nothing more can happen to it. */
  drop(order: OwnOrder): void {
    this.own(order.side).remove(order)
    this.orders.delete(order.key)
  }

  /** Books an execution and reports it; the caller drops an order with nothing left. */
  execute(
    exchTime: Nanos,
    order: OwnOrder,
    price: PriceTicks,
    qty: QtyLots,
    cause: FillCause,
    causeRow: number,
    queueBefore: number,
  ): void {
    assert(!order.dead, `InvalidOrderStatus: quirk 1 touched the dead order ${order.key}`)
    assert(qty > 0 && qty <= order.leaves, `order ${order.key} cannot execute ${qty} lots`)
    const liquidity = cause === 'take' ? 'taker' : 'maker'
    const fee = this.#fee(price, qty, liquidity, order.side, order.cum === 0, exchTime)
    order.cum += qty
    order.leaves -= qty
    this.position += order.side * qty
    this.reporter.filled(exchTime, order, {
      price,
      qty,
      liquidity,
      fee,
      cause,
      causeRow,
      queueBefore,
      queueAfter: cause === 'take' ? 0 : order.front,
    })
  }
}

/** Whether what the venue displays is not what its rows say, when they are of orders. */
const quirkyBook = (quirks: Quirks): boolean =>
  quirks.crossedLevelsStay || quirks.clearSkipsOneLevel || quirks.l3IgnoresSizes

function bookFor(
  lotUnits: number,
  quirks: Quirks,
  byOrder: boolean,
  given: VenueBook | undefined,
): VenueBook {
  const { crossedLevelsStay, clearSkipsOneLevel } = quirks
  if (crossedLevelsStay || clearSkipsOneLevel) {
    return new ReferenceBook({ lotUnits, crossedLevelsStay, clearSkipsOneLevel })
  }
  // A shared book follows every row; with quirk 20 ours leaves some out.
  const shared = byOrder && quirks.l3IgnoresSizes ? undefined : given
  return shared ?? new WindowBook({ digested: false })
}
