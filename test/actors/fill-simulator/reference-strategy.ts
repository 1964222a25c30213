import { BUY, type Dispatch, type OrderReport, SELL, type Side } from '@escapement/core'
import { Fnv } from '../../parity/fnv.ts'
import type { FourSlots } from './four-slots.ts'

type OrderFilled = Extract<OrderReport, { type: 'order.filled' }>
export type Execution = { readonly report: OrderFilled; readonly orderPrice: number }

type Own = { price: number; side: Side; status: number; pending: string; outstanding: number[] }
const EXPIRED = 2
const FILLED = 3
const CANCELED = 4
const PARTIAL = 5

/** The strategies of the pack, with hftbacktest's bookkeeping, and what they record. */
export class ReferenceStrategy {
  readonly orders = new Map<number, Own>()
  readonly fills: Execution[] = []
  readonly state = new Fnv()
  requests = 0
  samples = 0
  #position = 0n
  #cash = 0n
  #executions = 0
  #id = 0
  readonly #last: [number, number] = [0, 0]
  readonly #bench: FourSlots
  readonly #origin: bigint

  constructor(bench: FourSlots, origin: bigint) {
    this.#bench = bench
    this.#origin = origin
    bench.onReport = (report) => this.#hear(report)
  }

  step(name: string, lots: number): void {
    for (const [id, own] of this.orders) {
      if (own.status === EXPIRED || own.status === FILLED || own.status === CANCELED) {
        this.orders.delete(id)
      }
    }
    const { bestBid: bb, bestAsk: ba } = this.#bench.book
    if (bb <= -0x80000000 || ba >= 0x7fffffff) return
    this.samples++
    this.#sample(bb, ba)
    if (name === 'S3') {
      this.#follow(0, BUY, bb, lots)
      this.#follow(1, SELL, ba, lots)
      return
    }
    for (const [id, own] of this.orders) {
      if ((own.status === 1 || own.status === PARTIAL) && own.pending === '') {
        own.pending = 'cancel'
        this.#send(id, own, 'cancel', 0, 'GTC')
      }
    }
    for (let level = 0; level < 5; level++) {
      this.#submit(BUY, bb - level, lots, 'postOnly')
      this.#submit(SELL, ba + level, lots, 'postOnly')
    }
    if (name === 'S2' && this.samples % 7 === 0) {
      const buys = (this.samples / 7) % 2 === 1
      this.#submit(buys ? BUY : SELL, buys ? ba : bb, 5, 'IOC')
    }
  }

  #follow(slot: 0 | 1, side: Side, best: number, lots: number): void {
    const own = this.orders.get(this.#last[slot])
    if (own === undefined) {
      this.#last[slot] = this.#submit(side, best, lots, 'postOnly')
    } else if (own.status === 1 && own.pending === '' && own.price !== best) {
      own.price = best
      own.pending = 'replace'
      this.#send(this.#last[slot], own, 'replace', lots, 'postOnly')
    }
  }

  #submit(side: Side, price: number, qty: number, timeInForce: Dispatch['timeInForce']): number {
    const id = ++this.#id
    const own = { price, side, status: 0, pending: 'new', outstanding: [] }
    this.orders.set(id, own)
    this.#send(id, own, 'new', qty, timeInForce)
    return id
  }

  #send(
    id: number,
    own: Own,
    kind: Dispatch['kind'],
    qty: number,
    timeInForce: Dispatch['timeInForce'],
  ): void {
    const sequence = ++this.requests
    own.outstanding.push(sequence)
    const { side, price } = own
    const orderType = 'limit' as const
    this.#bench.send({
      kind,
      sequence,
      key: id,
      instrument: 0,
      side,
      orderType,
      timeInForce,
      price,
      qty,
    })
  }

  #hear(report: OrderReport): void {
    if (report.type === 'order.filled') this.#book(report)
    const own = this.orders.get(report.key)
    if (own === undefined) return
    if (
      report.type === 'order.rejected' ||
      report.type === 'order.cancelRejected' ||
      report.type === 'order.replaceRejected'
    ) {
      // Only the answer to the last request clears the mark.
      own.outstanding.shift()
      if (own.outstanding.length > 0) return
      if (own.pending === 'new') own.status = EXPIRED
      own.pending = ''
      return
    }
    own.pending = ''
    if (report.type === 'order.accepted') own.status = 1
    else if (report.type === 'order.expired') own.status = EXPIRED
    else if (report.type === 'order.canceled') own.status = CANCELED
    else if (report.type === 'order.filled') own.status = report.leavesQty > 0 ? PARTIAL : FILLED
    else if (report.type === 'order.replaced') {
      own.status = 1
      own.price = report.price
    }
    if (/accepted|canceled|replaced/.test(report.type)) own.outstanding.shift()
  }

  #book(report: OrderFilled): void {
    const { key, side, lastPrice, lastQty } = report
    this.#executions++
    this.#position += BigInt(side * lastQty)
    this.#cash -= BigInt(side * lastPrice * lastQty)
    const orderPrice = this.orders.get(key)?.price ?? lastPrice
    this.fills.push({ report, orderPrice: report.liquidity === 'maker' ? lastPrice : orderPrice })
  }

  /** Executions as the pack sorts them; those of one order at one time keep their order. */
  sortedFills(): Execution[] {
    return this.fills.sort(
      (a, b) => a.report.exchTime - b.report.exchTime || a.report.key - b.report.key,
    )
  }

  #sample(bb: number, ba: number): void {
    const now = BigInt(this.#bench.now) + this.#origin
    const words = [now, bb, ba, this.#position, this.#cash, this.#executions]
    for (const word of words) this.state.i64(BigInt(word))
  }
}
