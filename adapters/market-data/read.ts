import { basename } from 'node:path'
import { CodedError, type MarketRows } from '@escapement/core'
import { decodeCapture } from '../binance/decode.ts'
import { decodeDataset } from '../dataset/codec.ts'
import type { Provenance } from '../dataset/schema.ts'
import { decodeNpz } from '../npz/decode.ts'
import { inUnits, type Units } from './decimals.ts'
import { type DataFormat, detectFormat } from './detect-format.ts'
import { fileHash, readBytes } from './files.ts'
import { gunzipIfNeeded } from './gzip.ts'

export type ReadOptions = {
  /** Units to count in; a value that is not a multiple is refused. */
  readonly units?: Units
  /** Only for raw captures: see {@link decodeCapture}. */
  readonly stitch?: boolean
  /** The symbol that a raw capture or a dataset must hold; an npz names none. */
  readonly symbol?: string
}

/** Rows with what is known about where they came from. */
export type MarketDataFile = {
  readonly format: DataFormat
  readonly rows: MarketRows
  /** Undefined when the format names none. */
  readonly symbol: string | undefined
  /** Of a dataset its own, which names the original; else this file and these options. */
  readonly provenance: Provenance
}

/**
 * Reads market data of any supported format, told by its content and not by its name.
 * @throws ESC_DATA_READ, ESC_DATA_EMPTY, ESC_DATA_FORMAT, and what the format's decoder throws.
 */
export function readMarketRows(path: string, options: ReadOptions = {}): MarketRows {
  return decodeMarketData(readBytes(path), path, options).rows
}

/** As {@link readMarketRows}, with format, symbol and provenance: what a converter needs. */
export function readMarketData(path: string, options: ReadOptions = {}): MarketDataFile {
  const bytes = readBytes(path)
  const data = decodeMarketData(bytes, path, options)
  return { ...data, provenance: data.provenance ?? provenanceOf(path, bytes, options) }
}

type Decoded = Omit<MarketDataFile, 'provenance'> & { readonly provenance: Provenance | undefined }

function decodeMarketData(packed: Uint8Array, file: string, options: ReadOptions): Decoded {
  if (packed.length === 0) throw new CodedError('ESC_DATA_EMPTY', { file, found: '0 bytes' })
  const bytes = gunzipIfNeeded(packed, file)
  if (bytes.length === 0)
    throw new CodedError('ESC_DATA_EMPTY', { file, found: 'a gzip of 0 bytes' })
  const format = detectFormat(bytes)
  switch (format) {
    case 'npz':
    case 'npy': {
      const units = options.units === undefined ? {} : { units: options.units }
      const rows = decodeNpz(bytes, { ...units, file })
      return { format, rows, symbol: undefined, provenance: undefined }
    }
    case 'capture': {
      const { rows, symbol } = decodeCapture(bytes, { ...options, file })
      return { format, rows, symbol, provenance: undefined }
    }
    case 'dataset': {
      const { rows, symbol, provenance } = decodeDataset(bytes, file)
      if (options.symbol !== undefined && symbol !== undefined && symbol !== options.symbol) {
        throw new CodedError('ESC_BINANCE_SYMBOL', { file, found: symbol, needed: options.symbol })
      }
      return { format, rows: inUnits(rows, options.units ?? rows, file), symbol, provenance }
    }
    case undefined:
      throw new CodedError('ESC_DATA_FORMAT', {
        file,
        found: `first bytes ${Buffer.from(bytes.subarray(0, 16)).toString('hex')}`,
        needed: 'an .npz or .npy of events, a raw capture (plain or gzip), or a dataset',
      })
  }
}

function provenanceOf(path: string, bytes: Uint8Array, options: ReadOptions): Provenance {
  return {
    source: { file: basename(path), sha256: fileHash(bytes) },
    options: {
      ...(options.stitch === undefined ? {} : { stitch: options.stitch }),
      ...(options.symbol === undefined ? {} : { symbol: options.symbol }),
      ...(options.units ?? {}),
    },
  }
}
