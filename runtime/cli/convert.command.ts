import { extname } from 'node:path'
import { CodedError } from '@escapement/core'
import { dataHash } from '../../adapters/market-data/data-hash.ts'
import { readMarketData } from '../../adapters/market-data/read.ts'
import { type WritableFormat, writeMarketRows } from '../../adapters/market-data/write.ts'
import type { Output } from './output.ts'
import { table } from './terminal.ts'

export type ConvertFlags = {
  readonly format?: string
  readonly stitch?: boolean
  readonly symbol?: string
}

const BY_ENDING: Readonly<Record<string, WritableFormat>> = {
  '.npz': 'npz',
  '.npy': 'npy',
  '.arrow': 'dataset',
}
const FORMATS: readonly WritableFormat[] = ['dataset', 'npz', 'npy']

/** `escapement convert <in> <out>`: any readable format to a dataset, npz or npy. */
export function convertCommand(
  from: string,
  to: string,
  flags: ConvertFlags,
  output: Output,
): void {
  const format = formatOf(to, flags.format)
  const data = readMarketData(from, {
    ...(flags.stitch === true ? { stitch: true } : {}),
    ...(flags.symbol === undefined ? {} : { symbol: flags.symbol }),
  })
  const { rows, provenance, symbol } = data
  writeMarketRows(to, rows, format, { provenance, ...(symbol === undefined ? {} : { symbol }) })
  const summary = {
    status: 'done',
    from: { path: from, format: data.format },
    to: { path: to, format },
    symbol: symbol ?? null,
    rows: rows.length,
    priceDecimals: rows.priceDecimals,
    qtyDecimals: rows.qtyDecimals,
    originNs: rows.originNs.toString(),
    dataHash: dataHash(rows),
  }
  output.result(summary, () =>
    table([
      ['read', `${from} (${data.format})`],
      ['wrote', `${to} (${format})`],
      ['rows', String(rows.length)],
      ['units', `price 10^-${rows.priceDecimals}, quantity 10^-${rows.qtyDecimals}`],
      ['data hash', summary.dataHash],
    ]),
  )
}

/** @throws ESC_USAGE when neither the flag nor the ending names a format */
function formatOf(path: string, flag: string | undefined): WritableFormat {
  const found = FORMATS.find((format) => format === flag)
  if (found !== undefined) return found
  const byEnding = BY_ENDING[extname(path)]
  if (flag === undefined && byEnding !== undefined) return byEnding
  throw new CodedError('ESC_USAGE', {
    field: '--format',
    found: flag ?? `nothing, and the ending ${JSON.stringify(extname(path))}`,
    needed: `${FORMATS.join(', ')}, or a file ending in .arrow, .npz or .npy`,
  })
}
