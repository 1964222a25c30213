import { RowKind } from '../market-rows.ts'
import type { MarketView } from '../market-view.ts'
import type { Side } from '../units.ts'

/** Writes a view from the rows of another; a row becomes two of them at most. */
export class LevelWriter {
  length = 0
  readonly #from: MarketView
  #dropped = 0
  readonly #time: Float64Array
  readonly #exchTime: Float64Array
  readonly #kind: Uint8Array
  readonly #side: Int8Array
  readonly #price: Int32Array
  readonly #qty: Float64Array
  readonly #row: Uint32Array
  readonly #what: Uint8Array
  readonly #place: Int32Array
  readonly #gone: Float64Array

  constructor(from: MarketView) {
    let most = from.length
    for (let row = 0; row < from.length; row++) if (from.kind[row] === RowKind.MODIFY) most++
    this.#from = from
    this.#time = new Float64Array(most)
    this.#exchTime = from.exchTime === from.time ? this.#time : new Float64Array(most)
    this.#kind = new Uint8Array(most)
    this.#side = new Int8Array(most)
    this.#price = new Int32Array(most)
    this.#qty = new Float64Array(most)
    this.#row = new Uint32Array(most)
    this.#what = new Uint8Array(most)
    this.#place = new Int32Array(most)
    this.#gone = new Float64Array(most)
  }

  drop(): void {
    this.#dropped++
  }

  copy(row: number): void {
    const { kind, side, price, qty } = this.#from
    this.#append(row, kind[row]!, side[row]!, price[row]!, qty[row]!)
    this.#place[this.length++] = -1
  }

  /** The level of an order's row has `total` now; `gone` of it left `place`. */
  level(row: number, side: Side, price: number, total: number, place: number, gone: number): void {
    this.#append(row, RowKind.DEPTH, side, price, total)
    this.#what[this.length] = this.#from.kind[row]!
    this.#gone[this.length] = gone
    this.#place[this.length++] = place
  }

  finish(): MarketView {
    const { length } = this
    const time = this.#time.subarray(0, length)
    return {
      length,
      time,
      exchTime: this.#exchTime === this.#time ? time : this.#exchTime.subarray(0, length),
      kind: this.#kind.subarray(0, length),
      side: this.#side.subarray(0, length),
      price: this.#price.subarray(0, length),
      qty: this.#qty.subarray(0, length),
      row: this.#row.subarray(0, length),
      orders: {
        what: this.#what.subarray(0, length),
        place: this.#place.subarray(0, length),
        gone: this.#gone.subarray(0, length),
        dropped: this.#dropped,
      },
    }
  }

  #append(row: number, kind: number, side: number, price: number, qty: number): void {
    const at = this.length
    this.#time[at] = this.#from.time[row]!
    this.#exchTime[at] = this.#from.exchTime[row]!
    this.#kind[at] = kind
    this.#side[at] = side
    this.#price[at] = price
    this.#qty[at] = qty
    this.#row[at] = this.#from.row[row]!
  }
}
