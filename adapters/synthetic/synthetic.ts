import {
  type MarketRows,
  NANOS_PER_SECOND,
  Random,
  RowFlag,
  RowKind,
  WHOLE_SIDE,
} from '@escapement/core'
import { exponential } from './exponential.ts'
import { FairPrice } from './fair-price.ts'
import type { SyntheticOptions, SyntheticSettings } from './options.ts'
import { settle } from './options.ts'
import { OrderFlow } from './order-flow.ts'
import { RowWriter } from './row-writer.ts'

/** Mean number of orders in a message of limit orders and cancels. */
const ORDERS_PER_MESSAGE = 12
/** Share of messages that are a market order. */
const MARKET_SHARE = 0.25
/** Rows of a message, measured over many seeds; it only sets how the volatility is spread. */
const ROWS_PER_MESSAGE = 9

/**
 * A market made by a seed: a snapshot, then messages of depth and trades until `durationSeconds`.
 * The same options give the same rows on every engine: only integers, IEEE 754 + - * / and square
 * roots are used.
 *
 * A message is either one market order (its TRADE rows, one a level, and then the DEPTH rows that
 * contain them, old total minus traded) or limit orders and cancels (one DEPTH row for each level
 * whose total changed). Removals come first, so the book is not crossed after any row; no side
 * is empty after a whole message. Both views show every row; local times are strictly later from
 * message to message.
 *
 * Idealised: one feed connection, no lost or repeated message, no order book beyond `depthTicks`.
 * @throws ESC_CONFIG_INVALID naming the option.
 */
export function syntheticMarket(options: SyntheticOptions): MarketRows {
  const settings = settle(options)
  const { seed, durationSeconds, rowsPerSecond, startNs, priceDecimals, qtyDecimals } = settings
  const random = new Random(seed)
  const fair = new FairPrice(random, settings, Math.max(1, rowsPerSecond / ROWS_PER_MESSAGE))
  const flow = new OrderFlow(random, settings)
  const messages = new MessageWriter(
    flow,
    settings,
    Math.ceil(durationSeconds * rowsPerSecond * 1.1),
  )
  messages.snapshot()
  const end = Math.floor(durationSeconds * NANOS_PER_SECOND)
  let time = 0
  let rows = ROWS_PER_MESSAGE
  for (;;) {
    // The pause follows from the rows of the message before, so that the mean rate is as asked.
    const mean = (rows * NANOS_PER_SECOND) / (rowsPerSecond * fair.intensity)
    const pause = 1 + Math.floor(exponential(random) * mean)
    time += pause
    if (time >= end) break
    fair.advance(time, pause)
    messages.begin(time)
    if (random.unit() >= MARKET_SHARE || !flow.marketOrder(fair.tick, messages.trade)) {
      flow.limitOrders(fair.tick, random.integer(1, 2 * ORDERS_PER_MESSAGE - 1))
    }
    rows = Math.max(1, messages.end())
  }
  return messages.rows.finish(startNs, priceDecimals, qtyDecimals)
}

class MessageWriter {
  readonly rows: RowWriter
  readonly #flow: OrderFlow
  readonly #settings: SyntheticSettings
  /** A stream of its own: other latencies give the same market. */
  readonly #random: Random
  #first = 0

  constructor(flow: OrderFlow, settings: SyntheticSettings, expectedRows: number) {
    this.#flow = flow
    this.#settings = settings
    this.#random = new Random((settings.seed ^ 0x6c617465) >>> 0)
    this.rows = new RowWriter(expectedRows + 2 * settings.depthTicks + 2)
    this.rows.localTime = -1
  }

  snapshot(): void {
    this.begin(0)
    this.rows.append(RowKind.CLEAR, RowFlag.BUY, WHOLE_SIDE, 0)
    this.rows.append(RowKind.CLEAR, RowFlag.SELL, WHOLE_SIDE, 0)
    this.#levels(RowKind.SNAPSHOT, false)
    this.#flow.settle()
  }

  begin(time: number): void {
    const { latencyNs, jitterNs } = this.#settings
    const jitter = jitterNs === 0 ? 0 : Math.floor(exponential(this.#random) * jitterNs)
    this.rows.exchTime = time
    this.rows.localTime = Math.max(time + latencyNs + jitter, this.rows.localTime + 1)
    this.#first = this.rows.length
  }

  readonly trade = (tick: number, lots: number, buy: boolean): void => {
    const { tickUnits, lotUnits } = this.#settings
    const side = buy ? RowFlag.BUY : RowFlag.SELL
    this.rows.append(RowKind.TRADE, side, tick * tickUnits, lots * lotUnits)
  }

  /** Writes what changed in the book; the number of rows of the whole message. */
  end(): number {
    this.#levels(RowKind.DEPTH, true)
    this.#levels(RowKind.DEPTH, false)
    this.#flow.settle()
    return this.rows.length - this.#first
  }

  #levels(kind: number, removed: boolean): void {
    const { tickUnits, lotUnits } = this.#settings
    this.#flow.bids.changes(removed, (key, lots) => {
      this.rows.append(kind, RowFlag.BUY, -key * tickUnits, lots * lotUnits)
    })
    this.#flow.asks.changes(removed, (key, lots) => {
      this.rows.append(kind, RowFlag.SELL, key * tickUnits, lots * lotUnits)
    })
  }
}
