import { applyRow } from '../book/apply-row.ts'
import type { MarketEvent } from '../events.ts'
import { RowKind, WHOLE_SIDE } from '../market-rows.ts'
import type { MarketView } from '../market-view.ts'
import { feedChart } from '../state/control-state.ts'
import type { InstrumentMarket } from '../state/market-state.ts'
import type { State } from '../state/state.ts'
import { BUY, SELL, type Side } from '../units.ts'

/**
 * Applies all rows of one Market Event to the instrument's book, whole: no decision sees half a
 * message. A snapshot replaces the book first.
 *
 * Rows of several Events in a row leave the same State as Event by Event, which is what passing
 * them makes use of.
 *
 * Cost: the book update of each row; nothing is allocated.
 */
export function reduceMarket(state: State, event: MarketEvent): void {
  const market = state.market[event.instrument]!
  const { view, from, to } = event
  const isSnapshot = event.type === 'market.snapshot'
  const { book, recorded } = market
  if (recorded !== null) {
    // The recording has applied the rows; a snapshot replaces nothing there, it comes first.
    if (to > 0) recorded.seek(to - 1)
    const trades = recorded.tradesIn(from, to)
    if (trades > 0) noteTrades(market, view, recorded.lastTradeBefore(to), trades)
  } else if (isSnapshot && isTouch(event)) {
    const { price, qty } = view
    book.setTouch(price[from]!, qty[from]!, price[from + 1]!, qty[from + 1]!)
  } else {
    if (isSnapshot) {
      book.clear(BUY, WHOLE_SIDE)
      book.clear(SELL, WHOLE_SIDE)
    }
    const { kind } = view
    for (let row = from; row < to; row++) {
      if (kind[row] === RowKind.TRADE) noteTrades(market, view, row, 1)
      else applyRow(book, view, row)
    }
  }
  market.localTime = event.time
  if (to > from) market.exchTime = view.exchTime[to - 1]!
  const signal = isSnapshot ? feedChart.signal.restored : feedChart.signal.received
  const { feeds } = state.control
  const mode = feedChart.next(feeds[event.instrument]!, signal)
  if (mode >= 0) feeds[event.instrument] = mode
}

/** `count` trades, of which the one in `row` was the last. */
function noteTrades(market: InstrumentMarket, view: MarketView, row: number, count: number): void {
  market.lastTradePrice = view.price[row]!
  market.lastTradeQty = view.qty[row]!
  market.lastTradeSide = view.side[row]! as Side | 0
  market.tradeCount += count
}

/** Whether a snapshot is a bid and an ask that do not meet: a feed of the touch alone. */
function isTouch({ view, from, to }: MarketEvent): boolean {
  const { kind, side, price, qty } = view
  const second = from + 1
  if (to - from !== 2 || side[from] !== BUY || side[second] !== SELL) return false
  if (kind[from] !== RowKind.SNAPSHOT || kind[second] !== RowKind.SNAPSHOT) return false
  return price[from]! < price[second]! && qty[from]! > 0 && qty[second]! > 0
}
