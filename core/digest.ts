/**
 * A fast 64-bit digest for StepResults and State. Not cryptographic: files and identities use
 * SHA-256, and the log's hash chain covers every record.
 *
 * Layout: two 32-bit lanes. A word w enters lane i as `h = rotl(h ^ (w * A_i), r_i) * 5 + B_i`
 * (all modulo 2^32), and `finish` mixes both lanes with the number of words.
 * Source: the mixing step and finaliser have the form of MurmurHash3 (A. Appleby, public domain).
 */
export class Digest {
  #a = 0x2f2b1e3d
  #b = 0x6b43a9b5
  #words = 0

  /** Starts over, as a new digest. */
  reset(): this {
    this.#a = 0x2f2b1e3d
    this.#b = 0x6b43a9b5
    this.#words = 0
    return this
  }

  /** One 32-bit word; higher bits are dropped. */
  u32(word: number): this {
    const a = this.#a ^ Math.imul(word, 0xcc9e2d51)
    const b = this.#b ^ Math.imul(word, 0x1b873593)
    this.#a = (Math.imul((a << 13) | (a >>> 19), 5) + 0xe6546b64) | 0
    this.#b = (Math.imul((b << 17) | (b >>> 15), 5) + 0x38b34ae5) | 0
    this.#words++
    return this
  }

  /** An integer of at most 53 bits and a sign, as two words. */
  int(value: number): this {
    return this.u32(value | 0).u32(Math.floor(value / 0x1_0000_0000))
  }

  /** A bigint of any size: sign, then 32-bit words from the lowest, then their number. */
  big(value: bigint): this {
    let rest = value < 0n ? -value : value
    let words = 0
    this.u32(value < 0n ? 1 : 0)
    do {
      this.u32(Number(rest & 0xffffffffn))
      rest >>= 32n
      words++
    } while (rest > 0n)
    return this.u32(words)
  }

  /** UTF-16 code units, then their number. */
  text(value: string): this {
    for (let i = 0; i < value.length; i++) this.u32(value.charCodeAt(i))
    return this.u32(value.length)
  }

  /** The low half of the digest so far, an unsigned 32-bit integer. */
  low(): number {
    return finish(this.#a ^ this.#words) >>> 0
  }

  /** The high half, an unsigned 32-bit integer. */
  high(): number {
    return finish((this.#b + this.#words) ^ Math.imul(this.#a, 0x9e3779b1)) >>> 0
  }

  /** Sixteen hexadecimal digits, high half first. */
  hex(): string {
    return digestHex(this.high(), this.low())
  }
}

/** Sixteen hexadecimal digits, high half first. */
export function digestHex(high: number, low: number): string {
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0')
}

function finish(h: number): number {
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}
