import type { MarketEvent } from '../events.ts'
import { RowKind, WHOLE_SIDE } from '../market-rows.ts'
import { feedChart } from '../state/control-state.ts'
import type { State } from '../state/state.ts'
import { BUY, SELL, type Side } from '../units.ts'

/**
 * Applies all rows of one Market Event to the instrument's book, whole: no decision sees half a
 * message. A snapshot replaces the book first.
 *
 * Cost: the book update of each row; nothing is allocated.
 */
export function reduceMarket(state: State, event: MarketEvent): void {
  const market = state.market[event.instrument]!
  const { view, from, to } = event
  const { kind, side, price, qty } = view
  const { book } = market
  const isSnapshot = event.type === 'market.snapshot'
  let next = from
  if (isSnapshot) {
    if (isTouch(event)) {
      const second = from + 1
      book.setTouch(price[from]!, qty[from]!, price[second]!, qty[second]!)
      next = to
    } else {
      book.clear(BUY, WHOLE_SIDE)
      book.clear(SELL, WHOLE_SIDE)
    }
  }
  for (let row = next; row < to; row++) {
    switch (kind[row]) {
      case RowKind.DEPTH:
      case RowKind.SNAPSHOT:
        book.set(side[row]! as Side, price[row]!, qty[row]!)
        break
      case RowKind.TRADE:
        market.lastTradePrice = price[row]!
        market.lastTradeQty = qty[row]!
        market.lastTradeSide = side[row]! as Side | 0
        market.tradeCount++
        break
      default:
        // A CLEAR that names no side clears both.
        if (side[row] !== SELL) book.clear(BUY, price[row]!)
        if (side[row] !== BUY) book.clear(SELL, price[row]!)
    }
  }
  market.localTime = event.time
  if (to > from) market.exchTime = view.exchTime[to - 1]!
  const signal = isSnapshot ? feedChart.signal.restored : feedChart.signal.received
  const { feeds } = state.control
  const mode = feedChart.next(feeds[event.instrument]!, signal)
  if (mode >= 0) feeds[event.instrument] = mode
}

/** Whether a snapshot is a bid and an ask that do not meet: a feed of the touch alone. */
function isTouch({ view, from, to }: MarketEvent): boolean {
  const { kind, side, price, qty } = view
  const second = from + 1
  if (to - from !== 2 || side[from] !== BUY || side[second] !== SELL) return false
  if (kind[from] !== RowKind.SNAPSHOT || kind[second] !== RowKind.SNAPSHOT) return false
  return price[from]! < price[second]! && qty[from]! > 0 && qty[second]! > 0
}
