import { createHash } from 'node:crypto'
import { type CoreEvent, Digest, LogKind } from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { dataHash } from '../../adapters/market-data/data-hash.ts'
import { RunFailed, runBacktest } from '../../runtime/backtest.ts'
import { EventLog } from '../../runtime/event-log/event-log.ts'
import { backtestOf, market, runLogged } from '../kit/backtest.ts'
import { watched } from '../kit/backtest-watched.ts'
import { readLog } from '../kit/cli-log.ts'

const rows = market(5, 10)
const definition = backtestOf(rows)
const { result, log } = runLogged(definition)
const { events, results, runs } = readLog(log, (i) => definition.feed[i]!.local)

/** Records as documented, from the bytes alone: kind, position and bytes of each. */
function framesOf(bytes: Buffer) {
  const frames: { kind: number; position: number; from: number; to: number }[] = []
  for (let from = 0; from < bytes.length; ) {
    const to = from + 8 + bytes.readInt32LE(from)
    frames.push({ kind: bytes[from + 8]!, position: bytes.readDoubleLE(from + 9), from, to })
    from = to
  }
  return frames
}

/** The chain as documented: links and the end belong to no block. */
function chainOf(bytes: Buffer, recordsPerLink = 1024): string {
  const linked = (link: Buffer, block: readonly Buffer[]) =>
    createHash('sha256')
      .update(Buffer.concat([link, ...block]))
      .digest()
  const records = framesOf(bytes).flatMap(({ kind, from, to }) =>
    kind < 4 ? [bytes.subarray(from, to)] : [],
  )
  let link: Buffer = Buffer.alloc(32)
  const full = records.length - (records.length % recordsPerLink)
  for (let at = 0; at < full; at += recordsPerLink) {
    link = linked(link, records.slice(at, at + recordsPerLink))
  }
  return linked(link, records.slice(full)).toString('hex')
}

describe('the log holds what the Core processed, in order, and nothing else', () => {
  it('each position once: the Event, then the result', () => {
    const positions = Array.from({ length: result.events }, (_, i) => i)
    expect(events.map(({ position }) => position)).toEqual(positions)
    const passed = new Set(
      runs.flatMap((run) => positions.slice(run.position, run.position + run.count)),
    )
    expect(passed.size).toBeGreaterThan(500)
    expect(results.map(({ position }) => position)).toEqual(
      positions.filter((position) => !passed.has(position)),
    )
    expect(events[0]!.event).toEqual({ type: 'control.sessionStarted', time: 0, seed: 1 })
    expect(events.at(-1)!.event.type).toBe('control.sessionEnded')
  })

  it('the Events as the Core saw them, market rows by reference', () => {
    const seen = new Map<number, CoreEvent>()
    watched(definition, ({ event, result }) => void seen.set(result.position, event))
    expect(seen.size).toBeGreaterThan(300)
    for (const [position, event] of seen) expect(events[position]!.event).toEqual(event)
    const ranges = events.flatMap(({ event }) => (event.type === 'market.updated' ? [event] : []))
    expect(ranges[0]).toMatchObject({ from: 0 })
    expect(ranges.at(-1)!.to).toBe(definition.feed[0]!.local.length)
    ranges.slice(1).forEach(({ from }, i) => void expect(from).toBe(ranges[i]!.to))
  })

  it('a digest of State at every decision and at every n-th position, and nowhere else', () => {
    const digestEvery = 100
    const often = runLogged(backtestOf(rows, { control: { digestEvery } }))
    const decided = new Set<number>()
    watched(definition, ({ result }) => void (result.decided && decided.add(result.position)))
    for (const { position, hasStateDigest } of readLog(often.log).results) {
      expect(hasStateDigest).toBe(decided.has(position) || position % digestEvery === 0)
    }
  })
})

describe('the hash is a chain over every record', () => {
  it('links of 1,024 records, the open one last', () => {
    expect(chainOf(log)).toBe(result.eventLogHash)
    expect(chainOf(log, 1000)).not.toBe(result.eventLogHash)
  })

  it('in which no byte of the first or the last record can change unseen', () => {
    const last = framesOf(log).findLast(({ kind }) => kind < 4)!
    for (const at of [9, 20, last.to - 1]) {
      const changed = Buffer.from(log)
      changed[at]! ^= 1
      expect(chainOf(changed)).not.toBe(result.eventLogHash)
    }
  })

  it.each([0, 1, 1023, 1024, 1025, 2048])('with %i records', (count) => {
    const parts: Buffer[] = []
    const short = new EventLog({ write: (bytes) => void parts.push(Buffer.from(bytes)) })
    for (let i = 0; i < count; i++)
      short.append(i, { type: 'control.checkpoint', time: i, label: 'x' })
    const before = short.hash()
    short.close()
    expect(short.records).toBe(count)
    expect(short.hash()).toBe(before)
    expect(chainOf(Buffer.concat(parts))).toBe(before)
    expect(readLog(Buffer.concat(parts)).events.length).toBe(count)
  })

  it('is the same for the same market on another day: the header is not in it', () => {
    const tomorrow = { ...rows, originNs: rows.originNs + 86_400_000_000_000n }
    expect(dataHash(tomorrow)).not.toBe(dataHash(rows))
    expect(runBacktest(backtestOf(tomorrow)).eventLogHash).toBe(result.eventLogHash)
  })
})

describe('a log that cannot be written stops the run', () => {
  it('at the position in hand, with the cause', () => {
    const frames = framesOf(log)
    const at = frames.findIndex(({ kind }, i) => i > 500 && kind === LogKind.EVENT)
    let writes = 0
    const sink = {
      write() {
        if (writes++ === at) throw new Error('disk full')
      },
    }
    let failure: unknown
    try {
      runBacktest(definition, { sink, log: { handOver: 'record' } })
    } catch (cause) {
      failure = cause
    }
    expect(failure).toBeInstanceOf(RunFailed)
    expect((failure as RunFailed).message).toContain('disk full')
    expect((failure as RunFailed).position).toBe(frames[at]!.position)
  })

  it('keeps the position of the Event that was appended last', () => {
    const short = new EventLog()
    expect(short.position).toBe(-1)
    short.append(7, { type: 'control.checkpoint', time: 0, label: 'x' })
    short.commit(7, new Digest(), null)
    expect(short.position).toBe(7)
  })
})
