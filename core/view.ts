import { type Book, NO_ASK, NO_BID } from './book/book.ts'
import { assert } from './errors.ts'
import type { Instrument } from './instrument.ts'
import { type OrderKey, orderKey, orderNamespace } from './orders.ts'
import { Random } from './random.ts'
import { equityAt } from './state/account.ts'
import type { StrategySlot } from './state/control-state.ts'
import { type Order, type OrderStatus, orderChart } from './state/order-table.ts'
import type { State } from './state/state.ts'
import {
  BUY,
  type InstrumentIndex,
  type Nanos,
  type PriceTicks,
  type QtyLots,
  type QtyUnits,
  SELL,
  type Side,
} from './units.ts'

/** An Order as a strategy sees it: a frozen copy. */
export type OrderSnapshot = Readonly<
  Pick<
    Order,
    | 'key'
    | 'instrument'
    | 'side'
    | 'orderType'
    | 'timeInForce'
    | 'price'
    | 'qty'
    | 'cumQty'
    | 'leavesQty'
    | 'submittedTime'
    | 'updatedTime'
  >
> & {
  readonly status: OrderStatus
  /** Whether a request for this order is under way. */
  readonly inflight: boolean
  /** Whether a command for this order waits in the queue. */
  readonly pending: boolean
}

/** The touch of a book: quantities in quantity units of the feed. */
export type Touch = {
  readonly bid: PriceTicks
  readonly bidQty: QtyUnits
  readonly ask: PriceTicks
  readonly askQty: QtyUnits
}

/** A price level: ticks, and quantity units of the feed. */
export type Level = { readonly price: PriceTicks; readonly qty: QtyUnits }

/** Who looks without being a strategy: the Runtime, a recorder, a test. */
export const OBSERVER = -1

/**
 * State as a strategy may read it. Everything it hands out is a number or a frozen copy, so
 * nothing here can change State; two reads of the same position are equal.
 */
export class StateView {
  readonly #state: State
  readonly #instruments: readonly Instrument[]
  readonly #strategy: number
  #newKeys = 0
  /** The generator as this step has drawn from it; State's own stands still until the commit. */
  #random: Random | null = null

  /** `strategy` is the index of the strategy that looks, or {@link OBSERVER}. */
  constructor(state: State, instruments: readonly Instrument[], strategy: number) {
    this.#state = state
    this.#instruments = instruments
    this.#strategy = strategy
  }

  /**
   * Starts an evaluation: keys and draws of one that failed, or of a condition that did not hold,
   * are forgotten; for the Core alone.
   */
  begin(): void {
    this.#newKeys = 0
    this.#random = null
  }

  /** The logical clock: the largest local time processed so far. */
  get now(): Nanos {
    return this.#state.control.clock
  }

  /** Position of the Event being processed. */
  get position(): number {
    return this.#state.control.nextPosition
  }

  /** The instruments of the Configuration, by index. */
  get instruments(): readonly Instrument[] {
    return this.#instruments
  }

  /** Both best prices, or null while a side is empty. */
  touch(instrument: InstrumentIndex = 0): Touch | null {
    const book = this.#book(instrument)
    const { bestBid: bid, bestAsk: ask } = book
    if (bid === NO_BID || ask === NO_ASK) return null
    return { bid, bidQty: book.qtyAt(BUY, bid), ask, askQty: book.qtyAt(SELL, ask) }
  }

