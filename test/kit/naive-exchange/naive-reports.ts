import {
  type Decimal,
  type Dispatch,
  type Instrument,
  NO_ASK,
  NO_BID,
  type OrderFilled,
  type OrderReport,
  type Side,
} from '@escapement/core'
import { valueAt } from '../naive-core/naive-money.ts'
import { nearestEven, ofDecimal, times } from '../naive-core/rational.ts'

/** An order of ours at the venue. */
export type NaiveOrder = {
  readonly key: number
  readonly side: Side
  readonly postOnly: boolean
  price: number
  cum: number
  leaves: number
  front: number
  traded: number
  /** Place among the real orders of market by order. */
  place: number
  /** Place in the order of acceptance; a new one with each lost queue position. */
  turn: number
  /** A CLEAR took its level: the next row there puts it at the back. */
  toBack: boolean
  /** Quirk 1: executed exactly, never removed. */
  dead: boolean
}

/** Why an order was executed, as far as the rules differ. */
export type Cause = Pick<OrderFilled, 'cause' | 'causeRow' | 'queueBefore' | 'queueAfter'>
export const ON_ARRIVAL: Cause = { cause: 'take', causeRow: -1, queueBefore: 0, queueAfter: 0 }

type Body<R> = R extends OrderReport ? Omit<R, 'time' | 'exchTime' | 'key'> : never

/** What one instrument's orders are told, in order; a report never overtakes another. */
export class NaiveReports {
  readonly sent: OrderReport[] = []
  readonly #instrument: number
  readonly #response: (exchTime: number) => number
  readonly #nextExecId: () => number
  #last = 0

  constructor(instrument: number, response: (x: number) => number, nextExecId: () => number) {
    this.#instrument = instrument
    this.#response = response
    this.#nextExecId = nextExecId
  }

  tell(exchTime: number, key: number, body: Body<OrderReport>): void {
    this.#send(exchTime, exchTime + this.#response(exchTime), key, body)
  }

  /** The request never arrived; what would have been its latency is how long that stays unknown. */
  lost(sentAt: number, latency: number, { kind, key }: Dispatch): void {
    this.#send(sentAt, sentAt - latency, key, { type: REFUSAL[kind], reason: 'technical' })
  }

  refused(exchTime: number, { kind, key }: Dispatch, reason: string): void {
    this.tell(exchTime, key, { type: REFUSAL[kind], reason })
  }

  filled(exchTime: number, order: NaiveOrder, price: number, qty: number, fee: number, why: Cause) {
    this.tell(exchTime, order.key, {
      type: 'order.filled',
      instrument: this.#instrument,
      side: order.side,
      execId: this.#nextExecId(),
      lastPrice: price,
      lastQty: qty,
      cumQty: order.cum,
      leavesQty: order.leaves,
      liquidity: why.cause === 'take' ? 'taker' : 'maker',
      fee,
      ...why,
    })
  }

  #send(exchTime: number, due: number, key: number, body: Body<OrderReport>): void {
    this.#last = Math.max(this.#last, due)
    this.sent.push({ ...body, time: this.#last, exchTime, key } as OrderReport)
  }
}

/** Rate x value, rounded once, half to even. What executed at no price (quirk 11) has no value. */
export function feeOf(instrument: Instrument, rate: Decimal, lots: number, price: number): number {
  if (price === NO_ASK || price === NO_BID) return 0
  return Number(nearestEven(times(ofDecimal(rate), valueAt(instrument, lots, price * 2))))
}

const REFUSAL = {
  new: 'order.rejected',
  replace: 'order.replaceRejected',
  cancel: 'order.cancelRejected',
} as const
