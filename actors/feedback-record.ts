import type {
  AccountFunded,
  CommandKind,
  InstrumentIndex,
  Nanos,
  OrderFilled,
  OrderKey,
  OrderReplaced,
  OrderTerms,
  QtyLots,
} from '@escapement/core'

/**
 * What a Venue's adapter knows, before it is an Event: that a request left or did not, and what
 * became of it. The Runtime alone makes Events of records and merges them. Giving up on an order
 * is the Runtime's decision and no record.
 */
export type ExecutionFeedbackRecord =
  | NewTransmitted
  | ChangeTransmitted
  | NotTransmitted
  | Answer<'accepted'>
  | (Answer<'rejected'> & Because)
  | FilledRecord
  | ReplacedRecord
  | (Answer<'replaceRejected'> & Because)
  | (Answer<'cancelRejected'> & Because)
  | Answer<'canceled'>
  | (Answer<'expired'> & Because)
  | AccountRecord
  | FundedRecord

/** All records but those of the account name an order. */
export type OrderRecord = Exclude<ExecutionFeedbackRecord, AccountRecord | FundedRecord>
export type RecordKind = ExecutionFeedbackRecord['kind']

/**
 * Where the records of one Venue are taken from.
 *
 * `drain` never waits: it gives what has come since the last call in the order of the source, or
 * nothing. No record is given twice. `sourceSequence` increases strictly, also from one call to
 * the next; it is the same in every run with the same input and says nothing of time. Numbers may
 * be left out, as when a Venue counts messages that concern others.
 */
export type ExecutionFeedbackRecordSource = {
  /** Names the source in errors. */
  readonly name: string
  drain(): readonly ExecutionFeedbackRecord[]
}

/** The sequence of a record that no source has numbered yet; it is never delivered. */
export const UNNUMBERED = 0

type Head<Kind extends string> = {
  readonly kind: Kind
  readonly sourceSequence: number
  /** The Venue's own time; of what the adapter says by itself, the time at which it says it. */
  readonly exchTime: Nanos
  /** Local time of receipt. */
  readonly time: Nanos
  readonly instrument: InstrumentIndex
}
type Answer<Kind extends string> = Head<Kind> & {
  /** Our own id of the order (ClOrdID); the adapter has found it, whatever the Venue calls it. */
  readonly key: OrderKey
  readonly venueOrderId: string | null
}
type Because = { readonly reason: string }

/** A NEW left, with the terms it left with. */
export type NewTransmitted = Answer<'newTransmitted'> & Omit<OrderTerms, 'key' | 'instrument'>

export type ChangeTransmitted = Answer<'changeTransmitted'> & {
  readonly request: 'replace' | 'cancel'
}
/** The request never left. */
export type NotTransmitted = Answer<'notTransmitted'> & { readonly request: CommandKind } & Because
/** One execution, with the fields of its Event. */
export type FilledRecord = Answer<'filled'> & FactsOf<OrderFilled>
export type ReplacedRecord = Answer<'replaced'> & FactsOf<OrderReplaced>
/** What an Event says beyond what every record says. */
type FactsOf<E extends Report> = Omit<E, keyof Report | 'type' | 'instrument'>
type Report = { readonly time: Nanos; readonly exchTime: Nanos; readonly key: OrderKey }

/** The account as the Venue states it; money in units of 10^-quoteDecimals. */
export type AccountRecord = Head<'account'> & {
  readonly position: QtyLots
  readonly balance: number
}

/** Funding for the position that the Venue knew, with the fields of its Event. */
export type FundedRecord = Head<'funded'> &
  Pick<AccountFunded, 'position' | 'mark' | 'rate' | 'amount'>

export const isOrderRecord = (record: ExecutionFeedbackRecord): record is OrderRecord =>
  record.kind !== 'account' && record.kind !== 'funded'

/** Whether nothing more is due for the order after this record. */
export function endsOrder(record: OrderRecord): boolean {
  switch (record.kind) {
    case 'rejected':
    case 'canceled':
    case 'expired':
      return true
    case 'filled':
    case 'replaced':
      return record.leavesQty === 0
    case 'notTransmitted':
      return record.request === 'new'
    default:
      return false
  }
}
