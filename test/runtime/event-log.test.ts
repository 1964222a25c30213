import { createHash } from 'node:crypto'
import { type CoreEvent, Digest } from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { dataHash } from '../../adapters/market-data/data-hash.ts'
import { RunFailed, runBacktest } from '../../runtime/backtest.ts'
import { EventLog } from '../../runtime/event-log.ts'
import { backtestOf, market, runLogged } from '../kit/backtest.ts'
import { watched } from '../kit/backtest-watched.ts'
import { readLog } from '../kit/cli-log.ts'

const rows = market(5, 10)
const definition = backtestOf(rows)
const { result, log } = runLogged(definition)
const { events, results } = readLog(log, (instrument) => definition.feed[instrument]!.local)

/** The chain as documented, from the bytes alone. */
function chainOf(bytes: Buffer, recordsPerLink = 1024): string {
  let link = Buffer.alloc(32)
  let [start, at, records] = [0, 0, 0]
  while (at < bytes.length) {
    at += 4 + bytes.readInt32LE(at)
    if (++records % recordsPerLink !== 0) continue
    link = createHash('sha256').update(link).update(bytes.subarray(start, at)).digest()
    start = at
  }
  return createHash('sha256').update(link).update(bytes.subarray(start)).digest('hex')
}

describe('the log holds what the Core processed, in order, and nothing else', () => {
  it('each position once: the Event, then the result', () => {
    const positions = Array.from({ length: result.events }, (_, i) => i)
    expect(events.map(({ position }) => position)).toEqual(positions)
    expect(results.map(({ position }) => position)).toEqual(positions)
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
    for (const at of [5, 20, log.length - 1]) {
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
    let links = 0
    const sink = {
      write() {
        if (++links === 2) throw new Error('disk full')
      },
    }
    let failure: unknown
    try {
      runBacktest(definition, { sink })
    } catch (cause) {
      failure = cause
    }
    expect(failure).toBeInstanceOf(RunFailed)
    expect((failure as RunFailed).message).toContain('disk full')
    // Two records a position: the second link is full with the result of position 1,023.
    expect((failure as RunFailed).position).toBe(1023)
  })

  it('keeps the position of the Event that was appended last', () => {
    const short = new EventLog()
    expect(short.position).toBe(-1)
    short.append(7, { type: 'control.checkpoint', time: 0, label: 'x' })
    short.commit(7, new Digest(), null)
    expect(short.position).toBe(7)
  })
})
