import type { MarketRows } from '@escapement/core'

/** The columns of {@link MarketRows} before they are handed over: six, or seven with order ids. */
export type Columns = {
  readonly kind: Uint8Array
  readonly flags: Uint8Array
  readonly exchTime: Float64Array
  readonly localTime: Float64Array
  readonly price: Int32Array
  readonly qty: Float64Array
  readonly orderId?: BigUint64Array
}

/** Zeroed columns of `length` rows: 30 bytes a row, 38 with order ids. */
export function allocateColumns(length: number, withOrders = false): Columns {
  return {
    kind: new Uint8Array(length),
    flags: new Uint8Array(length),
    exchTime: new Float64Array(length),
    localTime: new Float64Array(length),
    price: new Int32Array(length),
    qty: new Float64Array(length),
    ...(withOrders ? { orderId: new BigUint64Array(length) } : {}),
  }
}

/** The first `length` rows of the columns; a copy only where something is cut off. */
export function sliceColumns(columns: Columns, length: number): Columns {
  if (columns.kind.length === length) return columns
  return {
    kind: columns.kind.slice(0, length),
    flags: columns.flags.slice(0, length),
    exchTime: columns.exchTime.slice(0, length),
    localTime: columns.localTime.slice(0, length),
    price: columns.price.slice(0, length),
    qty: columns.qty.slice(0, length),
    ...(columns.orderId === undefined ? {} : { orderId: columns.orderId.slice(0, length) }),
  }
}

/** Joins columns with what gives their integers a meaning; always the same key order. */
export function marketRows(
  columns: Columns,
  originNs: bigint,
  priceDecimals: number,
  qtyDecimals: number,
): MarketRows {
  return {
    originNs,
    length: columns.kind.length,
    priceDecimals,
    qtyDecimals,
    kind: columns.kind,
    flags: columns.flags,
    exchTime: columns.exchTime,
    localTime: columns.localTime,
    price: columns.price,
    qty: columns.qty,
    ...(columns.orderId === undefined ? {} : { orderId: columns.orderId }),
  }
}
