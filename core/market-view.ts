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
  /** Market by order only. */
  readonly orders?: OrderColumns
}

/**
 * What the rows of a view say of single orders; they are rows of levels there. A MODIFY to another
 * price is two of them.
 *
 * Layout: entry i of each column belongs to row i of the view.
 */
export type OrderColumns = {
  /** `RowKind` of the order's row, 0 for a row of no order. */
  readonly what: Uint8Array
  /** Row of this view that had put the order at the tail of the level; -1 when it was not in it. */
  readonly place: Int32Array
  /** Quantity that left that place, in quantity units. */
  readonly gone: Float64Array
  /** Rows that named an order nobody knew, and became nothing. */
  readonly dropped: number
}
