import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError, messageOf } from '@escapement/core'
import type { LogDamage } from '../../actors/ports.ts'
import {
  decodeSegmentHeader,
  expectNext,
  PREFIX,
  recordsStart,
  SEGMENT_NAME,
  type SegmentHeader,
  segmentName,
} from './segment.ts'

/** A segment whose header is whole; its records may not be. */
export type Segment = {
  readonly file: string
  /** Where its records begin in the file. */
  readonly start: number
  /** Bytes behind the header, and bytes of records in the segments before it. */
  readonly size: number
  readonly firstByte: number
}

export type Segments = {
  readonly header: SegmentHeader
  /** In order, as far as each goes on where the one before it ends. */
  readonly segments: readonly Segment[]
  /** Where the next one does not. */
  readonly damage: LogDamage | null
  /** Every file that is named as a segment, also behind the damage. */
  readonly files: readonly SegmentFile[]
}

export type SegmentFile = { readonly file: string; readonly bytes: number }

/**
 * The segments in a folder; other files in it mean nothing.
 * @throws ESC_LOG_DAMAGED when there is none, or the first has no whole header
 */
export function findSegments(folder: string): Segments {
  const files = segmentFiles(folder)
  const segments: Segment[] = []
  let header: SegmentHeader | null = null
  let firstByte = 0
  for (const [number, { file }] of files.entries()) {
    try {
      const found = readHeader(file)
      expectNext(file, found.header, number, firstByte, header)
      header ??= found.header
      segments.push({ file, start: found.start, size: found.size, firstByte })
      firstByte += found.size
    } catch (cause) {
      const { facts } = coded(cause, file)
      if (header === null) throw coded(cause, file)
      const damage = { file, byte: 0, found: facts.found ?? '', lost: bytesFrom(files, file) }
      return { header, segments, damage, files }
    }
  }
  return { header: header!, segments, damage: null, files }
}

/** Bytes of a file and of those behind it. */
export function bytesFrom(files: readonly SegmentFile[], file: string): number {
  const index = files.findIndex((one) => one.file === file)
  return files.slice(index).reduce((sum, { bytes }) => sum + bytes, 0)
}

function segmentFiles(folder: string): readonly SegmentFile[] {
  let files: readonly SegmentFile[]
  try {
    const names = readdirSync(folder).filter((name) => SEGMENT_NAME.test(name))
    files = names.sort().map((name) => {
      const file = join(folder, name)
      return { file, bytes: statSync(file, { throwIfNoEntry: false })?.size ?? 0 }
    })
  } catch (cause) {
    throw coded(cause, folder)
  }
  if (files.length > 0) return files
  const needed = segmentName(0)
  throw new CodedError('ESC_LOG_DAMAGED', { file: folder, found: 'no segment', needed })
}

function readHeader(file: string) {
  const { size } = statSync(file)
  const start = recordsStart(readAt(file, 0, Math.min(size, PREFIX)), file)
  const header = decodeSegmentHeader(readAt(file, 0, Math.min(size, start)), file)
  return { header, start, size: size - start }
}

/** Up to `length` bytes from byte `at` of a file on; fewer where it ends. */
export function readAt(file: string, at: number, length: number): Uint8Array {
  const descriptor = openSync(file, 'r')
  try {
    const bytes = new Uint8Array(length)
    let read = 0
    while (read < length) {
      const more = readSync(descriptor, bytes, read, length - read, at + read)
      if (more === 0) break
      read += more
    }
    return bytes.subarray(0, read)
  } finally {
    closeSync(descriptor)
  }
}

/** What the system says of a file that it does not give, as damage of the log. */
function coded(cause: unknown, file: string): CodedError {
  if (cause instanceof CodedError) return cause
  return new CodedError('ESC_LOG_DAMAGED', { file, found: messageOf(cause) }, { cause })
}
