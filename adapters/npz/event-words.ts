import { RowFlag } from '@escapement/core'
import { ROW_BYTES } from './npy-header.ts'

/** 32-bit words and 64-bit doubles of a row. */
export const WORDS = ROW_BYTES / 4
export const DOUBLES = ROW_BYTES / 8
/** Word offsets inside a row; the high half follows the low half. */
export const EV = 0
export const EXCH = 2
export const LOCAL = 4
/** Double offsets inside a row. */
export const PX = 3
export const QTY = 4
/** The same offset, of a 64-bit integer. */
export const ORDER_ID = 5
/** Kind 5: best bid and offer, which books with depth ignore. */
export const KIND_BBO = 5

/** Views over the rows of an array, read as little-endian words: Node runs on nothing else. */
export type EventWords = {
  readonly rows: number
  readonly words: Uint32Array
  readonly signed: Int32Array
  readonly doubles: Float64Array
  readonly longs: BigUint64Array
}

/** Views over `rows` rows from `start`; copies only when they are not aligned to 8 bytes. */
export function eventWords(bytes: Uint8Array, start: number, rows: number): EventWords {
  const body = bytes.subarray(start, start + rows * ROW_BYTES)
  const aligned = body.byteOffset % 8 === 0 ? body : new Uint8Array(body)
  const { buffer, byteOffset } = aligned
  return {
    rows,
    words: new Uint32Array(buffer, byteOffset, rows * WORDS),
    signed: new Int32Array(buffer, byteOffset, rows * WORDS),
    doubles: new Float64Array(buffer, byteOffset, rows * DOUBLES),
    longs: new BigUint64Array(buffer, byteOffset, rows * DOUBLES),
  }
}

/** The four top bits of `ev` (2^31 exchange, 2^30 local, 2^29 buy, 2^28 sell) as RowFlag bits. */
export function flagsOf(low: number): number {
  return FLAGS[low >>> 28]!
}

/** The inverse of {@link flagsOf}, with the kind in the low byte. */
export function evOf(kind: number, flags: number): number {
  return (kind | (TOP_BITS[flags]! << 28)) >>> 0
}

const FLAGS = new Uint8Array(16)
const TOP_BITS = new Uint8Array(16)
for (let top = 0; top < 16; top++) {
  const flags =
    ((top & 8) !== 0 ? RowFlag.EXCHANGE : 0) |
    ((top & 4) !== 0 ? RowFlag.LOCAL : 0) |
    ((top & 2) !== 0 ? RowFlag.BUY : 0) |
    ((top & 1) !== 0 ? RowFlag.SELL : 0)
  FLAGS[top] = flags
  TOP_BITS[flags] = top
}
