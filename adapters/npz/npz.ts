import type { MarketRows } from '@escapement/core'
import { readBytes, writeBytesAtomically } from '../market-data/files.ts'
import { decodeNpz, type NpzOptions } from './decode.ts'
import { encodeNpy, encodeNpz } from './encode.ts'

/**
 * Reads an hftbacktest .npz or .npy file, whichever its content is.
 * @throws ESC_DATA_READ and everything that {@link decodeNpz} throws; errors name `path`.
 */
export function readNpz(path: string, options: Omit<NpzOptions, 'file'> = {}): MarketRows {
  return decodeNpz(readBytes(path), { ...options, file: path })
}

/**
 * Writes .npz, or .npy when `path` ends so; numpy and hftbacktest read both. Atomic.
 * @throws ESC_OUTPUT when the file cannot be written.
 */
export function writeNpz(path: string, rows: MarketRows): void {
  writeBytesAtomically(path, path.endsWith('.npy') ? [encodeNpy(rows)] : encodeNpz(rows))
}
