import { BUY, type MarketUpdated, type MarketView, RowKind, SELL } from '@escapement/core'

export type Row = {
  readonly kind?: number
  readonly side?: 1 | -1 | 0
  readonly price: number
  readonly qty: number
  readonly time?: number
  readonly exchTime?: number
}

/** A view of a few rows, all at one local time unless a row says otherwise. */
export function viewOf(rows: readonly Row[], time = 0): MarketView {
  return {
    length: rows.length,
    time: Float64Array.from(rows, (row) => row.time ?? time),
    exchTime: Float64Array.from(rows, (row) => row.exchTime ?? row.time ?? time),
    kind: Uint8Array.from(rows, (row) => row.kind ?? RowKind.DEPTH),
    side: Int8Array.from(rows, (row) => row.side ?? BUY),
    price: Int32Array.from(rows, (row) => row.price),
    qty: Float64Array.from(rows, (row) => row.qty),
    row: Uint32Array.from(rows, (_, i) => i),
  }
}

/** One Market Event of `rows` at `time`. */
export function marketEvent(time: number, rows: readonly Row[], instrument = 0): MarketUpdated {
  const view = viewOf(rows, time)
  return { type: 'market.updated', time, instrument, view, from: 0, to: rows.length }
}

export const bid = (price: number, qty: number): Row => ({ side: BUY, price, qty })
export const ask = (price: number, qty: number): Row => ({ side: SELL, price, qty })
export const trade = (side: 1 | -1, price: number, qty: number): Row => ({
  kind: RowKind.TRADE,
  side,
  price,
  qty,
})
