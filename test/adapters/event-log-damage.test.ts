/** What becomes of an event log whose files were cut or changed, at every byte. */
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LogReader } from '../../adapters/event-log/log-reader.ts'
import { folderWith } from '../kit/cli.ts'
import {
  layoutOf,
  overwrite,
  type ReadLog,
  readFolder,
  type SegmentLayout,
  writeLog,
} from '../kit/event-log.ts'

/** A log in a folder of its own, and what it holds. */
function logOf(positions: number, segmentBytes: number) {
  const folder = join(folderWith(), 'events')
  writeLog(folder, { positions, segmentBytes })
  const segments = layoutOf(folder)
  const whole = readFolder(folder)
  expect(whole.damage).toBeNull()
  return { folder, segments, records: whole.records }
}

/** What must be found where segment `number` is whole up to byte `byte` only. */
function expectPrefix(
  found: ReadLog,
  { records, segments }: { records: readonly Buffer[]; segments: readonly SegmentLayout[] },
  number: number,
  byte: number,
  lost: number | null,
): void {
  const { file, start, ends } = segments[number]!
  const before = segments.slice(0, number).reduce((sum, one) => sum + one.ends.length, 0)
  const whole = byte < start ? [] : ends.filter((end) => end <= byte)
  const expected = records.slice(0, before + whole.length)
  expect(found.records.length).toBe(expected.length)
  expect(Buffer.concat(found.records).equals(Buffer.concat(expected))).toBe(true)
  if (lost === null) return expect(found.damage).toBeNull()
  const at = byte < start ? 0 : (whole.at(-1) ?? start)
  expect(found.damage).toMatchObject({ file, byte: at, lost: lost + byte - at })
}

const bytesOf = (segments: readonly SegmentLayout[]): number =>
  segments.reduce((sum, { bytes }) => sum + bytes.length, 0)

const refusal = (folder: string) => {
  try {
    readFolder(folder)
  } catch (cause) {
    return cause
  }
  return null
}
const damagedLog = expect.objectContaining({ code: 'ESC_LOG_DAMAGED' })

describe('a log that ends at any byte', () => {
  it('is what was written before, and says how much more there was', () => {
    const log = logOf(24, 300)
    const { segments } = log
    expect(segments.length).toBeGreaterThan(4)
    for (let number = segments.length - 1; number >= 0; number--) {
      const { file, bytes, start, ends } = segments[number]!
      for (let byte = bytes.length; byte >= 0; byte--) {
        truncateSync(file, byte)
        if (number === 0 && byte < start) expect(refusal(log.folder)).toEqual(damagedLog)
        else {
          const isClean = byte === start || ends.includes(byte)
          expectPrefix(readFolder(log.folder), log, number, byte, isClean ? null : 0)
        }
      }
      rmSync(file)
    }
    expect(refusal(log.folder)).toEqual(damagedLog)
  })

  it('also where later segments are still there: they are lost', () => {
    const log = logOf(24, 300)
    const { segments } = log
    for (const number of [0, 1, 2]) {
      const { file, bytes, start, ends } = segments[number]!
      const later = bytesOf(segments.slice(number + 1))
      for (let byte = start; byte < bytes.length; byte++) {
        truncateSync(file, byte)
        const found = readFolder(log.folder)
        if (byte !== start && !ends.includes(byte)) {
          expectPrefix(found, log, number, byte, later)
          continue
        }
        const next = segments[number + 1]!
        expectPrefix({ ...found, damage: null }, log, number, byte, null)
        expect(found.damage).toMatchObject({ file: next.file, byte: 0, lost: later })
        if (byte === start) break
      }
      writeFileSync(file, bytes)
    }
  })
})

/** Flips one bit, looks, and flips it back. */
function flipped(log: ReturnType<typeof logOf>, number: number, byte: number, bit: number): void {
  const { file, bytes, start } = log.segments[number]!
  overwrite(file, byte, Uint8Array.of(bytes[byte]! ^ (1 << bit)))
  if (number === 0 && byte < start) expect(refusal(log.folder)).toEqual(damagedLog)
  else {
    const lost = bytesOf(log.segments.slice(number)) - byte
    expectPrefix(readFolder(log.folder), log, number, byte, lost)
  }
  overwrite(file, byte, bytes.subarray(byte, byte + 1))
}

