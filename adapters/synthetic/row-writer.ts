import { type MarketRows, RowFlag } from '@escapement/core'
import { allocateColumns, type Columns, marketRows, sliceColumns } from '../market-data/columns.ts'

const BOTH = RowFlag.EXCHANGE | RowFlag.LOCAL

/** Columns that grow as rows are appended; every row is seen by both sides. */
export class RowWriter {
  exchTime = 0
  localTime = 0
  #columns: Columns
  #length = 0

  /** `withOrders`: rows may name orders. */
  constructor(expected: number, withOrders = false) {
    this.#columns = allocateColumns(expected, withOrders)
  }

  get length(): number {
    return this.#length
  }

  /** A row at the current times; price and quantity in units. */
  append(kind: number, side: number, price: number, qty: number, orderId = 0n): void {
    if (this.#length === this.#columns.kind.length) this.#grow()
    const columns = this.#columns
    const row = this.#length++
    columns.kind[row] = kind
    columns.flags[row] = BOTH | side
    columns.exchTime[row] = this.exchTime
    columns.localTime[row] = this.localTime
    columns.price[row] = price
    columns.qty[row] = qty
    if (columns.orderId !== undefined) columns.orderId[row] = orderId
  }

  finish(originNs: bigint, priceDecimals: number, qtyDecimals: number): MarketRows {
    const columns = sliceColumns(this.#columns, this.#length)
    return marketRows(columns, originNs, priceDecimals, qtyDecimals)
  }

  #grow(): void {
    const { orderId } = this.#columns
    const room = this.#length + (this.#length >> 1) + 1024
    const larger = allocateColumns(room, orderId !== undefined)
    if (orderId !== undefined) larger.orderId!.set(orderId)
    larger.kind.set(this.#columns.kind)
    larger.flags.set(this.#columns.flags)
    larger.exchTime.set(this.#columns.exchTime)
    larger.localTime.set(this.#columns.localTime)
    larger.price.set(this.#columns.price)
    larger.qty.set(this.#columns.qty)
    this.#columns = larger
  }
}
