import { type MarketRows, NANOS_PER_SECOND } from '@escapement/core'
import { marketRows } from '../market-data/columns.ts'
import { inUnits, type Units } from '../market-data/decimals.ts'
import { correctOrder } from '../market-data/order-correction.ts'
import { collectCapture } from './collect.ts'
import type { BinanceMarket } from './messages.ts'
import { correctClock, dateSnapshots, stitch } from './timing.ts'

export type BinanceOptions = {
  /** Sends diffs newer than a snapshot, but received before it, again after it. Default false. */
  readonly stitch?: boolean
  /** The symbol that the capture must hold; without it, the first one found. */
  readonly symbol?: string
  /** Units to count in; without them the coarsest power of ten that holds every value. */
  readonly units?: Units
  /** Named in errors. */
  readonly file?: string
}

/** What a capture holds. */
export type BinanceCapture = {
  readonly market: BinanceMarket
  readonly symbol: string
  readonly rows: MarketRows
  /** By how much every local time was moved later, ns; 0 when no latency was negative. */
  readonly clockShiftNs: number
  /** Depth messages that do not continue the one before: updates were lost. */
  readonly chainGaps: number
  /** Depth messages in order of arrival: last update id, and local time in ns since the origin. */
  readonly updates: { readonly id: Float64Array; readonly localTime: Float64Array }
}

/**
 * Binance raw capture (text lines, spot or USD-M futures) -> MarketRows. Source: Binance API, "How
 * to manage a local order book correctly", and the rules in docs/formats.md.
 *
 * Keeps: depth (bids, then asks), trades, snapshots. Drops: bookTicker, and futures trades that took
 * nothing from the book. Corrects the clock (no latency is negative) and the order (each view is
 * non-decreasing). Memory is linear in the rows; one line at a time becomes objects.
 *
 * @throws ESC_BINANCE_LINE, ESC_BINANCE_MESSAGE, ESC_BINANCE_SYMBOL, ESC_DATA_EMPTY, ESC_DATA_TICK,
 *   ESC_DATA_UNIT, ESC_TIME_SPAN; each names the line where there is one.
 */
export function decodeCapture(text: Uint8Array, options: BinanceOptions = {}): BinanceCapture {
  const { file } = options
  const { market, symbol, table, baseSeconds, chainGaps } = collectCapture(
    text,
    options.symbol,
    file,
  )
  const dated = dateSnapshots(table.messages, file)
  const { shift, origin } = correctClock(dated, file)
  const messages = options.stitch === true ? stitch(dated) : dated
  const order = correctOrder(
    Float64Array.from(messages, ({ exchTime }) => exchTime - origin),
    Float64Array.from(messages, ({ localTime }) => localTime + shift - origin),
    Uint8Array.from(messages, ({ again }) => Number(again)),
  )
  const units = table.units()
  const rows = marketRows(
    table.columns(messages, order, { exch: -origin, local: shift - origin }, units),
    BigInt(baseSeconds) * BigInt(NANOS_PER_SECOND) + BigInt(origin),
    units.priceDecimals,
    units.qtyDecimals,
  )
  const depth = dated.filter(({ updateId }) => !Number.isNaN(updateId))
  return {
    market,
    symbol,
    rows: inUnits(rows, options.units ?? units, file),
    clockShiftNs: shift,
    chainGaps,
    updates: {
      id: Float64Array.from(depth, ({ updateId }) => updateId),
      localTime: Float64Array.from(depth, ({ localTime }) => localTime + shift - origin),
    },
  }
}