  /** Up to `limit` levels of a side, best first. */
  levels(side: Side, limit: number, instrument: InstrumentIndex = 0): readonly Level[] {
    const found: Level[] = []
    this.#book(instrument).levels(side, limit, (price, qty) => {
      found.push({ price, qty })
      return true
    })
    return found
  }

  /** Displayed quantity units of a level of `side`, or 0. */
  qtyAt(side: Side, price: PriceTicks, instrument: InstrumentIndex = 0): QtyUnits {
    return this.#book(instrument).qtyAt(side, price)
  }

  /** Price, quantity, taking side and count of the last trade; price 0 before the first. */
  lastTrade(instrument: InstrumentIndex = 0): {
    readonly price: PriceTicks
    readonly qty: QtyUnits
    readonly side: Side | 0
    readonly count: number
  } {
    const market = this.#state.market[instrument]!
    return {
      price: market.lastTradePrice,
      qty: market.lastTradeQty,
      side: market.lastTradeSide,
      count: market.tradeCount,
    }
  }

  /** Signed position of the account in lots, whichever strategy made it. */
  positionOf(instrument: InstrumentIndex = 0): QtyLots {
    return this.#state.execution.accounts[instrument]!.position
  }

  /** Signed position in lots that the strategy's own fills made; the account's for an observer. */
  ownPositionOf(instrument: InstrumentIndex = 0): QtyLots {
    const { own } = this.#state.execution
    return (own[this.#strategy] ?? this.#state.execution).accounts[instrument]!.position
  }

  /** Net worth at the mid in units of 10^-quoteDecimals, or null while a side is empty. */
  equity(instrument: InstrumentIndex = 0): bigint | null {
    const touch = this.touch(instrument)
    if (touch === null) return null
    const account = this.#state.execution.accounts[instrument]!
    return equityAt(account, this.#state.money[instrument]!, touch.bid, touch.ask)
  }

  /** The strategy's own open orders of an instrument, oldest first; an observer sees all. */
  openOrders(instrument: InstrumentIndex = 0): readonly OrderSnapshot[] {
    const found: OrderSnapshot[] = []
    for (const order of this.#state.execution.orders.open()) {
      const isOwn = this.#strategy === OBSERVER || orderNamespace(order.key) === this.#strategy
      if (isOwn && order.instrument === instrument) found.push(this.#snapshot(order))
    }
    return found
  }

  /** An Order by its key, terminal ones while State keeps them; null when it is not known. */
  order(key: OrderKey): OrderSnapshot | null {
    const order = this.#state.execution.orders.get(key)
    return order === undefined ? null : this.#snapshot(order)
  }

  /** Whether the key has a command waiting or a request under way. */
  isBusy(key: OrderKey): boolean {
    const { execution } = this.#state
    return execution.inflight.has(key) || execution.work.queue.has(key)
  }

  /**
   * Uniform in [0, 1), from the strategy's seeded generator in Control State: the only chance it
   * may use. What was drawn is kept when the step commits, so a replay draws the same.
   */
  random(): number {
    this.#random ??= Random.restore(this.#slot().random.snapshot())
    return this.#random.unit()
  }

  /** The generator after this evaluation, or null if it was not drawn from; for the Core alone. */
  get drawn(): Random | null {
    return this.#random
  }

  /** Keys handed out in this evaluation; for the Core alone. */
  get newKeys(): number {
    return this.#newKeys
  }

  /** Whether the trading switch is on. */
  get tradingEnabled(): boolean {
    return this.#state.tradingEnabled
  }

  /** A key that was never handed out or used before, for a NEW Intent of this evaluation. */
  newOrderKey(): OrderKey {
    const { issued, handedOut } = this.#slot()
    this.#newKeys++
    return orderKey(this.#strategy, Math.max(issued, handedOut) + this.#newKeys)
  }

  #slot(): StrategySlot {
    const slot = this.#state.control.strategies[this.#strategy]
    assert(slot !== undefined, 'an observer has no keys and no generator')
    return slot
  }

  #book(instrument: InstrumentIndex): Book {
    return this.#state.market[instrument]!.book
  }

  #snapshot(order: Order): OrderSnapshot {
    const { execution } = this.#state
    return Object.freeze({
      key: order.key,
      instrument: order.instrument,
      side: order.side,
      orderType: order.orderType,
      timeInForce: order.timeInForce,
      price: order.price,
      qty: order.qty,
      cumQty: order.cumQty,
      leavesQty: order.leavesQty,
      status: orderChart.states[order.status] as OrderStatus,
      submittedTime: order.submittedTime,
      updatedTime: order.updatedTime,
      inflight: execution.inflight.has(order.key),
      pending: execution.work.queue.has(order.key),
    })
  }
}
