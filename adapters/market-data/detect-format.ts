import { isArrowFile } from '../dataset/codec.ts'
import { isZip } from '../npz/decode.ts'
import { isNpy } from '../npz/npy-header.ts'

/** What a data file can be. `capture` is a raw Binance capture as plain text. */
export type DataFormat = 'npz' | 'npy' | 'dataset' | 'capture'

/** A line of a capture starts with a local time in ns, a blank, and an object. */
const CAPTURE_START = /^\d{10,19} +\{/

/** Tells the format of decompressed bytes by their content; undefined when none fits. */
export function detectFormat(bytes: Uint8Array): DataFormat | undefined {
  if (isZip(bytes)) return 'npz'
  if (isNpy(bytes)) return 'npy'
  if (isArrowFile(bytes)) return 'dataset'
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1')
  return CAPTURE_START.test(start) ? 'capture' : undefined
}
