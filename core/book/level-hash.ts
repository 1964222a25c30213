import type { PriceTicks, QtyUnits, Side } from '../units.ts'

/**
 * Two 32-bit hashes of one level. A book's digest is their sum over all levels modulo 2^32, so it
 * does not depend on the order of updates and costs the same however deep the book is.
 *
 * `levelWord` mixes what both have in common; quantities from 2^31 up take one more round.
 */
export function levelWord(side: Side, price: PriceTicks, qty: QtyUnits): number {
  const h = Math.imul(price ^ (side << 30), 0xcc9e2d51) ^ Math.imul(qty | 0, 0x1b873593)
  if (qty < 0x8000_0000) return h ^ (h >>> 15)
  const high = Math.floor(qty / 0x1_0000_0000) + 1
  return Math.imul(h ^ (h >>> 15), 0xe6546b65) ^ Math.imul(high, 0x27d4eb2f)
}

export function levelHashLow(word: number): number {
  const h = Math.imul(word, 0x85ebca6b)
  return h ^ (h >>> 13)
}

export function levelHashHigh(word: number): number {
  const h = Math.imul(word ^ 0x9e3779b1, 0xc2b2ae35)
  return h ^ (h >>> 16)
}
