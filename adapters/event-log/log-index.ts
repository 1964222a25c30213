import { crc32c } from '@escapement/core'
import type { LogLink } from '../../actors/ports.ts'

/** A link of the chain and where it ends, in bytes of records from the first. */
export type IndexEntry = LogLink & { readonly byte: number }

/** Position, records and byte as float64, the hash, CRC-32C of them; little endian. */
const ENTRY = 8 + 8 + 8 + 32 + 4

export function encodeIndexEntry({ position, records, byte, hash }: IndexEntry): Uint8Array {
  const bytes = new Uint8Array(ENTRY)
  const view = new DataView(bytes.buffer)
  view.setFloat64(0, position, true)
  view.setFloat64(8, records, true)
  view.setFloat64(16, byte, true)
  bytes.set(hash, 24)
  view.setUint32(ENTRY - 4, crc32c(bytes, 0, ENTRY - 4), true)
  return bytes
}

/** The whole entries at the start of an index; a damaged one ends it. */
export class LogIndex {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly length: number

  /** `end` is where the log's records end: what an entry says beyond it was never written. */
  constructor(bytes: Uint8Array, end: number) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let length = Math.floor(bytes.length / ENTRY)
    // Entries are written one after the other, so it is the last ones that can be torn or too new.
    while (length > 0 && !(this.#isWhole(length - 1) && this.byte(length - 1) <= end)) length--
    this.length = length
  }

  entry(i: number): IndexEntry {
    const at = i * ENTRY
    return {
      position: this.#view.getFloat64(at, true),
      records: this.#view.getFloat64(at + 8, true),
      byte: this.#view.getFloat64(at + 16, true),
      hash: this.#bytes.slice(at + 24, at + 56),
    }
  }

  byte(i: number): number {
    return this.#view.getFloat64(i * ENTRY + 16, true)
  }

  /**
   * The last link whose position is below `position`, or null. Every entry on the way is checked; a
   * damaged one counts as not there.
   */
  before(position: number): IndexEntry | null {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (!this.#isWhole(middle)) return null
      if (this.#view.getFloat64(middle * ENTRY, true) < position) low = middle + 1
      else high = middle
    }
    return low === 0 || !this.#isWhole(low - 1) ? null : this.entry(low - 1)
  }

  #isWhole(i: number): boolean {
    const end = (i + 1) * ENTRY - 4
    return crc32c(this.#bytes, i * ENTRY, end) === this.#view.getUint32(end, true)
  }
}
