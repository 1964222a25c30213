import type { MarketRows } from '@escapement/core'
import { readBytes, writeBytesAtomically } from '../market-data/files.ts'
import { type Dataset, decodeDataset, encodeDataset } from './codec.ts'
import type { DatasetInfo } from './schema.ts'

/**
 * Reads a columnar dataset and verifies its hash.
 * @throws ESC_DATA_READ, ESC_DATASET_READ, ESC_DATASET_HASH; errors name `path`.
 */
export function readDataset(path: string): Dataset {
  return decodeDataset(readBytes(path), path)
}

/**
 * Writes a columnar dataset: afterwards `path` holds all of it, or what it held before.
 * @throws ESC_OUTPUT when the file cannot be written; what validation throws when rows are wrong.
 */
export function writeDataset(path: string, rows: MarketRows, info: DatasetInfo = {}): void {
  writeBytesAtomically(path, [encodeDataset(rows, info)])
}
