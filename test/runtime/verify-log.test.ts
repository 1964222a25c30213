/** What a log says of itself, and what is found when it is not so. */
import { crc32c, LogKind, logRecords, type ReadRecord } from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { logHash } from '../../runtime/event-log/log-hash.ts'
import { verifyLog } from '../../runtime/event-log/verify-log.ts'
import { backtestOf, making, market, runLogged } from '../kit/backtest.ts'
import { logHeader } from '../kit/event-log.ts'

const header = { ...logHeader, topologyHash: 'none' }
const datasets = { AAA: market(5, 20, 100), BBB: market(6, 20, 100) }
const definition = backtestOf(datasets, {}, making({ intervalMs: 20 }))
const { result, log } = runLogged(definition, { log: { market: 'full' } })
const records = [...logRecords(log)].map(({ from, to }) => Buffer.from(log.subarray(from, to)))
const kindOf = (record: Buffer) => record[8]!
const positionOf = (record: Buffer) => record.readDoubleLE(9)

function* read(parts: readonly Buffer[]): IterableIterator<ReadRecord> {
  const bytes = Buffer.concat(parts)
  for (const record of logRecords(bytes)) yield { bytes, record }
}
const verify = (parts: readonly Buffer[], first?: number) => {
  const parent = first === undefined ? {} : { parent: { eventLogHash: 'other', position: first } }
  return verifyLog({ header: { ...header, ...parent }, damage: null, records: () => read(parts) })
}

/** A record after `change`, with the checksum that it should have then. */
function forged(record: Buffer, change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(record)
  change(bytes)
  bytes.writeUInt32LE(crc32c(bytes, 8), 4)
  return bytes
}
const withRecord = (at: number, record: readonly Buffer[]) => [
  ...records.slice(0, at),
  ...record,
  ...records.slice(at + 1),
]
const indexOf = (kind: number, from = 0) =>
  records.findIndex((one, i) => i >= from && kindOf(one) === kind)
const links = records.flatMap((record, i) => (kindOf(record) === LogKind.LINK ? [i] : []))

describe('a log as it was written', () => {
  it('is whole, with the count and the hash of its run', () => {
    const verdict = verify(records)
    expect(links.length).toBeGreaterThan(2)
    expect(verdict).toMatchObject({ whole: true, closed: true, damage: null, contradiction: null })
    expect(verdict.events).toBe(result.events)
    expect(verdict.hash).toBe(result.eventLogHash)
    expect(logHash(log)).toBe(verdict.hash)
    const counted = Object.values(LogKind).map((kind) => {
      return records.filter((record) => kindOf(record) === kind).length
    })
    expect(Object.values(verdict.records)).toEqual(counted)
    expect(Math.min(...counted)).toBeGreaterThan(0)
  })

  it('but for its end is open, at whichever record it stops, and never whole', () => {
    for (let length = 0; length < records.length; length += 37) {
      const verdict = verify(records.slice(0, length))
      expect(verdict).toMatchObject({ whole: false, closed: false, contradiction: null })
    }
  })

  it('is not whole where bytes lie behind it that are no record', () => {
    const damage = { file: 'f', byte: 1, found: 'x', lost: 2 }
    const verdict = verifyLog({ header, damage, records: () => read(records) })
    expect(verdict).toMatchObject({ whole: false, closed: true, damage })
  })

  it('begins where its header says that it forks', () => {
    expect(verify(records, 5).contradiction).toMatchObject({
      first: 5,
      found: 'EVENT of position 0',
    })
    expect(verify([], 5)).toMatchObject({ events: 0, contradiction: null })
  })
})

