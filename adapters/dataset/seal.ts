import { crc32 } from 'node:zlib'
import { datasetError } from './schema.ts'

/**
 * A seal over everything but the columns. Arrow readers trust the lengths in a file's metadata: one
 * flipped bit there makes them run for minutes. So the metadata are verified before they are read;
 * the columns have `dataHash`.
 *
 * Layout, 32 bytes, little endian, between the last message and the footer, where readers of Arrow
 * files look at nothing: "ESCSEAL1", u64 start and u64 end of the columns, u32 CRC-32 of all bytes
 * outside of them (the seal's first 24 bytes included), u32 zero.
 */
const MAGIC = 'ESCSEAL1'
const SEAL_BYTES = 32
const COVERED_BYTES = 24
/** After the footer: its length (i32) and "ARROW1". */
const TRAILER_BYTES = 10

/** The file with its seal; `start` and `end` are the first and the last byte of the columns. */
export function seal(file: Uint8Array, start: number, end: number): Uint8Array {
  const at = footerStart(file)
  const sealed = Buffer.alloc(file.length + SEAL_BYTES)
  sealed.set(file.subarray(0, at))
  sealed.set(file.subarray(at), at + SEAL_BYTES)
  sealed.write(MAGIC, at, 'latin1')
  sealed.writeBigUInt64LE(BigInt(start), at + 8)
  sealed.writeBigUInt64LE(BigInt(end), at + 16)
  sealed.writeUInt32LE(checksum(sealed, start, end, at), at + COVERED_BYTES)
  return sealed
}

/** @throws ESC_DATASET_READ when the seal is missing or broken. */
export function checkSeal(file: Uint8Array, name?: string): void {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const at = footerStart(file) - SEAL_BYTES
  const isSealed = at > 0 && bytes.toString('latin1', at, at + 8) === MAGIC
  if (!isSealed) throw datasetError('no seal', 'a dataset written by this project', name)
  const start = Number(bytes.readBigUInt64LE(at + 8))
  const end = Number(bytes.readBigUInt64LE(at + 16))
  const stated = bytes.readUInt32LE(at + COVERED_BYTES)
  const isWhole = start <= end && end <= at && checksum(bytes, start, end, at) === stated
  const isZero = bytes.readUInt32LE(at + COVERED_BYTES + 4) === 0
  if (!isWhole || !isZero)
    throw datasetError('damaged metadata', 'the bytes that were sealed', name)
}

function footerStart(file: Uint8Array): number {
  if (file.length < TRAILER_BYTES) return 0
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  return file.length - TRAILER_BYTES - view.getInt32(file.length - TRAILER_BYTES, true)
}

function checksum(bytes: Uint8Array, start: number, end: number, at: number): number {
  const head = crc32(bytes.subarray(0, start))
  const middle = crc32(bytes.subarray(end, at + COVERED_BYTES), head)
  return crc32(bytes.subarray(at + SEAL_BYTES), middle)
}
