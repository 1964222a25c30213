import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError, messageOf, type ReadRecord, recordAt } from '@escapement/core'
import { LogIndex } from './log-index.ts'
import {
  decodeSegmentHeader,
  HEADER_ROOM,
  INDEX_NAME,
  SEGMENT_NAME,
  type SegmentHeader,
  segmentName,
} from './segment.ts'

type Segment = {
  readonly file: string
  /** Where its records begin in the file. */
  readonly start: number
  /** Bytes of records, and of those before it. */
  readonly size: number
  readonly firstByte: number
}

/** Where an event log stops being one, and how much lies behind. */
export type LogDamage = {
  readonly file: string
  /** In the file. */
  readonly byte: number
  readonly found: string
  /** Bytes from there to the end of the log. */
  readonly lost: number
}

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
  readonly header: SegmentHeader
  readonly index: LogIndex
  readonly #segments: readonly Segment[]
  #damage: LogDamage | null

  private constructor(
    folder: string,
    header: SegmentHeader,
    index: LogIndex,
    segments: readonly Segment[],
    damage: LogDamage | null,
  ) {
    this.folder = folder
    this.header = header
    this.index = index
    this.#segments = segments
    this.#damage = damage
  }

  /** @throws ESC_LOG_DAMAGED when the folder holds no segment, or the first has no whole header */
  static open(folder: string): LogReader {
    const names = listed(folder)
    const segments: Segment[] = []
    let header: SegmentHeader | null = null
    let damage: LogDamage | null = null
    for (const [number, name] of names.entries()) {
      const file = join(folder, name)
      try {
        const found = readHeader(file)
        const firstByte = segments.reduce((sum, { size }) => sum + size, 0)
        expectNext(file, found.header, number, firstByte, header)
        header ??= found.header
        segments.push({ file, start: found.start, size: found.size, firstByte })
      } catch (cause) {
        if (header === null || !(cause instanceof CodedError)) throw cause
        const lost = names.slice(number).reduce((sum, one) => sum + sizeOf(join(folder, one)), 0)
        damage = { file, byte: 0, found: cause.facts.found ?? cause.message, lost }
        break
      }
    }
    const end = segments.reduce((sum, { size }) => sum + size, 0)
    return new LogReader(folder, header!, new LogIndex(readIndex(folder), end), segments, damage)
  }

  /** What was found behind the last whole record; known once all records were read. */
  get damage(): LogDamage | null {
    return this.#damage
  }

  /** Bytes of all segments' records, whole or not. */
  get bytes(): number {
    return this.#segments.reduce((sum, { size }) => sum + size, 0)
  }

  /**
   * The records that may speak of `position` or a later one, from the last link of the index before
   * it on. Ends before the first record that is not whole.
   */
  *records(position = 0): IterableIterator<ReadRecord> {
    const link = this.index.before(position)
    yield* this.recordsFrom(link?.byte ?? 0)
  }

  /** The records from byte `byte` of all records on, which must be where one begins. */
  *recordsFrom(byte: number): IterableIterator<ReadRecord> {
    for (const segment of this.#segments) {
      if (segment.firstByte + segment.size <= byte) continue
      const skip = Math.max(0, byte - segment.firstByte)
      const damage = yield* this.#readSegment(segment, skip)
      if (damage === null) continue
      this.#damage = damage
      return
    }
  }

  *#readSegment(segment: Segment, skip: number): Generator<ReadRecord, LogDamage | null> {
    const descriptor = openSync(segment.file, 'r')
    try {
      let at = skip
      let room = WINDOW
      for (;;) {
        const bytes = readAt(descriptor, segment.start + at, Math.min(room, segment.size - at))
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        let used = 0
        let record = recordAt(bytes, view, 0)
        while (record !== null) {
          yield { bytes, record }
          used = record.to
          record = recordAt(bytes, view, used)
        }
        at += used
        if (at >= segment.size) return null
        if (used > 0) room = WINDOW
        else if (at + bytes.length < segment.size) room *= 4
        else return this.#damageAt(segment, at)
      }
    } finally {
      closeSync(descriptor)
    }
  }

  #damageAt({ file, start, firstByte }: Segment, at: number): LogDamage {
    const lost = this.bytes - firstByte - at + (this.#damage?.lost ?? 0)
    return { file, byte: start + at, found: 'a record that is not whole', lost }
  }
}

function expectNext(
  file: string,
  { segment, firstByte }: SegmentHeader,
  number: number,
  byte: number,
  first: SegmentHeader | null,
): void {
  if (segment === number && firstByte === byte && (first !== null) === number > 0) return
  throw new CodedError('ESC_LOG_DAMAGED', {
    file,
    found: `segment ${segment}, from byte ${firstByte}`,
    needed: `segment ${number}, from byte ${byte}`,
  })
}

/** Names of the segments, in order, as far as none is missing. */
function listed(folder: string): readonly string[] {
  let names: string[]
  try {
    names = readdirSync(folder).filter((name) => SEGMENT_NAME.test(name))
  } catch (cause) {
    throw new CodedError('ESC_LOG_DAMAGED', { file: folder, found: messageOf(cause) }, { cause })
  }
  if (names.length > 0) return names.sort()
  const needed = segmentName(0)
  throw new CodedError('ESC_LOG_DAMAGED', { file: folder, found: 'no segment', needed })
}

function readHeader(file: string) {
  const descriptor = openSync(file, 'r')
  try {
    const { size } = fstatSync(descriptor)
    const head = readAt(descriptor, 0, Math.min(size, HEADER_ROOM))
    const { header, start } = decodeSegmentHeader(head, file)
    return { header, start, size: size - start }
  } finally {
    closeSync(descriptor)
  }
}

const sizeOf = (file: string): number => {
  const descriptor = openSync(file, 'r')
  try {
    return fstatSync(descriptor).size
  } finally {
    closeSync(descriptor)
  }
}

function readAt(descriptor: number, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let read = 0
  while (read < length) {
    const more = readSync(descriptor, bytes, read, length - read, at + read)
    if (more === 0) break
    read += more
  }
  return bytes.subarray(0, read)
}

/** An index that is not there is an empty one: it only saves time. */
function readIndex(folder: string): Uint8Array {
  try {
    return readFileSync(join(folder, INDEX_NAME))
  } catch {
    return new Uint8Array(0)
  }
}
