import { createHash } from 'node:crypto'
import { EVENT, RECORDS_PER_LINK } from './event-log.ts'

/** A record of an event log: bytes [from, to) of it, length and all. */
export type LogRecord = {
  readonly from: number
  readonly to: number
  readonly isEvent: boolean
  readonly position: number
  /** Where what follows the position begins. */
  readonly payload: number
}

/** Length, kind and position stand before the payload. */
const HEAD = 4 + 1 + 8

/** The whole records of an event log, in order; a torn one at the end is left out. */
export function* logRecords(bytes: Uint8Array): IterableIterator<LogRecord> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let from = 0
  while (from + HEAD <= bytes.length) {
    const to = from + 4 + view.getInt32(from, true)
    if (to < from + HEAD || to > bytes.length) return
    const isEvent = view.getUint8(from + 4) === EVENT
    yield { from, to, isEvent, position: view.getFloat64(from + 5, true), payload: from + HEAD }
    from = to
  }
}

/** What a log of these bytes hashes to: the chain of event-log.ts. */
export function logHash(bytes: Uint8Array): string {
  const linked = (link: Uint8Array, from: number, to: number) =>
    createHash('sha256').update(link).update(bytes.subarray(from, to)).digest()
  let link: Uint8Array = new Uint8Array(32)
  let from = 0
  let records = 0
  for (const { to } of logRecords(bytes)) {
    records++
    if (records % RECORDS_PER_LINK !== 0) continue
    link = linked(link, from, to)
    from = to
  }
  return linked(link, from, bytes.length).toString('hex')
}
