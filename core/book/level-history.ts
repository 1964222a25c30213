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

/** Collects changes in the order of their rows and sorts them by price at the end. */
export class LevelHistoryBuilder {
  /** By price: rows and quantities of its changes, in turns. */
  readonly #changes = new Map<PriceTicks, number[]>()
  #count = 0

  add(row: number, price: PriceTicks, qty: QtyUnits): void {
    const changes = this.#changes.get(price)
    if (changes === undefined) this.#changes.set(price, [row, qty])
    else changes.push(row, qty)
    this.#count++
  }

  build(): LevelHistory {
    const prices = Int32Array.from(this.#changes.keys()).sort()
    const start = new Int32Array(prices.length + 1)
    const row = new Int32Array(this.#count)
    const qty = new Float64Array(this.#count)
    let at = 0
    for (let k = 0; k < prices.length; k++) {
      const changes = this.#changes.get(prices[k]!)!
      for (let i = 0; i < changes.length; i += 2, at++) {
        row[at] = changes[i]!
        qty[at] = changes[i + 1]!
      }
      start[k + 1] = at
    }
    return { prices, start, row, qty }
  }
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
