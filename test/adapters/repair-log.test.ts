/** A torn end is cut and kept; what is more than that is left alone. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repairLog } from '../../adapters/event-log/repair-log.ts'
import { folderWith } from '../kit/cli.ts'
import { layoutOf, overwrite, readFolder, writeLog } from '../kit/event-log.ts'

function logOf(segmentBytes = 500) {
  const folder = join(folderWith(), 'events')
  writeLog(folder, { positions: 24, segmentBytes, isLeftOpen: true })
  const segments = layoutOf(folder)
  expect(segments.length).toBeGreaterThan(2)
  return { folder, segments, last: segments.at(-1)!, records: readFolder(folder).records }
}
const filesOf = (folder: string) =>
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'latin1')])

describe('a torn end', () => {
  it('at any byte of the last segment is cut behind the last whole record, and kept', () => {
    const { folder, last, records, segments } = logOf()
    for (let byte = last.bytes.length - 1; byte > last.start; byte--) {
      if (last.ends.includes(byte)) continue
      truncateSync(last.file, byte)
      const whole = last.ends.filter((end) => end < byte)
      const at = whole.at(-1) ?? last.start
      const kept = `${last.file}.torn-${at}`
      expect(repairLog(folder)).toEqual({ file: last.file, byte: at, cut: byte - at, kept })
      expect(readFileSync(kept).equals(last.bytes.subarray(at, byte))).toBe(true)
      expect(readFileSync(last.file).equals(last.bytes.subarray(0, at))).toBe(true)
      const found = readFolder(folder)
      expect(found.damage).toBeNull()
      const before = segments.slice(0, -1).reduce((sum, { ends }) => sum + ends.length, 0)
      expect(found.records).toEqual(records.slice(0, before + whole.length))
      expect(repairLog(folder)).toBeNull()
      rmSync(kept)
      writeFileSync(last.file, last.bytes)
    }
  })

  it('of garbage behind the last record, or of zeros, goes', () => {
    for (const garbage of [Buffer.alloc(5_000), Buffer.alloc(300, 0xa5), Buffer.from('\n')]) {
      const { folder, last, records } = logOf()
      appendFileSync(last.file, garbage)
      expect(repairLog(folder)).toMatchObject({ byte: last.bytes.length, cut: garbage.length })
      expect(readFolder(folder)).toEqual({ records, damage: null })
    }
  })

  it('in the header of the last segment takes the file away', () => {
    for (const byte of [0, 3, 15, 16, 40]) {
      const { folder, last, segments } = logOf()
      truncateSync(last.file, byte)
      const kept = `${last.file}.torn-0`
      expect(repairLog(folder)).toEqual({ file: last.file, byte: 0, cut: byte, kept })
      expect(existsSync(last.file)).toBe(false)
      expect(readFileSync(kept).length).toBe(byte)
      const before = segments.slice(0, -1).reduce((sum, { ends }) => sum + ends.length, 0)
      expect(readFolder(folder)).toMatchObject({ damage: null, records: { length: before } })
    }
  })

  it('that is none is left alone', () => {
    const { folder } = logOf()
    const before = filesOf(folder)
    expect(repairLog(folder)).toBeNull()
    expect(filesOf(folder)).toEqual(before)
  })
})

describe('what is no torn end is refused, and nothing is changed', () => {
  const expectRefused = (folder: string, found: string) => {
    const before = filesOf(folder)
    expect(() => repairLog(folder)).toThrow(new RegExp(`ESC_LOG_DAMAGED.*${found}`))
    expect(filesOf(folder)).toEqual(before)
  }

  it('a changed byte before the last record of the last segment', () => {
    const { folder, last } = logOf()
    overwrite(last.file, last.start + 9, Uint8Array.of(0x55))
    expectRefused(folder, `a whole record at byte ${last.ends[0]}`)
  })

  it('a changed byte in an earlier segment, and one that is cut or missing', () => {
    for (const change of ['byte', 'cut', 'missing'] as const) {
      const { folder, segments } = logOf()
      const { file, bytes } = segments[1]!
      if (change === 'byte') overwrite(file, bytes.length - 3, Uint8Array.of(0x55))
      else if (change === 'cut') truncateSync(file, bytes.length - 3)
      else rmSync(segments[0]!.file)
      if (change !== 'missing') expectRefused(folder, 'another segment')
      else expectRefused(folder, 'segment 1')
    }
  })

  it('a changed header of the last segment with whole records behind it', () => {
    const { folder, last } = logOf()
    overwrite(last.file, 20, Uint8Array.of(0x55))
    expectRefused(folder, 'a whole record at byte')
  })

  it('a segment that is a folder', () => {
    const { folder, last } = logOf()
    rmSync(last.file)
    mkdirSync(last.file)
    expect(() => repairLog(folder)).toThrow(/ESC_OUTPUT/)
  })
})
