import { ByteReader, type CoreEvent, type MarketView, readEvent } from '@escapement/core'

export type LogRecords = {
  readonly events: readonly { readonly position: number; readonly event: CoreEvent }[]
  readonly results: readonly { readonly position: number; readonly hasStateDigest: boolean }[]
}

const NO_ROWS = { length: 0 } as MarketView
const [EVENT, RESULT] = [1, 2]

/**
 * Reads an event log by its documented layout: length, kind, position, payload. Market rows are
 * left out, so `viewOf` may be missing. Throws when a record is not whole.
 */
export function readLog(
  bytes: Uint8Array,
  viewOf: (instrument: number) => MarketView = () => NO_ROWS,
): LogRecords {
  const events: { position: number; event: CoreEvent }[] = []
  const results: { position: number; hasStateDigest: boolean }[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length; ) {
    const length = view.getInt32(at, true)
    const reader = new ByteReader(bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
    if (at > bytes.length) throw new Error(`the record before byte ${at} is torn`)
    const kind = reader.u8()
    const position = reader.f64()
    if (kind === EVENT) {
      events.push({ position, event: readEvent(reader, viewOf) })
      reader.end()
    } else if (kind === RESULT) {
      reader.i32()
      reader.i32()
      results.push({ position, hasStateDigest: reader.u8() === 1 })
    } else throw new Error(`a record of kind ${kind} before byte ${at}`)
  }
  return { events, results }
}
