/**
 * Market data in columns: what every data adapter yields and the feed reads.
 *
 * Layout: row i of each column is one row of one instrument, in file order. Two observers read the
 * same rows: the Venue those with the EXCHANGE flag at `exchTime`, the strategy's side those with
 * the LOCAL flag at `localTime`. Each view is non-decreasing in its own time.
 */
export type MarketRows = {
  /** Epoch ns of time 0 of both time columns. */
  readonly originNs: bigint
  readonly length: number
  /** Prices count units of 10^-priceDecimals, quantities units of 10^-qtyDecimals. */
  readonly priceDecimals: number
  readonly qtyDecimals: number
  /** {@link RowKind}. */
  readonly kind: Uint8Array
  /** Bits of {@link RowFlag}. */
  readonly flags: Uint8Array
  /** ns since `originNs`. */
  readonly exchTime: Float64Array
  readonly localTime: Float64Array
  /** Integer price units; {@link WHOLE_SIDE} on a CLEAR row that clears the whole side. */
  readonly price: Int32Array
  /** Integer quantity units; the new total of a level, or the size of a trade. */
  readonly qty: Float64Array
  /** Market by order only: the exchange's id of the order that a row of an order names, else 0. */
  readonly orderId?: BigUint64Array
}

/**
 * What a row says: a level, a trade, levels removed up to a price, a level of a snapshot; or of one
 * order: that it is new, gone, has another price or quantity left, was executed.
 */
export const RowKind = {
  DEPTH: 1,
  TRADE: 2,
  CLEAR: 3,
  SNAPSHOT: 4,
  ADD: 10,
  CANCEL: 11,
  MODIFY: 12,
  FILL: 13,
} as const
/** Whether a row of this kind names one order. */
export const isOrderKind = (kind: number): boolean => kind >= RowKind.ADD && kind <= RowKind.FILL
/** Bits of a row: which observers see it, and its side. */
export const RowFlag = { EXCHANGE: 1, LOCAL: 2, BUY: 4, SELL: 8 } as const
/** Price of a CLEAR row without a bound. */
export const WHOLE_SIDE = 0x7fffffff
