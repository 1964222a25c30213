import { CodedError, crc32c, messageOf } from '@escapement/core'
import type { LogHeader } from '../../actors/ports.ts'

/** First bytes of every segment: name and version of the layout. */
const MAGIC = Uint8Array.from([0x45, 0x53, 0x43, 0x4c, 0x4f, 0x47, 0x01, 0x0a])
const PREFIX = MAGIC.length + 4 + 4

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
 * Reads a segment's header from its first bytes, and says where its records begin.
 * @throws ESC_LOG_DAMAGED when it is cut, changed or of another layout
 */
export function decodeSegmentHeader(
  bytes: Uint8Array,
  file: string,
): { readonly header: SegmentHeader; readonly start: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < PREFIX || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw damagedHeader(file, 'other first bytes')
  }
  const start = PREFIX + view.getUint32(MAGIC.length, true)
  if (start > bytes.length) throw damagedHeader(file, 'a header that is cut')
  const json = bytes.subarray(PREFIX, start)
  if (crc32c(json) !== view.getUint32(MAGIC.length + 4, true)) {
    throw damagedHeader(file, 'a header with another checksum')
  }
  try {
    return { header: JSON.parse(new TextDecoder().decode(json)) as SegmentHeader, start }
  } catch (cause) {
    throw damagedHeader(file, messageOf(cause))
  }
}

/** Longest header that is looked for. */
export const HEADER_ROOM = 1 << 20

const damagedHeader = (file: string, found: string): CodedError =>
  new CodedError('ESC_LOG_DAMAGED', { file, found, needed: 'the header of a segment' })
