import type {
  CommandKind,
  CoreEvent,
  Digest,
  DispatchFailed,
  ExecutionEvent,
  InstrumentIndex,
  IntentDispatched,
  MarketUpdated,
  MarketView,
  Nanos,
  OrderDisposed,
  OrderSubmitted,
  Position,
  State,
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
 * A throw from any of them stops the run.
 */
export type Journal = {
  append(position: Position, event: CoreEvent): void
  /**
   * In place of `append` and `commit` for `count` Market Events in a row that change the market
   * alone; `event` has the rows of all and the time of the last. `commit` follows for the last of
   * several such calls. A Journal without it is given each Event.
   */
  pass?(position: Position, count: number, event: MarketUpdated): void
  /** The digest of the StepResult, and of State where it is taken; both valid within the call. */
  commit(position: Position, step: Digest, state: Digest | null): void
  /** After the commit of every n-th position: State as it stands there, to be read and not kept. */
  checkpoint?(position: Position, state: State): void
}

/** What a log says of itself before its first record; no hash covers it. */
export type LogHeader = {
  readonly schema: 'escapement/log-1'
  readonly software: string
  /** Epoch ns of session time 0, in decimal. */
  readonly originNs: string
  readonly seed: number
  readonly configFingerprint: string
  readonly strategies: readonly { readonly name: string; readonly identity: string }[]
  /** Of each instrument, what ranges of rows refer to. */
  readonly data: readonly { readonly name: string; readonly hash: string; readonly rows: number }[]
  /** Whether rows are in the log itself or in those data. */
  readonly market: 'reference' | 'full'
  /** Of the topology that ran, which holds the versions of its actors. */
  readonly topologyHash: string
  /** The log that this one forks from, and the first position that is its own. */
  readonly parent?: { readonly eventLogHash: string; readonly position: Position }
}

/** What is known once a topology is made, before anything of it runs. */
export type LogTopology = { readonly hash: string }

/** Where the encoded records of an event log go; a throw stops the run. */
export type LogSink = {
  /** Called once, before the first record. */
  begin?(topology: LogTopology): void
  /** Whole records, in order. The bytes are not kept. */
  write(bytes: Uint8Array): void
  /** A link of the hash chain was just written, over all records before it. */
  linked?(link: LogLink): void
}

/** What is known at a link of the hash chain. */
export type LogLink = {
  /** Of the last record before it. */
  readonly position: Position
  /** Records before it, from the first. */
  readonly records: number
  /** SHA-256, 32 bytes. */
  readonly hash: Uint8Array
}

/** Where an event log stops being one, and how much lies behind. */
export type LogDamage = {
  readonly file: string
  /** In the file. */
  readonly byte: number
  readonly found: string
  /** Bytes from there to the end of the log, headers of later segments included. */
  readonly lost: number
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