describe('a log with a bit changed', () => {
  it('at any byte is what stands before the record or the segment that it is in', () => {
    const log = logOf(24, 300)
    log.segments.forEach(({ bytes }, number) => {
      for (let byte = 0; byte < bytes.length; byte++) flipped(log, number, byte, byte % 8)
    })
    expect(readFolder(log.folder).damage).toBeNull()
  })

  it('at 300 random places of a large one as well, cut there or changed', () => {
    const log = logOf(6_000, 40_000)
    expect(log.segments.length).toBeGreaterThan(8)
    const places = fc.property(fc.nat(), fc.nat(), fc.nat({ max: 7 }), (some, where, bit) => {
      const number = some % log.segments.length
      const { file, bytes, start } = log.segments[number]!
      const byte = where % bytes.length
      flipped(log, number, byte, bit)
      if (byte < start) return
      truncateSync(file, byte)
      const { records } = readFolder(log.folder)
      expectPrefix({ records, damage: null }, log, number, byte, null)
      writeFileSync(file, bytes)
    })
    fc.assert(places, { numRuns: 150 })
  })
})

describe('segments that are not those of the log', () => {
  const expectEndsAt = (log: ReturnType<typeof logOf>, number: number, found: string) => {
    const { records, damage } = readFolder(log.folder)
    const { file } = log.segments[number]!
    const before = log.segments.slice(0, number)
    expect(records.length).toBe(before.reduce((sum, { ends }) => sum + ends.length, 0))
    expect(damage).toMatchObject({ file, byte: 0 })
    expect(damage!.found).toContain(found)
  }

  it('end it where one is missing', () => {
    const log = logOf(24, 300)
    rmSync(log.segments[2]!.file)
    const [, , , third] = log.segments
    const { records, damage } = readFolder(log.folder)
    const before = log.segments.slice(0, 2)
    expect(records.length).toBe(before.reduce((sum, { ends }) => sum + ends.length, 0))
    expect(damage).toMatchObject({
      file: third!.file,
      byte: 0,
      lost: bytesOf(log.segments.slice(3)),
    })
    expect(damage!.found).toContain('segment 3')
  })

  it('are no log where the first is missing', () => {
    const log = logOf(24, 300)
    rmSync(log.segments[0]!.file)
    expect(refusal(log.folder)).toEqual(damagedLog)
  })

  it('end it where one stands twice', () => {
    const log = logOf(24, 300)
    copyFileSync(log.segments[1]!.file, log.segments[2]!.file)
    expectEndsAt(log, 2, 'segment 1')
  })

  it('end it where one is of another log, though its place is right', () => {
    const log = logOf(24, 300)
    const other = join(folderWith(), 'events')
    writeLog(other, { positions: 24, segmentBytes: 300, header: { seed: 2 } })
    copyFileSync(layoutOf(other)[2]!.file, log.segments[2]!.file)
    expectEndsAt(log, 2, 'another log')
  })

  it('end it where one is a folder, empty, text, of another version, or too long a header', () => {
    const header = Buffer.from([0x45, 0x53, 0x43, 0x4c, 0x4f, 0x47, 1, 10, 0xff, 0xff, 0xff, 0xff])
    const wrong: readonly (readonly [string | Buffer | null, string])[] = [
      [null, 'directory'],
      ['', '0 bytes'],
      ['this is no segment of an event log', 'other first bytes'],
      [Buffer.from('ESCLOG\u0002\n........'), 'version 2'],
      [Buffer.concat([header, Buffer.alloc(200)]), 'cut'],
    ]
    for (const [content, found] of wrong) {
      const log = logOf(24, 300)
      const { file } = log.segments[1]!
      rmSync(file)
      if (content === null) mkdirSync(file)
      else writeFileSync(file, content)
      expectEndsAt(log, 1, found)
      writeFileSync(log.segments[0]!.file, content ?? 'x')
      expect(refusal(log.folder)).toEqual(damagedLog)
    }
  })

  it('are none where files have other names: those mean nothing', () => {
    const log = logOf(24, 300)
    const names = ['notes.txt', '000001.seg.torn-12', '1.seg', 'x000001.seg', '.000002.seg']
    for (const name of names) writeFileSync(join(log.folder, name), 'garbage')
    mkdirSync(join(log.folder, 'more'))
    const { records, damage } = readFolder(log.folder)
    expect(damage).toBeNull()
    expect(records.length).toBe(log.records.length)
  })

  it('are none in a folder that is empty, or not there', () => {
    expect(refusal(folderWith())).toEqual(damagedLog)
    expect(refusal(join(folderWith(), 'nowhere'))).toEqual(damagedLog)
  })
})

