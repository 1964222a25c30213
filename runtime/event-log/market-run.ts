import type { ByteReader, ByteWriter, MarketUpdated, Nanos } from '@escapement/core'

/** Rows [from, to) of one instrument. */
export type RowRange = { readonly instrument: number; readonly from: number; to: number }

/**
 * Market Events in a row, of one or more instruments, that are kept as ranges of rows. Their order
 * is not written down: it is that of time, then of instrument, and what comes in another order
 * begins another run.
 *
 * Cost: what is asked of it once an Event is a few comparisons; nothing is allocated.
 */
export class MarketRun {
  /** Position of the first Event. */
  first = 0
  /** Number of Events; 0 while there is no run. */
  count = 0
  /** Time of the last Event. */
  time: Nanos = 0
  readonly ranges: RowRange[] = []
  #instrument = -1

  /** Position of the last Event. */
  get last(): number {
    return this.first + this.count - 1
  }

  /** Whether `event` goes on where this run ends, and is not earlier in the order. */
  isContinuedBy(event: MarketUpdated): boolean {
    const { instrument, view, from } = event
    const time = view.time[from]!
    if (time < this.time || (time === this.time && instrument <= this.#instrument)) return false
    const range = this.#rangeOf(instrument)
    return range === undefined || range.to === from
  }

  add(position: number, count: number, event: MarketUpdated): void {
    const { instrument, from, to, time } = event
    if (this.count === 0) this.first = position
    this.count += count
    this.time = time
    this.#instrument = instrument
    const range = this.#rangeOf(instrument)
    if (range === undefined) this.ranges.push({ instrument, from, to })
    else range.to = to
  }

  clear(): void {
    this.count = 0
    this.time = 0
    this.#instrument = -1
    this.ranges.length = 0
  }

  /** Count (float64), time (float64), number of ranges (int32), then each as three float64. */
  write(writer: ByteWriter): void {
    writer.f64(this.count).f64(this.time).i32(this.ranges.length)
    for (let i = 0; i < this.ranges.length; i++) {
      const { instrument, from, to } = this.ranges[i]!
      writer.f64(instrument).f64(from).f64(to)
    }
  }

  /** @throws ESC_STATE_RESTORE when the bytes are not those of a run */
  static read(first: number, reader: ByteReader): MarketRun {
    const run = new MarketRun()
    run.first = first
    run.count = reader.f64()
    run.time = reader.f64()
    for (let rest = reader.i32(); rest > 0; rest--) {
      run.ranges.push({ instrument: reader.f64(), from: reader.f64(), to: reader.f64() })
    }
    return run
  }

  #rangeOf(instrument: number): RowRange | undefined {
    for (let i = 0; i < this.ranges.length; i++) {
      if (this.ranges[i]!.instrument === instrument) return this.ranges[i]
    }
    return undefined
  }
}
