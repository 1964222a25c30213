import { extname } from 'node:path'
import type { Position } from '@escapement/core'
import type { LogReader } from '../../adapters/event-log/log-reader.ts'
import { writeBytesAtomically } from '../../adapters/market-data/files.ts'
import { type LogLine, logLines } from '../event-log/log-lines.ts'
import { copiedViews, type ViewOf } from '../event-log/read-log.ts'
import { loadMarket } from './load-market.ts'

export type LogRange = { readonly from: Position; readonly until: Position }
type LineWriter = (file: string, lines: Iterable<LogLine>) => void

/** By the ending of the file; another format is another line here. */
const WRITERS: Readonly<Record<string, LineWriter>> = { '.jsonl': writeJsonLines }

/** Endings of files that positions can be written to. */
export const EXPORTS = Object.keys(WRITERS)

export type LogExport = { readonly file: string; readonly lines: number }

/**
 * Writes positions of a log to a file whose ending is one of `EXPORTS`, each market Event for itself
 * where `expand` is said. Relative paths of the run's data start from `base`.
 * @throws ESC_OUTPUT when the file cannot be written
 * @throws CodedError of the data, where they are needed and are not those of the run
 */
export function exportLog(
  file: string,
  reader: LogReader,
  { from, until }: LogRange,
  { run, expand, base }: { readonly run: string; expand: boolean; base: string | undefined },
): LogExport {
  const write = WRITERS[extname(file)]!
  const originNs = BigInt(reader.header.originNs)
  const viewOf = expand ? rowsOf(reader, run, base) : null
  let lines = 0
  function* counted() {
    for (const line of logLines(reader.records(from), { originNs, from, until, viewOf })) {
      lines++
      yield line
    }
  }
  write(file, counted())
  return { file, lines }
}

/** The rows that the log holds itself, or else those of the data that the run names. */
function rowsOf(reader: LogReader, run: string, base?: string): ViewOf {
  if (reader.header.market === 'full') {
    const views = copiedViews(reader.records())
    return (instrument) => views.get(instrument)!
  }
  const { feed } = loadMarket(run, base).definition
  return (instrument) => feed[instrument]!.local
}

/** Text that is written at a time. */
const PART = 1 << 16

function writeJsonLines(file: string, lines: Iterable<LogLine>): void {
  const encoder = new TextEncoder()
  function* parts() {
    let text = ''
    for (const line of lines) {
      text += `${JSON.stringify(line, withoutBigint)}\n`
      if (text.length < PART) continue
      yield encoder.encode(text)
      text = ''
    }
    yield encoder.encode(text)
  }
  writeBytesAtomically(file, parts())
}

const withoutBigint = (_name: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value
