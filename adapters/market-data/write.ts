import type { MarketRows } from '@escapement/core'
import { encodeDataset } from '../dataset/codec.ts'
import type { DatasetInfo } from '../dataset/schema.ts'
import { encodeNpy, encodeNpz } from '../npz/encode.ts'
import type { DataFormat } from './detect-format.ts'
import { writeBytesAtomically } from './files.ts'
import { validateMarketRows } from './validate.ts'

/** What can be written: a raw capture is only read. */
export type WritableFormat = Exclude<DataFormat, 'capture'>

/**
 * Writes rows in the format named, atomically. npz and npy hold no symbol and no provenance.
 * @throws ESC_OUTPUT when the file cannot be written; what {@link validateMarketRows} throws.
 */
export function writeMarketRows(
  path: string,
  rows: MarketRows,
  format: WritableFormat,
  info: DatasetInfo = {},
): void {
  validateMarketRows(rows)
  writeBytesAtomically(path, encode(rows, format, info))
}

function encode(rows: MarketRows, format: WritableFormat, info: DatasetInfo): Uint8Array[] {
  switch (format) {
    case 'npz':
      return encodeNpz(rows)
    case 'npy':
      return [encodeNpy(rows)]
    case 'dataset':
      return [encodeDataset(rows, info)]
  }
}
