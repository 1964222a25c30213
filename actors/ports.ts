import type {
  CommandKind,
  CoreEvent,
  Digest,
  DispatchFailed,
  ExecutionEvent,
  InstrumentIndex,
  IntentDispatched,
  MarketView,
  Nanos,
  OrderDisposed,
  OrderSubmitted,
  Position,
} from '@escapement/core'

export type { ExecutionFeedbackRecord, ExecutionFeedbackRecordSource } from './feedback-record.ts'

/**
 * Rows of one observer on their way to one actor: a view and a cursor. The receiver moves `next`
 * and returns the time of the row there, so one message carries a whole file without copying.
 */
export type MarketBatch = {
  readonly instrument: InstrumentIndex
  readonly view: MarketView
  /** First row not consumed yet. */
  next: number
  /** Row after the last one. */
  readonly end: number
}

/** The Events that records of a Venue become: that a request left or did not, and its fate. */
export type VenueReport =
  | OrderSubmitted
  | IntentDispatched
  | DispatchFailed
  | Exclude<ExecutionEvent, OrderDisposed>

/** Both observers' views of one instrument. */
export type FeedChannel = {
  readonly instrument: InstrumentIndex
  readonly exchange: MarketView
  readonly local: MarketView
  /** First local row of the window; the rows before it enter as one snapshot. */
  readonly localFrom: number
}

/**
 * Where the Core writes history: `append` before an Event is applied, `commit` after its step.
 * A throw from either stops the run.
 */
export type Journal = {
  append(position: Position, event: CoreEvent): void
  /** The digest of the StepResult, and of State where it is taken; both valid within the call. */
  commit(position: Position, step: Digest, state: Digest | null): void
}

/**
 * What a latency may depend on besides time. One object an instrument, written anew before each
 * call: a model reads it and does not keep it.
 */
export type LatencyLoadSeen = {
  /** Market rows that the Venue saw in the source's `loadWindowNs` before the call's time. */
  readonly rows: number
}
export type LatencyRequest = LatencyLoadSeen & { readonly kind: CommandKind }

/** Latencies of one instrument at one Venue; each call is made with times that never go back. */
export type LatencyModel = {
  /** From sending at `time` to arrival; negative: refused after that long, never arrives. */
  entry(time: Nanos, request: LatencyRequest): Nanos
  /** From the Venue's doing at `exchTime` to the report's receipt, 0 or more. */
  response(exchTime: Nanos, load: LatencyLoadSeen): Nanos
}

/** A table by columns, each of as many values as the table has rows; what a table file holds. */
export type Table = {
  readonly name: string
  readonly rows: number
  readonly columns: readonly TableColumn[]
}
/** One column. A value is null only where `nullable`; a decimal is `value * 10^-scale`. */
export type TableColumn = { readonly name: string; readonly nullable: boolean } & (
  | { readonly type: 'int64'; readonly values: readonly (bigint | null)[] }
  | { readonly type: 'double'; readonly values: readonly (number | null)[] }
  | { readonly type: 'string'; readonly values: readonly (string | null)[] }
  | { readonly type: 'bool'; readonly values: readonly (boolean | null)[] }
  | {
      readonly type: 'decimal'
      readonly scale: number
      readonly values: readonly (bigint | null)[]
    }
)
