import type { Dispatch, Nanos } from '@escapement/core'
import type { FilledRecord, OrderRecord } from '../../actors/feedback-record.ts'
import type { OwnOrder } from '../../actors/fill-simulator/own-order.ts'
import type { QueueMove, VenueWatch } from '../../actors/fill-simulator/watch.ts'
import type { Entry, FilledEntry, ReportOf } from './explanation.ts'
import type { OrderWords } from './order-words.ts'
import type { Timeline } from './timeline.ts'

/** Writes down what happens to one order at the Venue: arrivals, its queue, reports as made. */
export class VenueSide implements VenueWatch {
  readonly #timeline: Timeline
  /** When the last request of each kind was sent, and the last one arrived. */
  readonly #sentAt: Record<Dispatch['kind'], Nanos> = { new: 0, replace: 0, cancel: 0 }
  #arrivedAt: Nanos = 0

  constructor(timeline: Timeline) {
    this.#timeline = timeline
  }

  /** Our side let a request go. */
  sent(kind: Dispatch['kind'], time: Nanos): void {
    this.#sentAt[kind] = time
  }

  arrived({ key, instrument, kind }: Dispatch, exchTime: Nanos): void {
    if (!this.#timeline.concerns(key)) return
    this.#arrivedAt = exchTime
    const timeNs = this.#timeline.about(instrument).time(exchTime)
    const entryNs = exchTime - this.#sentAt[kind]
    this.#timeline.push({ kind: 'arrived', timeNs, command: kind, entryNs })
  }

  reported(record: OrderRecord): void {
    if (!this.#timeline.concerns(record.key)) return
    const entry = reportEntry(record, this.#timeline.about(record.instrument))
    if (entry !== null) this.#timeline.push(entry)
  }

  rested(order: Readonly<OwnOrder>): void {
    const { words } = this.#timeline
    if (words === null || !this.#timeline.concerns(order.key)) return
    this.#timeline.push({
      kind: 'rested',
      timeNs: words.time(this.#arrivedAt),
      price: words.price(order.price),
      qty: words.qty(order.leaves),
      queue: order.front,
    })
  }

  moved(order: Readonly<OwnOrder>, { exchTime, row, before, previous }: QueueMove): void {
    const { words } = this.#timeline
    if (words === null || !this.#timeline.concerns(order.key)) return
    if (Object.is(before, order.front)) return
    this.#timeline.push({
      kind: 'moved',
      timeNs: words.time(exchTime),
      row,
      market: words.row(row, previous),
      queueBefore: before,
      queueAfter: order.front,
    })
  }

  displaced(order: Readonly<OwnOrder>, exchTime: Nanos, row: number): void {
    const { words } = this.#timeline
    if (words === null || !this.#timeline.concerns(order.key)) return
    const market = words.row(row, null)
    this.#timeline.push({ kind: 'displaced', timeNs: words.time(exchTime), row, market })
  }
}

/** A report as an entry that still waits for its receipt; null of what our own side says. */
function reportEntry(record: OrderRecord, words: OrderWords): Entry | null {
  switch (record.kind) {
    case 'filled':
      return filledEntry(record, words)
    case 'newTransmitted':
    case 'changeTransmitted':
    case 'notTransmitted':
      return null
    default: {
      const replaced = record.kind === 'replaced' ? record : null
      const entry: ReportOf<typeof record.kind> = {
        kind: record.kind,
        ...receipt(record, words),
        reason: 'reason' in record ? record.reason : null,
        price: replaced === null ? null : words.price(replaced.price),
        qty: replaced === null ? null : words.qty(replaced.qty),
        leavesQty: replaced === null ? null : words.qty(replaced.leavesQty),
      }
      return entry as Entry
    }
  }
}

function filledEntry(record: FilledRecord, words: OrderWords): FilledEntry {
  return {
    kind: 'filled',
    ...receipt(record, words),
    execId: record.execId,
    price: words.price(record.lastPrice),
    qty: words.qty(record.lastQty),
    cumQty: words.qty(record.cumQty),
    leavesQty: words.qty(record.leavesQty),
    liquidity: record.liquidity,
    fee: words.money(record.fee),
    cause: record.cause,
    row: record.causeRow,
    market: words.row(record.causeRow, null),
    queueBefore: record.queueBefore,
    queueAfter: record.queueAfter,
  }
}

const receipt = ({ exchTime, time }: OrderRecord, words: OrderWords) => ({
  timeNs: words.time(exchTime),
  receivedNs: words.time(time),
  responseNs: time - exchTime,
  position: null,
})
