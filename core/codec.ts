import { Digest } from './digest.ts'
import { CodedError } from './errors.ts'
import { crc32c } from './log/crc32c.ts'

const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder('utf-8', { fatal: true })

/** Writes the canonical byte layout: little endian, integers, lengths before contents, UTF-8. */
export class ByteWriter {
  #bytes = new Uint8Array(1024)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  /** Bytes written since the start or the last `reset`. */
  get length(): number {
    return this.#length
  }

  /** One byte, of the lowest 8 bits of `value`. */
  u8(value: number): this {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
    return this
  }

  /** Four bytes: a signed 32-bit integer. */
  i32(value: number): this {
    this.#reserve(4)
    this.#view.setInt32(this.#length, value, true)
    this.#length += 4
    return this
  }

  /** Overwrites four bytes written before, for a length that is known afterwards. */
  setI32(at: number, value: number): this {
    this.#view.setInt32(at, value, true)
    return this
  }

  /** CRC-32C of what was written from byte `from` on. */
  crc32c(from: number): number {
    return crc32c(this.#bytes, from, this.#length)
  }

  /** Bytes as they are, without their length. */
  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
    return this
  }

  /** A float64; every integer of the Core fits exactly. */
  f64(value: number): this {
    this.#reserve(8)
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
    return this
  }

  /** A bigint of any size as decimal text. */
  big(value: bigint): this {
    return this.text(value.toString())
  }

  /** UTF-8 behind its length in bytes as an i32. */
  text(value: string): this {
    const bytes = utf8.encode(value)
    this.i32(bytes.length)
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
    return this
  }

  /** Starts over, keeping the memory. */
  reset(): this {
    this.#length = 0
    return this
  }

  /** What was written so far, without copying: valid until the next write. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** A copy of what was written so far. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  /** A copy with a checksum at its end, for {@link ByteReader.sealed}. */
  seal(): Uint8Array {
    const [low, high] = checksum(this.written())
    return this.i32(low).i32(high).finish()
  }

  #reserve(more: number): void {
    const need = this.#length + more
    if (need <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(need, this.#bytes.length * 2))
    grown.set(this.#bytes)
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

/** Reads what {@link ByteWriter} wrote. @throws ESC_STATE_RESTORE at a truncated or wrong byte. */
export class ByteReader {
  readonly #view: DataView
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Reads what {@link ByteWriter.seal} gave, if not a byte of it has changed. */
  static sealed(bytes: Uint8Array): ByteReader {
    const length = bytes.length - SEAL
    if (length < 0) throw broken(bytes.length, `at least ${SEAL} bytes`, String(bytes.length))
    const stated = new ByteReader(bytes.subarray(length))
    const contents = bytes.subarray(0, length)
    const [low, high] = checksum(contents)
    if (stated.i32() !== low || stated.i32() !== high) {
      throw broken(length, 'the checksum of the bytes before it', 'another one')
    }
    return new ByteReader(contents)
  }

  /** One byte, 0 to 255. @throws ESC_STATE_RESTORE at the end of the bytes. */
  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  /** A signed 32-bit integer. @throws ESC_STATE_RESTORE with fewer than 4 bytes left. */
  i32(): number {
    return this.#view.getInt32(this.#take(4), true)
  }

  /** A float64. @throws ESC_STATE_RESTORE with fewer than 8 bytes left. */
  f64(): number {
    return this.#view.getFloat64(this.#take(8), true)
  }

  /**
   * A bigint from decimal text.
   * @throws ESC_STATE_RESTORE with too few bytes left, or for a text that `big` does not write.
   */
  big(): bigint {
    const text = this.text()
    if (!/^(0|-?[1-9]\d*)$/.test(text)) throw this.#broken('an integer in decimal', text)
    return BigInt(text)
  }

  /**
   * UTF-8 behind its length.
   * @throws ESC_STATE_RESTORE for a length that is negative or beyond the bytes, or bytes that are
   * not UTF-8.
   */
  text(): string {
    const length = this.i32()
    if (length < 0) throw this.#broken('a length of 0 or more', String(length))
    const at = this.#take(length)
    try {
      return fromUtf8.decode(this.#bytes.subarray(at, at + length))
    } catch {
      throw this.#broken('UTF-8', `${length} bytes that are none`)
    }
  }

  /** The next `length` bytes, not copied. @throws ESC_STATE_RESTORE with fewer left. */
  raw(length: number): Uint8Array {
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  /** One of a few words, from its index in one byte. */
  pick<T>(words: readonly T[]): T {
    const index = this.u8()
    const found = words[index]
    if (found === undefined) throw this.#broken(`one of ${words.join(', ')}`, String(index))
    return found
  }

  /** Says that all has been read. @throws ESC_STATE_RESTORE while bytes are left. */
  end(): void {
    if (this.#at !== this.#bytes.length) {
      throw this.#broken(`the end at byte ${this.#at}`, `${this.#bytes.length} bytes`)
    }
  }

  #take(count: number): number {
    const at = this.#at
    if (at + count > this.#bytes.length) {
      throw this.#broken(`${count} bytes at ${at}`, `${this.#bytes.length - at} left`)
    }
    this.#at = at + count
    return at
  }

  #broken(needed: string, found: string): CodedError {
    return broken(this.#at, needed, found)
  }
}

const SEAL = 8

function checksum(bytes: Uint8Array): readonly [low: number, high: number] {
  const digest = new Digest()
  for (const byte of bytes) digest.u32(byte)
  return [digest.low() | 0, digest.high() | 0]
}

function broken(at: number, needed: string, found: string): CodedError {
  return new CodedError('ESC_STATE_RESTORE', { field: `byte ${at}`, needed, found })
}
