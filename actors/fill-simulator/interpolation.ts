import type { Nanos } from '@escapement/core'

/**
 * A latency read between the rows of a recording, exact to the last bit of the reference rule.
 *
 * Layout: row i of `#start` is the position of row i in session time, `#value` its latency and
 * `#slope` the float64 quotient of the integer differences to row i + 1. The two number columns may
 * be inexact for times far outside the session (a position of absolute 0); such rows are computed
 * from the 64-bit columns.
 */
export class Interpolation {
  readonly #position: BigInt64Array
  readonly #latency: BigInt64Array
  readonly #origin: bigint
  readonly #start: Float64Array
  readonly #value: Float64Array
  readonly #slope: Float64Array
  readonly #last: number
  #row = 0
  #before = false

  constructor(position: BigInt64Array, latency: BigInt64Array, origin: bigint) {
    this.#position = position
    this.#latency = latency
    this.#origin = origin
    this.#last = position.length - 1
    this.#start = Float64Array.from(position, (time) => Number(time - origin))
    this.#value = Float64Array.from(latency, Number)
    this.#slope = new Float64Array(position.length)
    for (let row = 0; row < this.#last; row++) {
      const rise = Number(latency[row + 1]! - latency[row]!)
      this.#slope[row] = rise / Number(position[row + 1]! - position[row]!)
    }
  }

  /** Moves to the pair of rows around `time`, never back; returns its first row, -1 before all. */
  seek(time: Nanos): number {
    this.#before = time < this.#start[0]!
    if (this.#before) return -1
    let row = this.#row
    while (row < this.#last && !(this.#start[row]! <= time && time < this.#start[row + 1]!)) row++
    this.#row = row
    return row
  }

  /** The latency at `time`, which was sought last. */
  at(time: Nanos): Nanos {
    if (this.#before) return this.#value[0]!
    const row = this.#row
    const value = this.#value[row]!
    if (row === this.#last) return value
    const start = this.#start[row]!
    if (Number.isSafeInteger(start) && Number.isSafeInteger(value)) {
      return Math.trunc(this.#slope[row]! * (time - start)) + value
    }
    const elapsed = Number(BigInt(time) + this.#origin - this.#position[row]!)
    const change = BigInt(Math.trunc(this.#slope[row]! * elapsed))
    return Number(change + this.#latency[row]!)
  }
}
