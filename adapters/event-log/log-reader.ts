import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LogKind, messageOf, type ReadRecord, recordAt } from '@escapement/core'
import type { LogDamage } from '../../actors/ports.ts'
import { type IndexEntry, LogIndex } from './log-index.ts'
import { INDEX_NAME, type SegmentHeader } from './segment.ts'
import { bytesFrom, findSegments, readAt, type Segment, type Segments } from './segments.ts'

/** Bytes that are read at a time; a longer record is read whole. */
const WINDOW = 1 << 20

/**
 * An event log as it lies in its folder. Whatever became of the files, what it gives is the longest
 * run of whole records from the first on: `damage` says what lies behind them.
 *
 * Cost: opening reads the headers and the index; reading keeps a megabyte in memory.
 */
export class LogReader {
  readonly folder: string
  readonly #found: Segments
  readonly #index: LogIndex
  #damage: LogDamage | null

  private constructor(folder: string, found: Segments, index: LogIndex) {
    this.folder = folder
    this.#found = found
    this.#index = index
    this.#damage = found.damage
  }

  /** @throws ESC_LOG_DAMAGED when the folder holds no segment, or the first has no whole header */
  static open(folder: string): LogReader {
    const found = findSegments(folder)
    const end = found.segments.reduce((sum, { size }) => sum + size, 0)
    return new LogReader(folder, found, new LogIndex(readIndex(folder), end))
  }

  get header(): SegmentHeader {
    return this.#found.header
  }

  /** Files of the log and their bytes, in order, also those behind a damage. */
  get files(): Segments['files'] {
    return this.#found.files
  }

  /** Links that the index knows. */
  get links(): number {
    return this.#index.length
  }

  /** The links of the chain, as the index has them; to be held against the log itself. */
  get index(): LogIndex {
    return this.#index
  }

  /** What was found behind the last whole record; known once all records were read. */
  get damage(): LogDamage | null {
    return this.#damage
  }

  /**
   * The records that may speak of `position` or a later one, from the last link before it that the
   * index knows. Ends before the first record that is not whole.
   */
  *records(position = 0): IterableIterator<ReadRecord> {
    const link = this.#index.before(position)
    const byte = link !== null && this.#isThere(link) ? link.byte : 0
    this.#damage = this.#found.damage
    for (const segment of this.#found.segments) {
      if (segment.firstByte + segment.size <= byte) continue
      const damage = yield* this.#readSegment(segment, Math.max(0, byte - segment.firstByte))
      if (damage === null) continue
      this.#damage = damage
      return
    }
  }

  /** Whether the log has the link where the index says; an index is believed in nothing. */
  #isThere({ byte, position, records, hash }: IndexEntry): boolean {
    const from = byte - LINK_BYTES
    const segment = this.#found.segments.findLast(({ firstByte }) => firstByte <= from)
    if (segment === undefined) return false
    const at = segment.start + from - segment.firstByte
    const bytes = readAt(segment.file, at, LINK_BYTES)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const record = recordAt(bytes, view, 0)
    if (record?.kind !== LogKind.LINK || record.to !== LINK_BYTES) return false
    const { payload } = record
    const isSame = hash.every((one, i) => bytes[payload + 8 + i] === one)
    return isSame && record.position === position && view.getFloat64(payload, true) === records
  }

  *#readSegment(segment: Segment, skip: number): Generator<ReadRecord, LogDamage | null> {
    const { file, size, start } = segment
    let at = skip
    let room = WINDOW
    while (at < size) {
      const wanted = Math.min(room, size - at)
      let bytes: Uint8Array
      try {
        bytes = readAt(file, start + at, wanted)
      } catch (cause) {
        return this.#damageAt(segment, at, messageOf(cause))
      }
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      let used = 0
      let record = recordAt(bytes, view, 0)
      while (record !== null) {
        yield { bytes, record }
        used = record.to
        record = recordAt(bytes, view, used)
      }
      at += used
      if (used > 0) room = WINDOW
      else if (bytes.length === wanted && wanted < size - at) room *= 4
      else return this.#damageAt(segment, at, 'a record that is not whole')
    }
    return null
  }

  #damageAt({ file, start }: Segment, at: number, found: string): LogDamage {
    const byte = start + at
    return { file, byte, found, lost: bytesFrom(this.files, file) - byte }
  }
}

/** A whole LINK record: frame, kind, position, then records and two hashes. */
const LINK_BYTES = 8 + 1 + 8 + 8 + 32 + 32

/** An index that is not there is an empty one: it only saves time. */
function readIndex(folder: string): Uint8Array {
  try {
    return readFileSync(join(folder, INDEX_NAME))
  } catch {
    return new Uint8Array(0)
  }
}
