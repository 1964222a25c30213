import { applyRow, type MarketView, type Nanos, NO_ASK, NO_BID, WindowBook } from '@escapement/core'
import type { EquityPoint } from '../../actors/recorder.actor.ts'

/**
 * Best bid and ask of one instrument over time.
 *
 * Layout: entry i of `time` (never going back), `bid` and `ask` (ticks; NaN while a side is empty)
 * belong together and hold until the next entry; after `end` nothing is known.
 */
export type MidSeries = {
  readonly time: ArrayLike<Nanos>
  readonly bid: ArrayLike<number>
  readonly ask: ArrayLike<number>
  readonly end: Nanos
  /**
   * Whether there is an entry for every change. One that was only looked at now and then knows
   * nothing of the time between, so a mid from before a fill is no mid after it.
   */
  readonly isComplete: boolean
}

/** From what a recorder saw at each decision: local time, and as coarse as the decisions. */
export function midsOfSamples(points: readonly EquityPoint[]): MidSeries {
  const isKnown = ({ bid, ask }: EquityPoint) => bid !== 0 || ask !== 0
  return {
    time: points.map(({ time }) => time),
    bid: points.map((point) => (isKnown(point) ? point.bid : Number.NaN)),
    ask: points.map((point) => (isKnown(point) ? point.ask : Number.NaN)),
    end: points.at(-1)?.time ?? 0,
    isComplete: false,
  }
}

/**
 * From the rows of a market view, in its own time: an entry for each change of the touch.
 *
 * Cost: one pass over the rows.
 */
export function midsOfMarket(view: MarketView): MidSeries {
  const book = new WindowBook({ digested: false })
  const [time, bid, ask]: [number[], number[], number[]] = [[], [], []]
  for (let row = 0; row < view.length; row++) {
    applyRow(book, view, row)
    const at = view.time[row]!
    // Rows of one time are one change.
    if (row + 1 < view.length && view.time[row + 1] === at) continue
    const isWhole = book.bestBid !== NO_BID && book.bestAsk !== NO_ASK
    const [newBid, newAsk] = isWhole ? [book.bestBid, book.bestAsk] : [Number.NaN, Number.NaN]
    if (Object.is(bid.at(-1), newBid) && Object.is(ask.at(-1), newAsk)) continue
    time.push(at)
    bid.push(newBid)
    ask.push(newAsk)
  }
  return { time, bid, ask, end: view.time[view.length - 1] ?? 0, isComplete: true }
}

/** Index of the last entry at or before `at`; -1 before the first. */
export function lastAt(time: ArrayLike<Nanos>, at: Nanos): number {
  let [low, high] = [0, time.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (time[middle]! <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}
