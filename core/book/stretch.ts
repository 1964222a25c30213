import type { MarketView } from '../market-view.ts'
import type { Nanos } from '../units.ts'
import type { Book } from './book.ts'
import { RecordedBook } from './recorded-book.ts'

/** Rows [from, to) of a view and the Market Events that they are. */
export type Stretch = { readonly to: number; readonly count: number }

/**
 * The Market Events from row `from` on whose time is at most `until`, `most` of them at most, and
 * none of row `end` or later. Row `from` must begin an Event.
 *
 * Cost: a look at each row; of a recorded book as many as the logarithm of their number.
 */
export function stretchOf(
  book: Book,
  view: MarketView,
  from: number,
  end: number,
  until: Nanos,
  most: number,
): Stretch {
  const { time } = view
  if (book instanceof RecordedBook) {
    const { events } = book
    const to = Math.min(
      rowAfter(time, from, end, until),
      rowAfter(events, from, end, events[from]! + most - 1),
    )
    return { to, count: to === from ? 0 : events[to - 1]! - events[from]! + 1 }
  }
  let to = from
  let count = 0
  while (to < end && count < most) {
    const now = time[to]!
    if (now > until) break
    count++
    do to++
    while (to < end && time[to] === now)
  }
  return { to, count }
}

/**
 * The first row in [from, end) whose value is above `limit`, of values that never fall: by steps
 * that double and then halve.
 */
export function rowAfter(
  values: Float64Array | Int32Array,
  from: number,
  end: number,
  limit: number,
): number {
  let step = 1
  let low = from
  while (low + step <= end && values[low + step - 1]! <= limit) {
    low += step
    step *= 2
  }
  let high = Math.min(end, low + step)
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! <= limit) low = middle + 1
    else high = middle
  }
  return low
}
