import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { CodedError, messageOf, recordAt } from '@escapement/core'
import { syncDirectory, writeBytesAtomically } from '../market-data/files.ts'
import { LogReader } from './log-reader.ts'
import { readAt } from './segments.ts'

/** What was cut from a log, and where it is kept. */
export type LogRepair = {
  readonly file: string
  /** Where the file ends now; 0 where it had no whole header and is gone. */
  readonly byte: number
  readonly cut: number
  readonly kept: string
}

/**
 * Cuts what is torn at the end of a log that nobody writes any more, and keeps the bytes in a file
 * beside it. Null where there is nothing to cut.
 *
 * @throws ESC_LOG_DAMAGED where a segment or a whole record lies behind the damage: that is no torn
 * end, and cutting would lose what was written
 * @throws ESC_OUTPUT where the system does not let it
 */
export function repairLog(folder: string): LogRepair | null {
  const reader = LogReader.open(folder)
  for (const _ of reader.records());
  const { damage, files } = reader
  if (damage === null) return null
  const { file, byte } = damage
  if (files.at(-1)?.file !== file) throw refusal(file, byte, 'another segment')
  return guarded(file, () => {
    const torn = readAt(file, byte, files.at(-1)!.bytes - byte)
    const whole = wholeRecordIn(torn)
    if (whole !== null) throw refusal(file, byte, `a whole record at byte ${byte + whole}`)
    const kept = `${file}.torn-${byte}`
    if (byte === 0) renameSync(file, kept)
    else cutInto(file, byte, torn, kept)
    syncDirectory(dirname(file))
    return { file, byte, cut: torn.length, kept }
  })
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof CodedError) throw cause
    throw new CodedError('ESC_OUTPUT', { file, found: messageOf(cause) }, { cause })
  }
}

/** What is cut is safe before it is cut. */
function cutInto(file: string, byte: number, torn: Uint8Array, kept: string): void {
  writeBytesAtomically(kept, [torn])
  const descriptor = openSync(file, 'r+')
  try {
    ftruncateSync(descriptor, byte)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Where the first whole record in these bytes begins. */
function wholeRecordIn(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length; at++) {
    if (recordAt(bytes, view, at) !== null) return at
  }
  return null
}

const refusal = (file: string, byte: number, found: string): CodedError =>
  new CodedError('ESC_LOG_DAMAGED', {
    file,
    field: `byte ${byte}`,
    found: `damage with ${found} behind it`,
    needed: 'a torn end',
    hint: 'nothing was cut; escapement log --to writes what can be read before it',
  })
