import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type CoreEvent, Digest, RowKind } from '@escapement/core'
import type { LogHeader } from '../../actors/ports.ts'
import { LogReader } from '../../adapters/event-log/log-reader.ts'
import { SegmentedLog, type SegmentedLogOptions } from '../../adapters/event-log/segmented-log.ts'
import { EventLog, type EventLogOptions } from '../../runtime/event-log/event-log.ts'
import { viewOf } from './market.ts'

export const logHeader: Omit<LogHeader, 'topologyHash'> = {
  schema: 'escapement/log-1',
  software: 'escapement test',
  originNs: '1700000000000000000',
  seed: 1,
  configFingerprint: 'c0ffee',
  strategies: [{ name: 'maker', identity: 'maker 1' }],
  data: [{ name: 'made', hash: 'beef', rows: 64 }],
  market: 'reference',
}

export const checkpoint = (time: number, label = `at ${time}`): CoreEvent => ({
  type: 'control.checkpoint',
  time,
  label,
})

const rows = viewOf(
  Array.from({ length: 4096 }, (_, i) => {
    return { kind: RowKind.DEPTH, time: 10 * i, side: 1, price: 100 + (i % 7), qty: 1 + (i % 3) }
  }),
)

export type WrittenLog = SegmentedLogOptions &
  EventLogOptions & {
    readonly positions: number
    readonly header?: Partial<LogHeader>
    readonly isLeftOpen?: boolean
  }

/**
 * A log of `positions` positions in `folder`: checkpoints with results, and after each seventh a run
 * of three market Events. Gives the hash of its Event Stream.
 */
export function writeLog(folder: string, { positions, ...options }: WrittenLog): string {
  const header = { ...logHeader, market: options.market ?? 'reference', ...options.header }
  const sink = new SegmentedLog(folder, header, options)
  sink.begin({ hash: 'a topology' })
  const log = new EventLog(sink, { handOver: 'record', ...options })
  const digest = new Digest()
  for (let position = 0; position < positions; position++) {
    digest.u32(position)
    if (position % 10 < 7) log.append(position, checkpoint(100 * position))
    else {
      const from = (position * 2) % 4096
      const time = rows.time[from]!
      const event = { type: 'market.updated', time, instrument: 0, view: rows } as const
      log.pass(position, 1, { ...event, from, to: from + 1 })
      if (position % 10 < 9) continue
    }
    log.commit(position, digest, position % 5 === 0 ? digest : null)
  }
  if (options.isLeftOpen !== true) log.close()
  sink.close()
  return log.hash()
}

/** What a reader gives: kind, position and bytes of each record. */
export type ReadLog = {
  readonly records: readonly Buffer[]
  readonly damage: LogReader['damage']
}

export function readFolder(folder: string, position = 0): ReadLog {
  const reader = LogReader.open(folder)
  const records: Buffer[] = []
  for (const { bytes, record } of reader.records(position)) {
    records.push(Buffer.from(bytes.subarray(record.from, record.to)))
  }
  return { records, damage: reader.damage }
}

/** A segment as its layout says: where its records begin, and where each of them ends. */
export type SegmentLayout = {
  readonly file: string
  readonly bytes: Buffer
  readonly start: number
  readonly ends: readonly number[]
}

/** Reads whole segments by the documented layout alone. */
export function layoutOf(folder: string): readonly SegmentLayout[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.seg'))
  return names.sort().map((name) => {
    const file = join(folder, name)
    const bytes = readFileSync(file)
    const start = 16 + bytes.readUInt32LE(8)
    const ends: number[] = []
    for (let at = start; at < bytes.length; ) {
      at += 8 + bytes.readUInt32LE(at)
      ends.push(at)
    }
    return { file, bytes, start, ends }
  })
}

/** Writes bytes over those of a file, in place. */
export function overwrite(file: string, at: number, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'r+')
  try {
    writeSync(descriptor, bytes, 0, bytes.length, at)
  } finally {
    closeSync(descriptor)
  }
}