describe('an index', () => {
  const POSITIONS = 4_000
  const whole = () => {
    const log = logOf(POSITIONS, 20_000)
    const index = join(log.folder, 'index')
    return { ...log, index }
  }
  const positionsFrom = (folder: string, position: number) =>
    readFolder(folder, position).records.map((bytes) => bytes.readDoubleLE(9))
  /** From wherever it begins, nothing of `position` and behind is missing. */
  const expectFrom = (folder: string, records: readonly Buffer[], position: number) => {
    const found = readFolder(folder, position)
    expect(found.damage).toBeNull()
    const expected = records.slice(records.length - found.records.length)
    expect(Buffer.concat(found.records).equals(Buffer.concat(expected))).toBe(true)
    const first = found.records[0]!.readDoubleLE(9)
    expect(first).toBeLessThanOrEqual(position)
    return found.records.length
  }

  it('leads to the link before a position', () => {
    const { folder, records } = whole()
    expect(LogReader.open(folder).links).toBeGreaterThan(4)
    for (let position = 0; position < POSITIONS; position += 61) {
      const read = expectFrom(folder, records, position)
      const behind = records.filter((bytes) => bytes.readDoubleLE(9) >= position).length
      expect(read - behind).toBeLessThanOrEqual(1_026)
    }
    expect(positionsFrom(folder, POSITIONS + 10).length).toBeLessThan(1_026)
  })

  it('that is absent, empty, a folder, cut or garbage only costs time', () => {
    const { folder, records, index } = whole()
    const { length } = readFolder(folder).records
    const content = readFileSync(index)
    const wrong: readonly (Buffer | null | 'folder')[] = [
      null,
      'folder',
      Buffer.alloc(0),
      Buffer.alloc(4_096, 7),
      content.subarray(0, content.length - 13),
      Buffer.concat([content.subarray(13)]),
      Buffer.concat([content.subarray(0, 60), Buffer.alloc(60), content.subarray(120)]),
    ]
    for (const one of wrong) {
      rmSync(index, { recursive: true, force: true })
      if (one === 'folder') mkdirSync(index)
      else if (one !== null) writeFileSync(index, one)
      for (const position of [0, 1_500, 3_999]) expectFrom(folder, records, position)
      expect(readFolder(folder).records.length).toBe(length)
    }
  })

  it('with a bit changed anywhere leads nowhere wrong', () => {
    const { folder, records, index } = whole()
    const content = readFileSync(index)
    for (let byte = 0; byte < content.length; byte++) {
      overwrite(index, byte, Uint8Array.of(content[byte]! ^ (1 << (byte % 8))))
      expectFrom(folder, records, (byte * 13) % POSITIONS)
      overwrite(index, byte, content.subarray(byte, byte + 1))
    }
  })

  it('that speaks of more than the log has, as after a loss of power, is not followed there', () => {
    const { folder, segments } = whole()
    for (const { file } of segments.slice(2)) rmSync(file)
    const { records } = readFolder(folder)
    for (const position of [0, 500, 3_000]) {
      const found = readFolder(folder, position)
      expect(found.damage).toBeNull()
      expect(found.records.at(-1)).toEqual(records.at(-1))
    }
  })

  it('of another log, with sound checksums, is not believed', () => {
    const { folder, records, index } = whole()
    const other = join(folderWith(), 'events')
    writeLog(other, { positions: POSITIONS, market: 'full' })
    cpSync(join(other, 'index'), index)
    for (const position of [0, 1_500, 3_999]) {
      expect(expectFrom(folder, records, position)).toBe(records.length)
    }
  })
})
