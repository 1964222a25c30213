import type { Nanos, OrderFilled, QtyLots } from '@escapement/core'
import { ratio } from './exact-ratio.ts'

/** The position of one instrument over a stretch of time, in lots. */
export type Inventory = {
  /** Weighted by time; null of an instant. */
  readonly mean: number | null
  /** Of its size, whichever side. */
  readonly meanAbsolute: number | null
  /** The longest position, 0 or more, and the shortest, 0 or less. */
  readonly maxLong: QtyLots
  readonly maxShort: QtyLots
}

/**
 * The position that `fills` of one instrument make, from nothing, by local time from `from` until
 * `until`. A fill outside of them counts at the nearer end.
 */
export function inventoryOf(fills: readonly OrderFilled[], from: Nanos, until: Nanos): Inventory {
  let [position, maxLong, maxShort, at] = [0, 0, 0, from]
  let [sum, absolute] = [0n, 0n]
  const advance = (to: Nanos) => {
    const span = BigInt(Math.min(Math.max(to, from), until) - at)
    sum += BigInt(position) * span
    absolute += BigInt(Math.abs(position)) * span
    at += Number(span)
  }
  for (const { time, side, lastQty } of fills) {
    advance(time)
    position += side * lastQty
    maxLong = Math.max(maxLong, position)
    maxShort = Math.min(maxShort, position)
  }
  advance(until)
  const span = BigInt(until - from)
  return { mean: ratio(sum, span), meanAbsolute: ratio(absolute, span), maxLong, maxShort }
}
