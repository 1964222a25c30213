import { join, resolve } from 'node:path'
import { CodedError } from '@escapement/core'
import type { Table } from '../../actors/ports.ts'
import { fileHash, writeBytesAtomically } from '../../adapters/market-data/files.ts'
import { encodeParquet } from '../../adapters/parquet/parquet.ts'
import { makeFolder } from '../../adapters/run-directory/run-directory.ts'
import { metricsOf } from '../analysis/metrics.ts'
import { runStatistics, type StatisticsOptions } from '../analysis/run-statistics.ts'
import { metricsTable } from '../analysis/tables/metrics-table.ts'
import { runTables, scalesOf } from '../analysis/tables/run-tables.ts'
import { type Output, softwareVersion } from './output.ts'
import { type RecordedRun, readRecordedRun } from './recorded-run.ts'
import { readRunData } from './run-data.ts'
import { tableCsv, tableJson } from './table-text.ts'
import { table as aligned } from './terminal.ts'

export type TablesFlags = {
  readonly out?: string
  readonly format?: string
  readonly interval?: string
  readonly daysPerYear?: string
  readonly market?: boolean
  readonly base?: string
}

/**
 * `escapement tables <run>`: writes what a run recorded as tables. Equal runs give equal bytes; the
 * list of the tables with their hashes, `tables.json`, is written last.
 */
export async function tablesCommand(
  folder: string,
  flags: TablesFlags,
  output: Output,
): Promise<void> {
  const { format, encode } = formatOf(flags.format ?? 'parquet')
  const options = optionsOf(flags)
  const run = readRecordedRun(folder)
  const { market = false, base } = flags
  const data = readRunData(run, { market, ...(base === undefined ? {} : { base }) })
  const statistics = runStatistics(data.record, options)
  const scales = scalesOf(data.record.instruments)
  const tables = [...runTables(data, options), metricsTable(statistics, scales)]
  // Everything is made before anything is written.
  const files: { readonly table: Table; readonly bytes: Uint8Array }[] = []
  for (const table of tables) files.push({ table, bytes: await encode(table) })
  const out = resolve(flags.out ?? join(run.path, 'tables'))
  makeFolder(out)
  for (const { table, bytes } of files) {
    writeBytesAtomically(join(out, `${table.name}.${format}`), [bytes])
  }
  const list = {
    schema: 'escapement/tables-1',
    software: softwareVersion(),
    run: identityOf(run),
    intervalNs: statistics.returns.intervalNs,
    intervalsPerYear: statistics.returns.intervalsPerYear,
    markoutMids: statistics.markoutMids,
    tables: files.map(({ table: { name, rows }, bytes }) => {
      return { name, file: `${name}.${format}`, rows, sha256: fileHash(bytes) }
    }),
  }
  writeBytesAtomically(join(out, 'tables.json'), [toBytes(`${JSON.stringify(list, null, 2)}\n`)])
  const value = { ...list, status: 'done', directory: out, metrics: metricsOf(statistics) }
  output.result(value, () =>
    aligned([
      ...list.tables.map(({ file, rows }): [string, string] => [file, `${rows} rows`]),
      ['in', out],
    ]),
  )
}

const toBytes = (text: string): Uint8Array => new TextEncoder().encode(text)

type Encoder = (table: Table) => Uint8Array | Promise<Uint8Array>

const ENCODERS: Readonly<Record<string, Encoder>> = {
  parquet: encodeParquet,
  csv: (table) => toBytes(tableCsv(table)),
  json: (table) => toBytes(tableJson(table)),
}

function formatOf(format: string): { readonly format: string; readonly encode: Encoder } {
  const encode = Object.hasOwn(ENCODERS, format) ? ENCODERS[format] : undefined
  if (encode !== undefined) return { format, encode }
  const needed = Object.keys(ENCODERS).join(', ')
  throw new CodedError('ESC_USAGE', { field: '--format', found: format, needed })
}

function optionsOf({ interval, daysPerYear }: TablesFlags): StatisticsOptions {
  const positive = (field: string, found: string, unit: string): number => {
    const value = /^\d{1,6}(\.\d{1,9})?$/.test(found) ? Number(found) : 0
    if (value > 0) return value
    throw new CodedError('ESC_USAGE', { field, found, needed: `${unit}, a number above 0` })
  }
  return {
    ...(interval === undefined
      ? {}
      : { intervalNs: Math.round(positive('--interval', interval, 'seconds') * 1e9) }),
    ...(daysPerYear === undefined
      ? {}
      : { daysPerYear: positive('--days-per-year', daysPerYear, 'days') }),
  }
}

/** Which run it was, whatever its folder is called. */
function identityOf({ manifest, hashes, outcome }: RecordedRun) {
  const { configFingerprint, dataHash } = manifest
  return { outcome, configFingerprint, dataHash, eventLogHash: hashes?.eventLogHash ?? null }
}
