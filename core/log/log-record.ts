import type { ByteWriter } from '../codec.ts'
import { crc32c } from './crc32c.ts'

/** What a record of an event log is, in the byte after its checksum. */
export const LogKind = {
  /** An Event, before it was applied. */
  EVENT: 1,
  /** What its step came to. */
  RESULT: 2,
  /** Market Events in a row that changed the market alone. */
  RUN: 3,
  /** Market rows themselves, for a log that refers to no data elsewhere. */
  ROWS: 4,
  /** A link of the hash chain over the records before it. */
  LINK: 5,
  /** The log was closed here. */
  END: 6,
} as const

/** Length and checksum stand before what they are of. */
const FRAME = 4 + 4
/** And kind and position before the payload. */
const HEAD = FRAME + 1 + 8
const LAST_KIND = 6

/** A record of an event log: bytes [from, to), length and all. */
export type LogRecord = {
  readonly from: number
  readonly to: number
  readonly kind: number
  readonly position: number
  /** Where what follows the position begins. */
  readonly payload: number
}

/** A record, and the bytes it lies in; both may be gone when the next one is read. */
export type ReadRecord = { readonly bytes: Uint8Array; readonly record: LogRecord }

/**
 * Begins a record; `sealRecord` ends it. Layout: length (int32) and CRC-32C (int32) of what follows
 * them, kind, position (float64), payload; little endian. Returns where it starts.
 */
export function beginRecord(writer: ByteWriter, kind: number, position: number): number {
  const start = writer.length
  writer.i32(0).i32(0).u8(kind).f64(position)
  return start
}

/** Fills in length and checksum of the record that starts at `start` and ends here. */
export function sealRecord(writer: ByteWriter, start: number): void {
  writer.setI32(start, writer.length - start - FRAME)
  writer.setI32(start + 4, writer.crc32c(start + FRAME) | 0)
}

/**
 * The record at byte `from`, or null where none is whole: bytes are missing, its length is none that
 * a record can have, its checksum is another, or its kind is unknown.
 */
export function recordAt(bytes: Uint8Array, view: DataView, from: number): LogRecord | null {
  if (from + HEAD > bytes.length) return null
  const to = from + FRAME + view.getInt32(from, true)
  if (to < from + HEAD || to > bytes.length) return null
  const kind = bytes[from + FRAME]!
  if (kind < LogKind.EVENT || kind > LAST_KIND) return null
  if (crc32c(bytes, from + FRAME, to) !== view.getUint32(from + 4, true)) return null
  const position = view.getFloat64(from + FRAME + 1, true)
  return { from, to, kind, position, payload: from + HEAD }
}

/** The whole records from byte `from` on, in order; ends before the first that is not whole. */
export function* logRecords(bytes: Uint8Array, from = 0): IterableIterator<LogRecord> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let record = recordAt(bytes, view, from)
  while (record !== null) {
    yield record
    record = recordAt(bytes, view, record.to)
  }
}
