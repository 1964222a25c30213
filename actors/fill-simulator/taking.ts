import {
  BUY,
  type Nanos,
  NO_ASK,
  NO_BID,
  type PriceTicks,
  type QtyLots,
  SELL,
  type Side,
} from '@escapement/core'
import type { Desk } from './desk.ts'
import type { OwnOrder } from './own-order.ts'

const ALL = Number.MAX_SAFE_INTEGER
/** Quirk: how far a market order with partial fills looks. */
const MARKET_REACH = 100

/**
 * Orders that take on arrival. They execute against the displayed size less what own takes already
 * used up, level by level, each level one execution; the market itself is not moved by them.
 * @source README.md, "Arrivals"
 */
export class Taking {
  readonly #desk: Desk

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** Best price of `side` with size left for us, or NO_BID / NO_ASK. */
  best(side: Side): PriceTicks {
    const { book, consumed } = this.#desk
    if (consumed.empty) return side === BUY ? book.bestBid : book.bestAsk
    let best = side === BUY ? NO_BID : NO_ASK
    book.levels(side, ALL, (price, qty) => {
      if (qty <= consumed.at(side, price)) return true
      best = price
      return false
    })
    return best
  }

  /** Executes what an arriving order finds; then it is done, rests, or expires. */
  take(order: OwnOrder, exchTime: Nanos): void {
    const desk = this.#desk
    if (!desk.partialFills) {
      this.#takeWhole(order, exchTime)
      return
    }
    const limit = this.#limit(order)
    if (order.timeInForce === 'FOK' && this.#available(order, limit) < order.leaves) {
      desk.reporter.expired(exchTime, order.key, 'fok')
      return
    }
    this.#walk(order, limit, exchTime)
    if (order.leaves === 0) return
    if (order.orderType === 'market') desk.reporter.expired(exchTime, order.key, 'noLiquidity')
    else if (order.timeInForce === 'IOC') desk.reporter.expired(exchTime, order.key, 'ioc')
    else if (!desk.quirks.remainderExecutesAtLimit) desk.rest(order)
    else desk.execute(exchTime, order, order.price, order.leaves, 'take', -1, 0)
  }

  /** Without partial fills the whole order executes at the best price, whatever is displayed. */
  #takeWhole(order: OwnOrder, exchTime: Nanos): void {
    const desk = this.#desk
    const side = order.side === BUY ? SELL : BUY
    const best = this.best(side)
    const empty = best === NO_ASK || best === NO_BID
    if (empty && !desk.quirks.marketFillsOnEmptySide) {
      desk.reporter.expired(exchTime, order.key, 'noLiquidity')
      return
    }
    const qty = order.leaves
    desk.execute(exchTime, order, best, qty, 'take', -1, 0)
    if (!empty) this.#consume(side, best, qty)
  }

  /** The worst price an order may take at. */
  #limit(order: OwnOrder): PriceTicks {
    if (order.orderType !== 'market') return order.price
    const buys = order.side === BUY
    if (!this.#desk.quirks.marketStopsAfter100Ticks) return buys ? NO_ASK : NO_BID
    const best = this.best(buys ? SELL : BUY)
    return buys ? best + MARKET_REACH : best - MARKET_REACH
  }

  /** Lots that `order` could take up to `limit`, counted no farther than it needs. */
  #available(order: OwnOrder, limit: PriceTicks): QtyLots {
    const side = order.side === BUY ? SELL : BUY
    let lots = 0
    this.#desk.book.levels(side, ALL, (price) => {
      if (order.side === BUY ? price > limit : price < limit) return false
      lots += this.#lotsAt(side, price)
      return lots < order.leaves
    })
    return lots
  }

  #walk(order: OwnOrder, limit: PriceTicks, exchTime: Nanos): void {
    const desk = this.#desk
    const side = order.side === BUY ? SELL : BUY
    // Quirk 10 at work: the reference's buy leaves out the limit level, its remainder covers it.
    const last =
      order.side === BUY &&
      order.timeInForce === 'GTC' &&
      order.orderType === 'limit' &&
      desk.quirks.remainderExecutesAtLimit
        ? limit - 1
        : limit
    desk.book.levels(side, ALL, (price) => {
      if (order.side === BUY ? price > last : price < last) return false
      const lots = Math.min(this.#lotsAt(side, price), order.leaves)
      if (lots > 0) {
        desk.execute(exchTime, order, price, lots, 'take', -1, 0)
        this.#consume(side, price, lots)
      }
      return order.leaves > 0
    })
  }

  /** Whole lots displayed at a level and not used up. */
  #lotsAt(side: Side, price: PriceTicks): QtyLots {
    const { book, consumed, lotUnits } = this.#desk
    const units = book.qtyAt(side, price) - consumed.at(side, price)
    return units > 0 ? Math.floor(units / lotUnits) : 0
  }

  #consume(side: Side, price: PriceTicks, lots: QtyLots): void {
    const { consumed, lotUnits, quirks } = this.#desk
    if (!quirks.takesConsumeNothing) consumed.take(side, price, lots * lotUnits)
  }
}
