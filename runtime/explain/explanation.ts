import type {
  AnomalyKind,
  ClosureReason,
  CommandKind,
  DenialReason,
  FillCause,
  OrderType,
  RiskScope,
  StepFailure,
  TimeInForce,
  TriggerReason,
} from '@escapement/core'

/**
 * The story of one order, schema `escapement/explain-1`. Times are epoch ns as text, of the clock
 * where it happened; prices and quantities are exact decimals as text; queue estimates are float64
 * in the instrument's own quantity, as the Venue computes them.
 */
export type Explanation = {
  /** As `fills.csv` prints it. */
  readonly order: string
  readonly key: number
  readonly strategy: string
  readonly instrument: string
  /** What the first Intent asked for; null when the order was never asked for by a NEW. */
  readonly asked: Terms | null
  readonly originNs: string
  /** In the order in which it happened. */
  readonly timeline: readonly Entry[]
  readonly end: End
}

export type Terms = {
  readonly side: 'buy' | 'sell'
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  readonly price: string
  readonly qty: string
}

/** What became of it, as far as the run went. */
export type End = {
  readonly state:
    | 'denied'
    | 'neverSent'
    | 'waiting'
    | 'underWay'
    | 'open'
    | 'filled'
    | 'canceled'
    | 'expired'
    | 'rejected'
  readonly fills: number
  readonly filledQty: string
  /** In the quote currency; negative is a rebate. */
  readonly fee: string
}

/** One thing that happened; `kind` tells which fields there are. */
export type Entry = CoreEntry | VenueEntry | ReportEntry

type Head<Kind extends string> = { readonly kind: Kind; readonly timeNs: string }
type InStep<Kind extends string> = Head<Kind> & { readonly position: number }

/** What happened on our side, within the step of one Event. */
export type CoreEntry =
  | DecisionEntry
  | (InStep<'risk'> & { readonly command: CommandKind; readonly verdict: 'allowed' })
  | (InStep<'risk'> & {
      readonly command: CommandKind
      readonly verdict: 'denied'
      readonly reason: DenialReason
      readonly scope: RiskScope
    })
  | (InStep<'admitted'> & { readonly command: CommandKind; readonly sequence: number })
  | (InStep<'waits'> & {
      readonly command: CommandKind
      readonly sequence: number
      /** A token, the answer to a request under way, or the acknowledgement of the NEW. */
      readonly waitsFor: 'rate' | 'inflight' | 'acknowledgement'
      /** When the rate lets the next command leave, where it is known. */
      readonly dueNs: string | null
    })
  | ClosedEntry
  | SentEntry
  | (InStep<'takenBack'> & { readonly stage: StepFailure['stage']; readonly reason: string })
  | (InStep<'notSent'> & { readonly command: CommandKind; readonly reason: string })
  | (InStep<'disposed'> & { readonly outcome: string; readonly reason: string })
  | (InStep<'anomaly'> & { readonly anomaly: AnomalyKind })

export type DecisionEntry = InStep<'decision'> & {
  readonly command: CommandKind
  readonly reason: TriggerReason
  /** Of a NEW or REPLACE; null of a CANCEL. */
  readonly price: string | null
  /** Of a NEW or REPLACE the total; null of a CANCEL. */
  readonly qty: string | null
}

export type ClosedEntry = InStep<'closed'> & {
  readonly command: CommandKind
  readonly reason: ClosureReason
  /** Of what was superseded: the command that took its place. */
  readonly by: CommandKind | null
}

export type SentEntry = InStep<'sent'> & {
  readonly command: CommandKind
  readonly sequence: number
  readonly price: string
  readonly qty: string
  /** Position of the dispatch record; null while there is none. */
  recordPosition: number | null
}

/** What happened to the order at the Venue between its reports. */
export type VenueEntry =
  | (Head<'arrived'> & {
      readonly command: CommandKind
      /** Since the request was sent. */
      readonly entryNs: number
    })
  | (Head<'rested'> & { readonly price: string; readonly qty: string; readonly queue: number })
  | MovedEntry
  | (Head<'displaced'> & { readonly row: number; readonly market: MarketRow | null })

export type MovedEntry = Head<'moved'> & {
  readonly row: number
  readonly market: MarketRow | null
  readonly queueBefore: number
  readonly queueAfter: number
}

/** A row of the data as the exchange saw it. */
export type MarketRow = {
  readonly kind: 'depth' | 'trade' | 'clear' | 'snapshot'
  /** Of the level, or of the side that took in a trade; null when unknown or of both. */
  readonly side: 'buy' | 'sell' | null
  /** Null where a CLEAR has no bound. */
  readonly price: string | null
  readonly qty: string
  /** What the level displayed before, where it is known. */
  readonly previousQty: string | null
}

/** Made at the Venue at `timeNs`, known to us at `receivedNs`. */
export type ReportEntry =
  | ReportOf<
      | 'accepted'
      | 'rejected'
      | 'replaced'
      | 'canceled'
      | 'expired'
      | 'replaceRejected'
      | 'cancelRejected'
    >
  | FilledEntry

type Received = {
  readonly receivedNs: string
  readonly responseNs: number
  /** Of the Event that tells of it; null while it was not received. */
  position: number | null
}

export type ReportOf<Kind extends string> = Head<Kind> &
  Received & {
    readonly reason: string | null
    /** Of a replaced order. */
    readonly price: string | null
    readonly qty: string | null
    readonly leavesQty: string | null
  }

export type FilledEntry = Head<'filled'> &
  Received & {
    readonly execId: number
    readonly price: string
    readonly qty: string
    readonly cumQty: string
    readonly leavesQty: string
    readonly liquidity: 'maker' | 'taker'
    readonly fee: string
    readonly cause: FillCause
    /** −1 of a take. */
    readonly row: number
    readonly market: MarketRow | null
    readonly queueBefore: number
    readonly queueAfter: number
  }
