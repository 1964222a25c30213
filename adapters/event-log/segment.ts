import { CodedError, crc32c, messageOf } from '@escapement/core'
import type { LogHeader } from '../../actors/ports.ts'

/** First bytes of every segment: name and version of the layout. */
const NAME = Uint8Array.from([0x45, 0x53, 0x43, 0x4c, 0x4f, 0x47])
const VERSION = 1
const MAGIC = Uint8Array.of(...NAME, VERSION, 0x0a)
/** Magic, length and checksum. */
export const PREFIX = MAGIC.length + 4 + 4

/** What a segment says of itself before its records. */
export type SegmentHeader = LogHeader & {
  /** Its number, from 0. */
  readonly segment: number
  /** Bytes of records in the segments before it. */
  readonly firstByte: number
}

export const segmentName = (number: number): string => `${String(number).padStart(6, '0')}.seg`
export const SEGMENT_NAME = /^\d{6}\.seg$/
export const INDEX_NAME = 'index'

/** Magic, length and CRC-32C of the JSON, the JSON; little endian. */
export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header))
  const bytes = new Uint8Array(PREFIX + json.length)
  bytes.set(MAGIC)
  const view = new DataView(bytes.buffer)
  view.setUint32(MAGIC.length, json.length, true)
  view.setUint32(MAGIC.length + 4, crc32c(json), true)
  bytes.set(json, PREFIX)
  return bytes
}

/**
 * Where the records of a segment begin, as its first `PREFIX` bytes say.
 * @throws ESC_LOG_DAMAGED when they are not those of a segment
 */
export function recordsStart(bytes: Uint8Array, file: string): number {
  if (bytes.length < PREFIX) throw damagedHeader(file, `${bytes.length} bytes`)
  const isOther = (byte: number, i: number) => bytes[i] !== byte
  if (NAME.some(isOther)) throw damagedHeader(file, 'other first bytes')
  if (MAGIC.some(isOther)) throw damagedHeader(file, `version ${bytes[NAME.length]} of the layout`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return PREFIX + view.getUint32(MAGIC.length, true)
}

/**
 * Reads a segment's header from all bytes before its records.
 * @throws ESC_LOG_DAMAGED when it is cut, changed or of another layout
 */
export function decodeSegmentHeader(bytes: Uint8Array, file: string): SegmentHeader {
  if (recordsStart(bytes, file) > bytes.length) throw damagedHeader(file, 'a header that is cut')
  const json = bytes.subarray(PREFIX, recordsStart(bytes, file))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (crc32c(json) !== view.getUint32(MAGIC.length + 4, true)) {
    throw damagedHeader(file, 'a header with another checksum')
  }
  let header: Partial<SegmentHeader> | null
  try {
    header = JSON.parse(new TextDecoder().decode(json)) as SegmentHeader | null
  } catch (cause) {
    throw damagedHeader(file, messageOf(cause))
  }
  if (header?.schema !== SCHEMA) throw damagedHeader(file, `the schema ${header?.schema}`)
  return header as SegmentHeader
}

const SCHEMA: LogHeader['schema'] = 'escapement/log-1'

/** @throws ESC_LOG_DAMAGED where a segment does not go on where the ones before it end */
export function expectNext(
  file: string,
  found: SegmentHeader,
  number: number,
  firstByte: number,
  first: SegmentHeader | null,
): void {
  if (found.segment !== number || found.firstByte !== firstByte) {
    throw new CodedError('ESC_LOG_DAMAGED', {
      file,
      found: `segment ${found.segment}, from byte ${found.firstByte}`,
      needed: `segment ${number}, from byte ${firstByte}`,
    })
  }
  if (first === null || identityOf(found) === identityOf(first)) return
  const needed = 'the header that the first segment has'
  throw new CodedError('ESC_LOG_DAMAGED', { file, found: 'a segment of another log', needed })
}

/** All but the place in the log; every segment of a log is written from one value. */
const identityOf = ({ segment: _number, firstByte: _byte, ...identity }: SegmentHeader): string =>
  JSON.stringify(identity)

const damagedHeader = (file: string, found: string): CodedError =>
  new CodedError('ESC_LOG_DAMAGED', { file, found, needed: 'the header of a segment' })
