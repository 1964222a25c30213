/** How an event log is written: in segments, and made durable when its policy says so. */
import { fsyncSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LogReader } from '../../adapters/event-log/log-reader.ts'
import {
  type LogFiles,
  SegmentedLog,
  type SegmentedLogOptions,
} from '../../adapters/event-log/segmented-log.ts'
import { EventLog } from '../../runtime/event-log/event-log.ts'
import { folderWith } from '../kit/cli.ts'
import { checkpoint, layoutOf, logHeader, readFolder, writeLog } from '../kit/event-log.ts'

const newFolder = () => join(folderWith(), 'events')

describe('segments', () => {
  it.each([1, 200, 1_000, 5_000])('of %i bytes end before they would grow beyond', (bound) => {
    const folder = newFolder()
    writeLog(folder, { positions: 100, segmentBytes: bound })
    const segments = layoutOf(folder)
    segments.forEach(({ bytes, start, ends }, i) => {
      const size = bytes.length - start
      const [first] = ends
      expect(size <= bound || ends.length === 1).toBe(true)
      const next = segments[i + 1]
      if (next !== undefined) expect(size + next.ends[0]! - next.start).toBeGreaterThan(bound)
      expect(first).toBeGreaterThan(start)
    })
    const { header } = LogReader.open(folder)
    expect(header).toEqual({ ...logHeader, topologyHash: 'a topology', segment: 0, firstByte: 0 })
  })

  it('hold the same records, whatever their size', () => {
    const logs = [1, 300, 1 << 20].map((segmentBytes) => {
      const folder = newFolder()
      writeLog(folder, { positions: 100, segmentBytes })
      return Buffer.concat(readFolder(folder).records)
    })
    expect(logs[1]!.equals(logs[0]!)).toBe(true)
    expect(logs[2]!.equals(logs[0]!)).toBe(true)
  })

  it('are one where nothing was written: a log with a header', () => {
    const folder = newFolder()
    new SegmentedLog(folder, logHeader).close()
    expect(readFolder(folder)).toEqual({ records: [], damage: null })
  })

  it('are not laid over what is there, nor where nothing can be', () => {
    const folder = folderWith({ 'events/000000.seg': 'a log' })
    const refused = expect.objectContaining({ code: 'ESC_OUTPUT' })
    const opened = (path: string) => {
      try {
        return new SegmentedLog(path, logHeader)
      } catch (cause) {
        return cause
      }
    }
    expect(opened(join(folder, 'events'))).toEqual(refused)
    expect(readFileSync(join(folder, 'events/000000.seg'), 'utf8')).toBe('a log')
    expect(opened(join(folder, 'nowhere', 'events'))).toEqual(refused)
    writeFileSync(join(folder, 'file'), '')
    expect(opened(join(folder, 'file'))).toEqual(refused)
  })

  it('take nothing after the end', () => {
    const folder = newFolder()
    const log = new SegmentedLog(folder, logHeader)
    log.write(Uint8Array.of(1))
    log.close()
    log.close()
    expect(() => log.write(Uint8Array.of(2))).toThrow(/ESC_OUTPUT.*closed/)
  })
})

/** The system's calls, counted: after each, what had been written and what was durable. */
function counted() {
  let written = 0
  let durable = 0
  let syncs = 0
  const files: LogFiles = {
    write(descriptor, bytes, offset) {
      const more = writeSync(descriptor, bytes, offset)
      written += more
      return more
    },
    sync(descriptor) {
      fsyncSync(descriptor)
      durable = written
      syncs++
    },
  }
  return { files, pending: () => written - durable, syncs: () => syncs }
}

describe('records are made durable', () => {
  it('always: before each write comes back', () => {
    const { files, pending } = counted()
    const sink = new SegmentedLog(newFolder(), logHeader, { sync: 'always', files })
    const log = new EventLog(sink, { handOver: 'record' })
    for (let i = 0; i < 50; i++) {
      log.append(i, checkpoint(i))
      expect(pending()).toBe(0)
    }
    sink.close()
  })

  it('at the end: not before it, and then all', () => {
    const { files, pending, syncs } = counted()
    const sink = new SegmentedLog(newFolder(), logHeader, { files })
    const log = new EventLog(sink, { handOver: 'record' })
    for (let i = 0; i < 50; i++) log.append(i, checkpoint(i))
    expect(syncs()).toBe(0)
    expect(pending()).toBeGreaterThan(50 * 20)
    log.close()
    sink.close()
    expect(pending()).toBe(0)
  })

  it('a segment with its last record, whatever the policy', () => {
    const { files, syncs } = counted()
    const folder = newFolder()
    writeLog(folder, { positions: 100, segmentBytes: 500, files, isLeftOpen: true })
    const segments = layoutOf(folder).length
    expect(segments).toBeGreaterThan(5)
    // And the index at the end.
    expect(syncs()).toBe(segments + 1)
  })

  it('every n ms: at the first write so long after the last time', () => {
    const { files, pending, syncs } = counted()
    let ms = 1_000
    const options: SegmentedLogOptions = { sync: { everyMs: 100 }, now: () => ms, files }
    const sink = new SegmentedLog(newFolder(), logHeader, options)
    const log = new EventLog(sink, { handOver: 'record' })
    const seen = [0, 50, 49, 1, 0, 99, 1, 500, 1].map((passed, i) => {
      ms += passed
      log.append(i, checkpoint(i))
      return [syncs(), pending() === 0]
    })
    expect(seen).toEqual([
      [0, false],
      [0, false],
      [0, false],
      [1, true],
      [1, false],
      [1, false],
      [2, true],
      [3, true],
      [3, false],
    ])
    sink.sync()
    expect(pending()).toBe(0)
    sink.close()
  })
})
