/**
 * One observer's view of an instrument's rows, in session units: what the Core and the Venue read.
 *
 * Layout: row i of each column is one row that this observer sees, in its own time order.
 */
export type MarketView = {
  readonly length: number
  /** This observer's time: ns since the session's origin, non-decreasing. */
  readonly time: Float64Array
  /** The Venue's time of the same row. */
  readonly exchTime: Float64Array
  /** `RowKind`. */
  readonly kind: Uint8Array
  /** {@link Side} of the level, or of the side that took in a trade; 0 when unknown. */
  readonly side: Int8Array
  /** Ticks; `WHOLE_SIDE` on a CLEAR row without a bound. */
  readonly price: Int32Array
  /** Integer quantity units of 10^-qtyDecimals. */
  readonly qty: Float64Array
  /** Row of the dataset that row i came from. */
  readonly row: Uint32Array
}
