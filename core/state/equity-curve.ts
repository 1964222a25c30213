import type { ByteReader, ByteWriter } from '../codec.ts'
import type { Digest } from '../digest.ts'
import type { Nanos } from '../units.ts'

/** Samples kept within one rolling window: the window's start is known to 1/256 of its length. */
const SAMPLES = 256

/** What a serialised curve holds besides its samples. */
const HAS_FIRST = 1
const HAS_STATED = 2

/**
 * Total equity over time, as far as the loss limits need it: the first known value, and samples
 * of the rolling window. The sample at or before the window's start is kept, so a drop at its edge
 * is seen; memory is bounded by the number of samples.
 */
export class EquityCurve {
  first: bigint | null = null
  readonly #times: Nanos[] = []
  readonly #values: bigint[] = []
  /** Instruments whose account the Venue has stated. */
  readonly #stated = new Set<number>()

  /** Whether this is the first statement of the account. */
  open(instrument: number): boolean {
    if (this.#stated.has(instrument)) return false
    this.#stated.add(instrument)
    return true
  }

  /**
   * A first statement says what was there, not what was earned, so the past moves along and a loss
   * made before it stays one. Where either value is unknown, the curve starts over.
   */
  rebase(before: bigint | null, after: bigint | null): void {
    if (before === null || after === null) {
      this.first = null
      this.#times.length = 0
      this.#values.length = 0
      return
    }
    const moved = after - before
    if (this.first !== null) this.first += moved
    for (let i = 0; i < this.#values.length; i++) this.#values[i]! += moved
  }

  /** Whether `now` is far enough from the last sample for another one. */
  wants(now: Nanos, windowNs: Nanos): boolean {
    const last = this.#times.at(-1)
    return last === undefined || now - last >= windowNs / SAMPLES
  }

  /** The last time at which `wants` is still false; -1 when there is no sample yet. */
  quietUntil(windowNs: Nanos): Nanos {
    const last = this.#times.at(-1)
    return last === undefined ? -1 : last + Math.ceil(windowNs / SAMPLES) - 1
  }

  sample(now: Nanos, equity: bigint, windowNs: Nanos): void {
    this.#times.push(now)
    this.#values.push(equity)
    const start = now - windowNs
    let drop = 0
    while (drop + 1 < this.#times.length && this.#times[drop + 1]! <= start) drop++
    this.#times.splice(0, drop)
    this.#values.splice(0, drop)
  }

  /** Equity at the start of the window that ends at `now`; null before the first sample. */
  atWindowStart(now: Nanos, windowNs: Nanos): bigint | null {
    let found: bigint | null = null
    for (let i = 0; i < this.#times.length; i++) {
      if (found !== null && this.#times[i]! > now - windowNs) break
      found = this.#values[i]!
    }
    return found
  }

  digest(digest: Digest): void {
    if (this.first === null) digest.u32(0)
    else digest.u32(1).big(this.first)
    digest.u32(this.#times.length)
    for (let i = 0; i < this.#times.length; i++) digest.int(this.#times[i]!).big(this.#values[i]!)
    for (const instrument of this.#statedInOrder()) digest.u32(instrument)
  }

  write(writer: ByteWriter): void {
    writer.u8((this.first === null ? 0 : HAS_FIRST) | (this.#stated.size === 0 ? 0 : HAS_STATED))
    if (this.first !== null) writer.big(this.first)
    if (this.#stated.size > 0) {
      writer.i32(this.#stated.size)
      for (const instrument of this.#statedInOrder()) writer.i32(instrument)
    }
    writer.i32(this.#times.length)
    for (let i = 0; i < this.#times.length; i++) writer.f64(this.#times[i]!).big(this.#values[i]!)
  }

  static read(reader: ByteReader): EquityCurve {
    const curve = new EquityCurve()
    const parts = reader.u8()
    curve.first = (parts & HAS_FIRST) === 0 ? null : reader.big()
    if ((parts & HAS_STATED) !== 0) {
      for (let rest = reader.i32(); rest > 0; rest--) curve.#stated.add(reader.i32())
    }
    for (let rest = reader.i32(); rest > 0; rest--) {
      curve.#times.push(reader.f64())
      curve.#values.push(reader.big())
    }
    return curve
  }

  #statedInOrder(): number[] {
    return [...this.#stated].sort((a, b) => a - b)
  }
}