describe('an altered record with a checksum of its own', () => {
  const linkPosition = (i: number) => positionOf(records[links[i]!]!)

  it('is told by the next link, which names the positions', () => {
    const alterations: readonly (readonly [link: number, record: number])[] = [
      [0, indexOf(LogKind.EVENT)],
      [1, indexOf(LogKind.RESULT, links[0]! + 5)],
      [1, indexOf(LogKind.RUN, links[0]! + 5)],
      [2, indexOf(LogKind.RESULT, links[1]! + 1)],
    ]
    for (const [link, at] of alterations) {
      const one = records[at]!
      const last = one.length - 1
      const verdict = verify(withRecord(at, [forged(one, (bytes) => (bytes[last]! ^= 1))]))
      expect(verdict.whole).toBe(false)
      expect(verdict.contradiction).toMatchObject({
        first: link === 0 ? 0 : linkPosition(link - 1) + 1,
        last: linkPosition(link),
      })
      expect(verdict.contradiction!.needed).toContain('as the link says')
    }
  })

  it('behind the last link is told by the closing record', () => {
    const at = indexOf(LogKind.RESULT, links.at(-1)! + 1)
    const { contradiction } = verify(
      withRecord(at, [forged(records[at]!, (bytes) => (bytes[bytes.length - 1]! ^= 1))]),
    )
    expect(contradiction).toMatchObject({ first: positionOf(records[links.at(-1)!]!) + 1 })
    expect(contradiction!.found).toMatch(/^hash [0-9a-f]{64}$/)
    expect(contradiction!.needed).toMatch(/^[0-9a-f]{64}, as the closing record says$/)
  })

  it('of copied rows as well, before and behind the last link', () => {
    for (const from of [0, links.at(-1)! + 1]) {
      const at = indexOf(LogKind.ROWS, from)
      const { contradiction } = verify(
        withRecord(at, [forged(records[at]!, (bytes) => (bytes[bytes.length - 9]! ^= 1))]),
      )
      expect(contradiction!.found).toMatch(/^hash of rows/)
    }
  })
})

describe('records that do not belong where they stand', () => {
  const event = indexOf(LogKind.EVENT, 40)
  const run = indexOf(LogKind.RUN, 40)
  const rows = indexOf(LogKind.ROWS, 40)
  const end = records.length - 1
  const payload = (at: number, offset: number, value: number) =>
    forged(records[at]!, (bytes) => void bytes.writeDoubleLE(value, 17 + offset))
  const moved = (at: number, by: number) =>
    forged(records[at]!, (bytes) => void bytes.writeDoubleLE(positionOf(bytes) + by, 9))

  it.each([
    ['an Event twice', withRecord(event, [records[event]!, records[event]!]), 'EVENT of position'],
    ['a missing Event', withRecord(event, []), 'a RESULT of position'],
    ['a gap', withRecord(event, [moved(event, 1)]), 'EVENT of position'],
    ['a missing run', withRecord(run, []), 'of position'],
    ['a run twice', withRecord(run, [records[run]!, records[run]!]), 'RUN of position'],
    ['a run of nothing', withRecord(run, [payload(run, 0, 0)]), 'a RUN of 0'],
    ['a run of a half', withRecord(run, [payload(run, 0, 0.5)]), 'a RUN of 0.5'],
    ['a result of another Event', withRecord(event + 1, [moved(event + 1, 1)]), 'a RESULT'],
    ['rows of an Event that was', withRecord(rows, [moved(rows, -30)]), 'rows of position'],
    ['a link that is missing', withRecord(links[0]!, []), ''],
    ['a link too early', [...records.slice(0, 40), records[links[0]!]!], 'position'],
    ['a link of another count', withRecord(links[1]!, [payload(links[1]!, 0, 5)]), 'records 2048'],
    ['an end of another count', withRecord(end, [payload(end, 0, 5)]), 'records'],
    ['an end at another position', withRecord(end, [moved(end, 1)]), 'position'],
    ['an end before the end', [...records.slice(0, 50), records[end]!], 'position'],
    ['something behind the end', [...records, records[0]!], 'EVENT behind'],
    ['two ends', [...records, records[end]!], 'END behind'],
  ])('are found: %s', (_claim, parts, found) => {
    const { whole, contradiction } = verify(parts)
    expect(whole).toBe(false)
    expect(contradiction!.found).toContain(found)
    expect(contradiction!.last).toBeGreaterThanOrEqual(contradiction!.first)
  })

  it('nor payloads that are too short', () => {
    for (const at of [run, links[0]!, end]) {
      const short = Buffer.from(records[at]!.subarray(0, 20))
      short.writeInt32LE(12, 0)
      const { contradiction } = verify(withRecord(at, [forged(short, () => undefined)]))
      expect(contradiction!.needed).toContain('the payload of')
    }
  })
})
