import type {
  CommandKind,
  InstrumentIndex,
  Nanos,
  OrderFilled,
  OrderKey,
  PriceTicks,
  QtyLots,
} from '@escapement/core'
import { type ExecutionFeedbackRecord, UNNUMBERED } from '../feedback-record.ts'
import { Lane } from './lane.ts'
import type { OwnOrder } from './own-order.ts'

/** Puts a record on its way home, to be received at its own `time`. */
export type SendReport = (exchTime: Nanos, record: ExecutionFeedbackRecord) => void

/** How long a report takes. */
type ResponseLatency = { response(exchTime: Nanos): Nanos }

/** One execution, as the matching rules state it. */
export type Execution = Pick<
  OrderFilled,
  'liquidity' | 'fee' | 'cause' | 'causeRow' | 'queueBefore' | 'queueAfter'
> & { readonly price: PriceTicks; readonly qty: QtyLots }

/**
 * Builds the reports of one instrument and sends them home after the response latency, none
 * overtaking another. A report is the record it will be on receipt, still without a number; every
 * record is one literal with its keys in the order of feedback-record.ts.
 */
export class Reporter {
  /** Reports sent so far: tells whether a row caused any. */
  sent = 0
  readonly #instrument: InstrumentIndex
  readonly #latency: ResponseLatency
  readonly #send: SendReport
  readonly #nextExecId: () => number
  readonly #lane = new Lane()

  constructor(
    instrument: InstrumentIndex,
    latency: ResponseLatency,
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
    this.#post({
      kind: 'accepted',
      sourceSequence: UNNUMBERED,
      exchTime,
      time: this.#due(exchTime),
      instrument: this.#instrument,
      key,
      venueOrderId: null,
    })
  }

  filled(exchTime: Nanos, order: OwnOrder, execution: Execution): void {
    this.#post({
      kind: 'filled',
      sourceSequence: UNNUMBERED,
      exchTime,
      time: this.#due(exchTime),
      instrument: this.#instrument,
      key: order.key,
      venueOrderId: null,
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
    this.#post({
      kind: 'canceled',
      sourceSequence: UNNUMBERED,
      exchTime,
      time: this.#due(exchTime),
      instrument: this.#instrument,
      key,
      venueOrderId: null,
    })
  }

  replaced(exchTime: Nanos, order: OwnOrder): void {
    this.#post({
      kind: 'replaced',
      sourceSequence: UNNUMBERED,
      exchTime,
      time: this.#due(exchTime),
      instrument: this.#instrument,
      key: order.key,
      venueOrderId: null,
      price: order.price,
      qty: order.cum + order.leaves,
      leavesQty: order.leaves,
    })
  }

  expired(exchTime: Nanos, key: OrderKey, reason: string): void {
    this.#refuse('expired', exchTime, this.#due(exchTime), key, reason)
  }

  /** Funding was paid (negative) or received; mark price and rate as decimal texts. */
  funded(exchTime: Nanos, position: QtyLots, mark: string, rate: string, amount: number): void {
    this.#post({
      kind: 'funded',
      sourceSequence: UNNUMBERED,
      exchTime,
      time: this.#due(exchTime),
      instrument: this.#instrument,
      position,
      mark,
      rate,
      amount,
    })
  }

  /** A request of `kind` refused by the venue at `exchTime`. */
  refused(kind: CommandKind, exchTime: Nanos, key: OrderKey, reason: string): void {
    this.#refuse(REFUSAL[kind], exchTime, this.#due(exchTime), key, reason)
  }

  /** A request that never arrived: its sender learns of it at `due`, in the same queue. */
  lost(kind: CommandKind, sent: Nanos, due: Nanos, key: OrderKey): void {
    this.#refuse(REFUSAL[kind], sent, this.#lane.enter(due), key, 'technical')
  }

  #refuse(
    kind: (typeof REFUSAL)[CommandKind] | 'expired',
    exchTime: Nanos,
    time: Nanos,
    key: OrderKey,
    reason: string,
  ): void {
    this.#post({
      kind,
      sourceSequence: UNNUMBERED,
      exchTime,
      time,
      instrument: this.#instrument,
      key,
      venueOrderId: null,
      reason,
    })
  }

  #due(exchTime: Nanos): Nanos {
    return this.#lane.enter(exchTime + this.#latency.response(exchTime))
  }

  #post(record: ExecutionFeedbackRecord): void {
    this.sent++
    this.#send(record.exchTime, record)
  }
}

const REFUSAL = {
  new: 'rejected',
  replace: 'replaceRejected',
  cancel: 'cancelRejected',
} as const
