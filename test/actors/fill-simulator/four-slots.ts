import {
  type Dispatch,
  type MarketView,
  type OrderReport,
  RowKind,
  type Side,
} from '@escapement/core'
import type { ActorContext } from '../../../actors/actor.ts'
import { eventOf } from '../../../actors/feedback/event-of.ts'
import type { OrderRecord } from '../../../actors/feedback-record.ts'
import { ReferenceBook } from '../../../actors/fill-simulator/reference-book.ts'
import type { FillSimulatorPorts, fillSimulator } from '../../../actors/fill-simulator.actor.ts'
import type { MarketBatch } from '../../../actors/ports.ts'

type Timed<T> = { readonly due: number; readonly message: T }

/**
 * The venue and a strategy's feed under the loop of the reference's four slots, without mailbox,
 * Core or session: what the reference's rules say about time, written down once more.
 */
export class FourSlots {
  now = 0
  readonly local: MarketView
  readonly book: ReferenceBook
  onReport: (report: OrderReport) => void = () => {}
  /** Wall time spent in the market handler alone. */
  marketMs = 0
  readonly #batch: MarketBatch
  readonly #requests: Timed<Dispatch>[] = []
  readonly #responses: Timed<OrderRecord>[] = []
  #request = 0
  #response = 0
  #row = 0
  #target = 0
  readonly #venue

  constructor(
    venue: ReturnType<typeof fillSimulator>,
    exchange: MarketView,
    local: MarketView,
    lotUnits: number,
  ) {
    this.local = local
    this.#batch = { instrument: 0, view: exchange, next: 0, end: exchange.length }
    this.book = new ReferenceBook({ lotUnits, crossedLevelsStay: true, clearSkipsOneLevel: true })
    this.#venue = venue.create(this.#context())
    this.now = Math.min(exchange.time[0]!, local.time[0]!)
  }

  send(request: Dispatch): void {
    this.#venue.request(request)
  }

  /** False when the data and the messages have run out; then time stands. */
  elapse(duration: number): boolean {
    const target = this.now + duration
    this.#target = target
    for (;;) {
      const feed =
        this.#row < this.local.length ? this.local.time[this.#row]! : Number.POSITIVE_INFINITY
      const back = this.#responses[this.#response]?.due ?? Number.POSITIVE_INFINITY
      const { view, next, end } = this.#batch
      const exchange = next < end ? view.time[next]! : Number.POSITIVE_INFINITY
      const there = this.#requests[this.#request]?.due ?? Number.POSITIVE_INFINITY
      const first = Math.min(feed, back, exchange, there)
      if (first === Number.POSITIVE_INFINITY) return false
      if (first > target) break
      this.now = first
      if (first === feed) this.#takeRow()
      else if (first === back) this.#venue.response(this.#responses[this.#response++]!.message)
      else if (first === exchange) this.#market()
      else this.#venue.arrival(this.#requests[this.#request++]!.message)
    }
    this.now = target
    return true
  }

  #market(): void {
    const start = performance.now()
    this.#venue.market(this.#batch)
    this.marketMs += performance.now() - start
  }

  #takeRow(): void {
    const { kind, side, price, qty } = this.local
    const row = this.#row++
    const of = side[row] as Side
    if (kind[row] === RowKind.CLEAR) this.book.clear(of, price[row]!)
    else if (kind[row] !== RowKind.TRADE) this.book.set(of, price[row]!, qty[row]!)
  }

  #context(): ActorContext<FillSimulatorPorts> {
    const slots = this
    return {
      name: 'venue',
      get now() {
        return slots.now
      },
      get horizon() {
        const back = slots.#responses[slots.#response]?.due ?? Number.POSITIVE_INFINITY
        const there = slots.#requests[slots.#request]?.due ?? Number.POSITIVE_INFINITY
        return Math.min(slots.#target, back - 1, there)
      },
      advance: (time) => {
        slots.now = time
      },
      observed: () => true,
      emit: (_port, source) => {
        for (const record of source.drain()) {
          if (/Transmitted$/.test(record.kind)) continue
          slots.onReport(eventOf(record) as OrderReport)
        }
      },
      schedule: (due, port, message) => {
        if (port === 'arrival') this.#requests.push({ due, message: message as Dispatch })
        else this.#responses.push({ due, message: message as OrderRecord })
        return 0
      },
      cancel: () => {},
    }
  }
}
