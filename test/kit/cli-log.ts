import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ByteReader, type CoreEvent, type MarketView, readEvent } from '@escapement/core'

type Positioned<T> = { readonly position: number } & T
export type LogRecords = {
  readonly events: readonly Positioned<{ readonly event: CoreEvent }>[]
  readonly results: readonly Positioned<{ readonly hasStateDigest: boolean }>[]
  readonly runs: readonly Positioned<{
    readonly count: number
    readonly ranges: readonly (readonly number[])[]
    readonly hasStateDigest: boolean
  }>[]
  /** Of events and runs, each once, in the order of the log. */
  readonly positions: readonly number[]
}

const NO_ROWS = { length: 0 } as MarketView
const [EVENT, RESULT, RUN, LINK, END] = [1, 2, 3, 5, 6]

/** Records of the first segment of a run's log: what stands behind the header. */
export function recordsOf(run: string): Buffer {
  const bytes = readFileSync(join(run, 'events', '000000.seg'))
  return bytes.subarray(16 + bytes.readUInt32LE(8))
}

/**
 * Reads an event log by its documented layout: length, checksum, kind, position, payload. With
 * `viewOf`, the Events of runs are among the `events`; without it they and all rows are left out.
 * Throws when a record is not whole.
 */
export function readLog(
  bytes: Uint8Array,
  viewOf: ((instrument: number) => MarketView) | null = null,
): LogRecords {
  const events: LogRecords['events'][number][] = []
  const results: LogRecords['results'][number][] = []
  const runs: LogRecords['runs'][number][] = []
  const positions: number[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length; ) {
    const length = view.getInt32(at, true)
    const reader = new ByteReader(bytes.subarray(at + 8, at + 8 + length))
    at += 8 + length
    if (at > bytes.length) throw new Error(`the record before byte ${at} is torn`)
    const kind = reader.u8()
    const position = reader.f64()
    if (kind === EVENT) {
      events.push({ position, event: readEvent(reader, viewOf ?? (() => NO_ROWS)) })
      positions.push(position)
    } else if (kind === RESULT) results.push({ position, hasStateDigest: hasState(reader) })
    else if (kind === RUN) {
      const count = reader.f64()
      reader.f64()
      const ranges = Array.from({ length: reader.i32() }, () => [0, 1, 2].map(() => reader.f64()))
      runs.push({ position, count, ranges, hasStateDigest: hasState(reader) })
      for (let i = 0; i < count; i++) positions.push(position + i)
      if (viewOf === null) continue
      expanded(ranges, viewOf).forEach(
        (event, i) => void events.push({ position: position + i, event }),
      )
    } else if (kind === LINK || kind === END) reader.raw(72)
    else throw new Error(`a record of kind ${kind} before byte ${at}`)
    reader.end()
  }
  return { events, results, runs, positions }
}

/** The Market Events of ranges, in the order of time, then of instrument. */
function expanded(
  ranges: readonly (readonly number[])[],
  viewOf: (instrument: number) => MarketView,
): readonly CoreEvent[] {
  const events = ranges.flatMap(([instrument, first, end]) => {
    const view = viewOf(instrument!)
    const starts = Array.from({ length: end! - first! }, (_, i) => first! + i).filter(
      (row) => row === first || view.time[row] !== view.time[row - 1],
    )
    return starts.map((from, i) => {
      const time = view.time[from]!
      const to = starts[i + 1] ?? end!
      return { type: 'market.updated', time, instrument: instrument!, view, from, to } as const
    })
  })
  return events.sort((a, b) => a.time - b.time || a.instrument - b.instrument)
}

function hasState(reader: ByteReader): boolean {
  const flags = reader.u8()
  if (flags & 1) reader.raw(8)
  if (flags & 2) reader.raw(8)
  return (flags & 2) !== 0
}
