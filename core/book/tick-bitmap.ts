import type { PriceTicks } from '../units.ts'
import { NO_ASK, NO_BID } from './book.ts'

/** Ticks in the dense window; a power of two. 2^15 x 8 bytes stay inside a second-level cache. */
export const WINDOW = 1 << 15
export const MASK = WINDOW - 1

/** Highest tick in [low, from] whose bit is set; whole words of empty ticks cost one test. */
export function highestSet(map: Int32Array, low: PriceTicks, from: PriceTicks): PriceTicks {
  let tick = from
  while (tick >= low) {
    const bit = tick & 31
    const word = map[(tick & MASK) >> 5]! & (bit === 31 ? -1 : (1 << (bit + 1)) - 1)
    if (word !== 0) {
      const found = tick - bit + 31 - Math.clz32(word)
      return found >= low ? found : NO_BID
    }
    tick -= bit + 1
  }
  return NO_BID
}

/** Lowest tick in [from, high] whose bit is set. */
export function lowestSet(map: Int32Array, from: PriceTicks, high: PriceTicks): PriceTicks {
  let tick = from
  while (tick <= high) {
    const bit = tick & 31
    const word = map[(tick & MASK) >> 5]! & (-1 << bit)
    if (word !== 0) {
      const found = tick - bit + 31 - Math.clz32(word & -word)
      return found <= high ? found : NO_ASK
    }
    tick += 32 - bit
  }
  return NO_ASK
}
