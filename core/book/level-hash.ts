import type { PriceTicks, QtyUnits, Side } from '../units.ts'

/**
 * Two 32-bit hashes of one level. A book's digest is their sum over all levels modulo 2^32, so it
 * does not depend on the order of updates and costs the same however deep the book is.
 */
export function levelHashLow(side: Side, price: PriceTicks, qty: QtyUnits): number {
  let h = Math.imul(price ^ (side << 30), 0xcc9e2d51) ^ Math.imul(qty | 0, 0x1b873593)
  h ^= Math.imul(Math.floor(qty / 0x1_0000_0000), 0xe6546b64)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  return h ^ (h >>> 13)
}

export function levelHashHigh(side: Side, price: PriceTicks, qty: QtyUnits): number {
  let h = Math.imul(price ^ (side << 29), 0x9e3779b1) + Math.imul(qty | 0, 0xc2b2ae35)
  h ^= Math.imul(Math.floor(qty / 0x1_0000_0000), 0x27d4eb2f)
  h = Math.imul(h ^ (h >>> 15), 0x2545f491)
  return h ^ (h >>> 14)
}
