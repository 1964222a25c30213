/** What becomes of a run whose event log cannot be written. */
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError } from '@escapement/core'
import { describe, expect, it } from 'vitest'
import {
  type LogFiles,
  SegmentedLog,
  type SegmentedLogOptions,
} from '../../adapters/event-log/segmented-log.ts'
import { RunFailed, runBacktest } from '../../runtime/backtest.ts'
import { failureReport } from '../../runtime/cli/output.ts'
import { backtestOf, making, market } from '../kit/backtest.ts'
import { folderWith } from '../kit/cli.ts'
import { layoutOf, logHeader, readFolder } from '../kit/event-log.ts'

const newFolder = () => join(folderWith(), 'events')
const definition = backtestOf(market(5, 0.5, 300), {}, making({ intervalMs: 25 }))

type Fault = { readonly at: 'write' | 'sync'; readonly number: number; readonly isTorn?: boolean }

const systemError = (code: string, call: string) =>
  Object.assign(new Error(`${code}: it is broken, ${call}`), { code })

/** The system's calls, of which one fails; that nothing is made durable saves the time for it. */
function faulty({ at, number, isTorn = false }: Fault) {
  const calls = { write: 0, sync: 0 }
  let failed = 0
  const files: LogFiles = {
    write(descriptor, bytes, offset) {
      if (at !== 'write' || ++calls.write < number) return writeSync(descriptor, bytes, offset)
      if (isTorn && failed++ === 0) {
        return writeSync(descriptor, bytes.subarray(0, Math.ceil(bytes.length / 2)))
      }
      throw systemError('ENOSPC', 'write')
    },
    sync() {
      if (at === 'sync' && ++calls.sync >= number) throw systemError('EIO', 'fsync')
    },
  }
  return files
}

/** A run whose log meets a fault: how it ended, and what can be read. */
function ran(options: SegmentedLogOptions) {
  const folder = newFolder()
  const sink = new SegmentedLog(folder, logHeader, { segmentBytes: 2_000, ...options })
  const handOver = options.sync === 'always' ? 'record' : 'link'
  let failure: unknown = null
  try {
    runBacktest(definition, { sink, log: { handOver } })
    sink.close()
  } catch (cause) {
    failure = cause
  }
  sink.close()
  return { folder, failure }
}

/** The run without a fault, and what it writes. */
function wholeRun() {
  const { folder, failure } = ran({ sync: 'always', files: faulty({ at: 'sync', number: 1e9 }) })
  expect(failure).toBeNull()
  const { records } = readFolder(folder)
  return { folder, good: records, segments: layoutOf(folder) }
}

/** Of a run of market Events (kind 3), its count is the first of the payload. */
const lastPositionOf = (record: Buffer): number =>
  record.readDoubleLE(9) + (record[8] === 3 ? record.readDoubleLE(17) - 1 : 0)

describe('a system that fails', () => {
  it('is tried at every call of a run of some segments', () => {
    const { good, segments } = wholeRun()
    expect(segments.length).toBeGreaterThan(2)
    expect(good.length).toBeGreaterThan(50)
    expect(good.length).toBeLessThan(1_000)
  })

  const expectStopped = (fault: Fault, code: string) => {
    const { folder, failure } = ran({ sync: 'always', files: faulty(fault) })
    expect(failure).toBeInstanceOf(RunFailed)
    const { position, cause } = failure as RunFailed
    const report = failureReport(cause)
    expect(report).toMatchObject({ code: 'ESC_OUTPUT', facts: { file: folder } })
    expect(report.message).toContain(code)
    return { folder, position }
  }

  it.each([
    ['whole', false],
    ['in half', true],
  ])('at any write, %s, stops the run and leaves what was written', (_claim, isTorn) => {
    const { good, segments } = wholeRun()
    // One write a header and a record, none of the index: the run is shorter than a link.
    const isHeader = segments.flatMap(({ ends }) => [true, ...ends.map(() => false)])
    let kept = 0
    for (const [before, header] of isHeader.entries()) {
      const number = before + 1
      const { folder, position } = expectStopped({ at: 'write', number, isTorn }, 'ENOSPC')
      if (number === 1) {
        expect(() => readFolder(folder)).toThrow(/ESC_LOG_DAMAGED/)
        continue
      }
      const { records, damage } = readFolder(folder)
      expect(Buffer.concat(records).equals(Buffer.concat(good.slice(0, kept)))).toBe(true)
      // A segment that could not even be begun is the only thing that is not whole.
      if (!header) expect(damage).toBeNull()
      else expect(damage).toMatchObject({ byte: 0, lost: 0 })
      expect(position).toBe(lastPositionOf(good[kept]!))
      if (!header) kept++
    }
  })

  it('at any sync stops the run as well', () => {
    const { good, segments } = wholeRun()
    // One a record, and one for each segment but the last.
    for (let number = 1; number < good.length + segments.length; number += 3) {
      const { folder, position } = expectStopped({ at: 'sync', number }, 'EIO')
      const { records, damage } = readFolder(folder)
      expect(damage).toBeNull()
      expect(Buffer.concat(good).indexOf(Buffer.concat(records))).toBe(0)
      expect(position).toBe(lastPositionOf(records.at(-1)!))
    }
  })

  it('at the last sync fails what closes the log', () => {
    const { failure } = ran({ files: faulty({ at: 'sync', number: 1 }), segmentBytes: 1 << 20 })
    expect(failure).toBeInstanceOf(CodedError)
    expect(failure).toMatchObject({ code: 'ESC_OUTPUT' })
  })

  it('is not asked again, nor after a write that takes no byte', () => {
    let calls = 0
    const files: LogFiles = {
      write() {
        calls++
        return 0
      },
      sync: () => undefined,
    }
    const log = new SegmentedLog(newFolder(), logHeader, { files })
    const write = () => log.write(Uint8Array.of(1, 2, 3))
    expect(write).toThrow(/ESC_OUTPUT.*no byte/)
    expect(write).toThrow(/ESC_OUTPUT.*no byte/)
    expect(() => log.linked({ position: 1, records: 1, hash: new Uint8Array(32) })).toThrow(
      /no byte/,
    )
    expect(calls).toBe(1)
  })

  it('that takes a few bytes at a time gets all of them', () => {
    const files: LogFiles = {
      write: (descriptor, bytes, offset) =>
        writeSync(descriptor, bytes.subarray(offset, offset + 7)),
      sync: () => undefined,
    }
    const { folder, failure } = ran({ sync: 'always', files })
    expect(failure).toBeNull()
    const { good, segments } = wholeRun()
    expect(layoutOf(folder).map(({ bytes }) => bytes)).toEqual(segments.map(({ bytes }) => bytes))
    expect(Buffer.concat(readFolder(folder).records).equals(Buffer.concat(good))).toBe(true)
  })
})
