import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { CodedError, type Position } from '@escapement/core'
import { LogReader } from '../../adapters/event-log/log-reader.ts'
import { repairLog } from '../../adapters/event-log/repair-log.ts'
import { DONE, EVENTS } from '../../adapters/run-directory/run-directory.ts'
import { type LogVerdict, verifyLog } from '../event-log/verify-log.ts'
import { describeLog, type LogReport } from './describe-log.ts'
import { EXPORTS, exportLog, type LogRange } from './export-log.ts'
import type { Output } from './output.ts'

export type LogFlags = {
  readonly verify?: boolean
  readonly repair?: boolean
  readonly to?: string
  readonly from?: string
  readonly until?: string
  readonly expand?: boolean
  readonly base?: string
}

/** `escapement log <run>`: what an event log says of itself, whether it is sound, and its contents. */
export function logCommand(run: string, flags: LogFlags, output: Output): void {
  const range = rangeOf(flags)
  const folder = existsSync(join(run, EVENTS)) ? join(run, EVENTS) : run
  const repaired = flags.repair === true ? repairLog(folder) : null
  const reader = LogReader.open(folder)
  const verdict = verifyLog(reader)
  const summaryHash = summaryHashOf(run)
  const isDone = existsSync(join(run, DONE))
  const { segment: _segment, firstByte: _firstByte, ...header } = reader.header
  const exported = { run, expand: flags.expand === true, base: flags.base }
  const report: LogReport = {
    folder,
    outcome: outcomeOf(verdict, isDone, summaryHash),
    header,
    segments: reader.files.length,
    bytes: reader.files.reduce((sum, { bytes }) => sum + bytes, 0),
    ...verdict,
    summaryHash,
    repaired,
    written: flags.to === undefined ? null : exportLog(flags.to, reader, range, exported),
  }
  const isRefused = flags.verify === true && report.outcome === 'damaged'
  if (isRefused) output.exitCode = 1
  const status = isRefused ? 'failed' : 'done'
  output.result({ schema: 'escapement/log-report-1', status, ...report }, () => describeLog(report))
}

function outcomeOf(
  { damage, contradiction, closed, hash }: LogVerdict,
  isDone: boolean,
  summaryHash: string | null,
): LogReport['outcome'] {
  const isContradicted = isDone && (!closed || (summaryHash !== null && summaryHash !== hash))
  if (damage !== null || contradiction !== null || isContradicted) return 'damaged'
  return closed ? 'whole' : 'open'
}

/** Of a run that has none, or whose summary cannot be read, nothing is known. */
function summaryHashOf(run: string): string | null {
  try {
    const summary = JSON.parse(readFileSync(join(run, 'summary.json'), 'utf8')) as unknown
    const { eventLogHash } = summary as { readonly eventLogHash?: unknown }
    return typeof eventLogHash === 'string' ? eventLogHash : null
  } catch {
    return null
  }
}

/** @throws ESC_USAGE when a flag is not understood, or says something of a file that is not asked for */
function rangeOf({ to, from, until, expand }: LogFlags): LogRange {
  if (to === undefined) {
    const given = Object.entries({ from, until, expand }).find(([, value]) => value !== undefined)
    if (given !== undefined) {
      const field = `--${given[0]}`
      throw new CodedError('ESC_USAGE', { field, found: 'no --to', needed: 'a file to write to' })
    }
  } else if (!EXPORTS.includes(extname(to))) {
    const needed = `a file ending in ${EXPORTS.join(' or ')}`
    throw new CodedError('ESC_USAGE', { field: '--to', found: to, needed })
  }
  return {
    from: from === undefined ? 0 : positionOf('--from', from),
    until: until === undefined ? Number.POSITIVE_INFINITY : positionOf('--until', until),
  }
}

function positionOf(field: string, found: string): Position {
  if (/^\d{1,15}$/.test(found)) return Number(found)
  throw new CodedError('ESC_USAGE', { field, found, needed: 'a position: an integer from 0' })
}
