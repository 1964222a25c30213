import { isOrderKind, type MarketRows } from '../market-rows.ts'

/** The orders of a dataset by number: 1, 2, 3 in the order of their first row. */
export type OrderNumbers = {
  /** By row of the dataset; 0 for a row of no order. */
  readonly number: Uint32Array
  /** How many orders there are: the largest number. */
  readonly count: number
}

/**
 * Numbers the order ids of a dataset, or undefined where it has none.
 * Cost: one look-up of a 64-bit id a row, 410 ns where `levelView` takes 190; an entry an order while
 * it lasts.
 */
export function numberOrders({ kind, orderId, length }: MarketRows): OrderNumbers | undefined {
  if (orderId === undefined) return undefined
  const numbers = new Map<bigint, number>()
  const number = new Uint32Array(length)
  for (let row = 0; row < length; row++) {
    if (!isOrderKind(kind[row]!)) continue
    const id = orderId[row]!
    let found = numbers.get(id)
    if (found === undefined) {
      found = numbers.size + 1
      numbers.set(id, found)
    }
    number[row] = found
  }
  return { number, count: numbers.size }
}
