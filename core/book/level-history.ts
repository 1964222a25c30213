import type { PriceTicks, QtyUnits } from '../units.ts'

/**
 * Every quantity that the levels of one side ever had.
 *
 * Layout: `prices` ascend, each once; level `k` has its changes at `start[k]` up to `start[k + 1]`
 * of `row` and `qty`, oldest first.
 */
export type LevelHistory = {
  readonly prices: Int32Array
  readonly start: Int32Array
  readonly row: Int32Array
  readonly qty: Float64Array
}

/**
 * Collects changes in the order of their rows and sorts them by price at the end.
 *
 * Layout: one entry a change in columns that have room for one change a row and grow when a row
 * changes several levels. Cost: a look-up of the price a change, and two passes at the end.
 */
export class LevelHistoryBuilder {
  /** Numbers of the prices, in the order in which they were first seen. */
  readonly #numbers = new Map<PriceTicks, number>()
  readonly #counts: number[] = []
  #number: Int32Array
  #row: Int32Array
  #qty: Float64Array
  #length = 0

  constructor(rows: number) {
    this.#number = new Int32Array(rows)
    this.#row = new Int32Array(rows)
    this.#qty = new Float64Array(rows)
  }

  add(row: number, price: PriceTicks, qty: QtyUnits): void {
    let number = this.#numbers.get(price)
    if (number === undefined) {
      number = this.#counts.push(0) - 1
      this.#numbers.set(price, number)
    }
    this.#counts[number]!++
    if (this.#length === this.#row.length) this.#grow()
    const at = this.#length++
    this.#number[at] = number
    this.#row[at] = row
    this.#qty[at] = qty
  }

  build(): LevelHistory {
    const prices = Int32Array.from(this.#numbers.keys()).sort()
    const start = new Int32Array(prices.length + 1)
    /** By number: where the next change of that price goes. */
    const next = new Int32Array(prices.length)
    for (let k = 0; k < prices.length; k++) {
      const number = this.#numbers.get(prices[k]!)!
      next[number] = start[k]!
      start[k + 1] = start[k]! + this.#counts[number]!
    }
    const row = new Int32Array(this.#length)
    const qty = new Float64Array(this.#length)
    for (let i = 0; i < this.#length; i++) {
      const at = next[this.#number[i]!]!++
      row[at] = this.#row[i]!
      qty[at] = this.#qty[i]!
    }
    return { prices, start, row, qty }
  }

  #grow(): void {
    const length = Math.max(16, 2 * this.#row.length)
    this.#number = widened(new Int32Array(length), this.#number)
    this.#row = widened(new Int32Array(length), this.#row)
    this.#qty = widened(new Float64Array(length), this.#qty)
  }
}

function widened<Column extends Int32Array | Float64Array>(to: Column, from: Column): Column {
  to.set(from)
  return to
}

/** Place of `price` among the prices of a side, or of the next higher one. */
export function placeOf({ prices }: LevelHistory, price: PriceTicks): number {
  let low = 0
  let high = prices.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (prices[middle]! < price) low = middle + 1
    else high = middle
  }
  return low
}

/** Quantity of level `k` after row `row`; 0 before its first change. */
export function qtyAfter(history: LevelHistory, k: number, row: number): QtyUnits {
  const first = history.start[k]!
  let low = first
  let high = history.start[k + 1]!
  while (low < high) {
    const middle = (low + high) >> 1
    if (history.row[middle]! <= row) low = middle + 1
    else high = middle
  }
  return low === first ? 0 : history.qty[low - 1]!
}
