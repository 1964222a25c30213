import type { Digest } from './digest.ts'

/**
 * Seeded generator with 128 bits of state (xoshiro128**; D. Blackman and S. Vigna, 2018).
 * The seed is spread by splitmix32. Streams of different labels are independent.
 */
export class Random {
  readonly #state: Uint32Array

  /** Only the lowest 32 bits of `seed` count. */
  constructor(seed: number) {
    this.#state = new Uint32Array(4)
    let x = seed >>> 0
    for (let i = 0; i < 4; i++) {
      x = (x + 0x9e3779b9) | 0
      let z = x
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
      this.#state[i] = z ^ (z >>> 15)
    }
  }

  /** The generator of one of several parties that share a seed; number 0 has that of the seed. */
  static stream(seed: number, index: number): Random {
    return new Random(seed ^ Math.imul(index, 0x9e3779b9))
  }

  /** Uniform 32-bit unsigned integer. */
  next(): number {
    const s = this.#state
    const scrambled = Math.imul(s[1]!, 5)
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0
    const shifted = s[1]! << 9
    s[2]! ^= s[0]!
    s[3]! ^= s[1]!
    s[1]! ^= s[2]!
    s[0]! ^= s[3]!
    s[2]! ^= shifted
    s[3] = (s[3]! << 11) | (s[3]! >>> 21)
    return result
  }

  /** Uniform in [0, 1) with 32 bits. */
  unit(): number {
    return this.next() / 0x1_0000_0000
  }

  /** Uniform integer in [low, high], without modulo bias beyond 2^-32. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1))
  }

  /** Adds the four words of state to `digest`. */
  digest(digest: Digest): void {
    const [a, b, c, d] = this.#state
    digest.u32(a!).u32(b!).u32(c!).u32(d!)
  }

  /** The four words of state, for serialising. */
  snapshot(): readonly number[] {
    return [...this.#state]
  }

  /** The generator that continues where `snapshot` was taken; `words` are its four. */
  static restore(words: readonly number[]): Random {
    const random = new Random(0)
    random.#state.set(words)
    return random
  }
}
