import type {
  CommandKind,
  FillCause,
  InstrumentIndex,
  Nanos,
  OrderKey,
  OrderReport,
  PriceTicks,
  QtyLots,
} from '@escapement/core'
import type { LatencyModel } from '../ports.ts'
import { Lane } from './lane.ts'
import type { OwnOrder } from './own-order.ts'

/** A report on its way home. */
export type PendingReport = { readonly instrument: InstrumentIndex; readonly report: OrderReport }

/** Puts a report on its way, to be delivered at its own `time`. */
export type SendReport = (exchTime: Nanos, pending: PendingReport) => void

/** One execution, as the matching rules state it. */
export type Execution = {
  readonly price: PriceTicks
  readonly qty: QtyLots
  readonly liquidity: 'maker' | 'taker'
  readonly fee: number
  readonly cause: FillCause
  readonly causeRow: number
  readonly queueBefore: number
  readonly queueAfter: number
}

/**
 * Builds the reports of one instrument and sends them home after the response latency, none
 * overtaking another. Every report is one literal with its keys in the order of core/events.ts.
 */
export class Reporter {
  /** Reports sent so far: tells whether a row caused any. */
  sent = 0
  readonly #instrument: InstrumentIndex
  readonly #latency: LatencyModel
  readonly #send: SendReport
  readonly #nextExecId: () => number
  readonly #lane = new Lane()

  constructor(
    instrument: InstrumentIndex,
    latency: LatencyModel,
    send: SendReport,
    nextExecId: () => number,
  ) {
    this.#instrument = instrument
    this.#latency = latency
    this.#send = send
    this.#nextExecId = nextExecId
  }

  /** A report arrived; called once for each, in order. */
  delivered(): void {
    this.#lane.leave()
  }

  accepted(exchTime: Nanos, key: OrderKey): void {
    this.#post(exchTime, { type: 'order.accepted', time: this.#due(exchTime), exchTime, key })
  }

  filled(exchTime: Nanos, order: OwnOrder, execution: Execution): void {
    this.#post(exchTime, {
      type: 'order.filled',
      time: this.#due(exchTime),
      exchTime,
      key: order.key,
      instrument: this.#instrument,
      side: order.side,
      execId: this.#nextExecId(),
      lastPrice: execution.price,
      lastQty: execution.qty,
      cumQty: order.cum,
      leavesQty: order.leaves,
      liquidity: execution.liquidity,
      fee: execution.fee,
      cause: execution.cause,
      causeRow: execution.causeRow,
      queueBefore: execution.queueBefore,
      queueAfter: execution.queueAfter,
    })
  }

  canceled(exchTime: Nanos, key: OrderKey): void {
    this.#post(exchTime, { type: 'order.canceled', time: this.#due(exchTime), exchTime, key })
  }

  replaced(exchTime: Nanos, order: OwnOrder): void {
    this.#post(exchTime, {
      type: 'order.replaced',
      time: this.#due(exchTime),
      exchTime,
      key: order.key,
      price: order.price,
      qty: order.cum + order.leaves,
      leavesQty: order.leaves,
    })
  }

  expired(exchTime: Nanos, key: OrderKey, reason: string): void {
    const time = this.#due(exchTime)
    this.#post(exchTime, { type: 'order.expired', time, exchTime, key, reason })
  }

  /** A request of `kind` refused by the venue at `exchTime`. */
  refused(kind: CommandKind, exchTime: Nanos, key: OrderKey, reason: string): void {
    const time = this.#due(exchTime)
    this.#post(exchTime, { type: REFUSAL[kind], time, exchTime, key, reason })
  }

  /** A request that never arrived: its sender learns of it at `due`, in the same queue. */
  lost(kind: CommandKind, sent: Nanos, due: Nanos, key: OrderKey): void {
    const time = this.#lane.enter(due)
    this.#post(sent, { type: REFUSAL[kind], time, exchTime: sent, key, reason: 'technical' })
  }

  #due(exchTime: Nanos): Nanos {
    return this.#lane.enter(exchTime + this.#latency.response(exchTime))
  }

  #post(exchTime: Nanos, report: OrderReport): void {
    this.sent++
    this.#send(exchTime, { instrument: this.#instrument, report })
  }
}

const REFUSAL = {
  new: 'order.rejected',
  replace: 'order.replaceRejected',
  cancel: 'order.cancelRejected',
} as const
