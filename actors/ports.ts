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
export type { ByteStream, ObjectStore, StoredObject } from './object-store.ts'

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
