import type { MarketView, Nanos } from '@escapement/core'

/** Rows [from, to) of a view, in order of time. */
type Piece = { readonly view: MarketView; readonly from: number; readonly to: number }

/**
 * How many market rows the venue saw lately.
 *
 * Layout: the batches of the window, oldest first; nothing is counted while rows pass.
 * Cost: a comparison a batch, two binary searches a batch when somebody asks.
 */
export class RowsSeen {
  readonly #windowNs: Nanos
  readonly #pieces: Piece[] = []

  constructor(windowNs: Nanos) {
    this.#windowNs = windowNs
  }

  /** A batch begins, or goes on where it stopped. */
  batch(view: MarketView, from: number, to: number): void {
    const last = this.#pieces.at(-1)
    if (from >= to || (last !== undefined && last.view === view && last.to >= to)) return
    const start = view.time[from]! - this.#windowNs
    while (this.#pieces.length > 0 && endOf(this.#pieces[0]!) < start) this.#pieces.shift()
    this.#pieces.push({ view, from, to })
  }

  /** Rows from `time - window` on and before `time`, in the venue's own time. */
  before(time: Nanos): number {
    let rows = 0
    for (const { view, from, to } of this.#pieces) {
      rows += lowerBound(view, from, to, time) - lowerBound(view, from, to, time - this.#windowNs)
    }
    return rows
  }
}

const endOf = ({ view, to }: Piece): Nanos => view.time[to - 1]!

/** First row of [from, to) at or after `time`. */
function lowerBound({ time: times }: MarketView, from: number, to: number, time: Nanos): number {
  while (from < to) {
    const middle = (from + to) >>> 1
    if (times[middle]! < time) from = middle + 1
    else to = middle
  }
  return from
}
