/**
 * FNV-1a of 64 bits, the hash of the reference's own records. Two limbs of 32 bits: the prime is
 * 2^40 + 0x1b3, so a product is a shift and a small multiplication.
 */
export class Fnv {
  #high = 0xcbf29ce4
  #low = 0x84222325
  readonly #word = new DataView(new ArrayBuffer(8))

  bytes(bytes: Uint8Array): this {
    for (let i = 0; i < bytes.length; i++) this.#byte(bytes[i]!)
    return this
  }

  /** A signed 64-bit integer, little-endian. */
  i64(value: bigint | number): this {
    this.#word.setBigInt64(0, BigInt(value), true)
    for (let i = 0; i < 8; i++) this.#byte(this.#word.getUint8(i))
    return this
  }

  hex(): string {
    return hex32(this.#high) + hex32(this.#low)
  }

  #byte(byte: number): void {
    const low = (this.#low ^ byte) >>> 0
    const product = low * 0x1b3
    const carry = Math.floor(product / 2 ** 32)
    this.#high = (Math.imul(this.#high, 0x1b3) + carry + (low << 8)) >>> 0
    this.#low = product >>> 0
  }
}

const hex32 = (limb: number): string => limb.toString(16).padStart(8, '0')
