import type { PriceTicks, QtyUnits, Side } from '../units.ts'

/**
 * A digest of all levels of a book, kept up to date: two 32-bit sums of level hashes modulo 2^32.
 * It does not depend on the order of updates and costs the same however deep the book is.
 */
export class LevelDigest {
  low = 0
  high = 0

  /** A level had `previous` and has `qty`; 0 is no level. */
  change(side: Side, price: PriceTicks, previous: QtyUnits, qty: QtyUnits): void {
    if (previous > 0) {
      const word = levelWord(side, price, previous)
      this.low = (this.low - hashLow(word)) | 0
      this.high = (this.high - hashHigh(word)) | 0
    }
    if (qty > 0) {
      const word = levelWord(side, price, qty)
      this.low = (this.low + hashLow(word)) | 0
      this.high = (this.high + hashHigh(word)) | 0
    }
  }

  /** A level stands elsewhere now; neither quantity is 0. */
  move(side: Side, from: PriceTicks, previous: QtyUnits, to: PriceTicks, qty: QtyUnits): void {
    const was = levelWord(side, from, previous)
    const is = levelWord(side, to, qty)
    this.low = (this.low + hashLow(is) - hashLow(was)) | 0
    this.high = (this.high + hashHigh(is) - hashHigh(was)) | 0
  }
}

/** Mixes what both hashes have in common; quantities from 2^31 up take one more round. */
function levelWord(side: Side, price: PriceTicks, qty: QtyUnits): number {
  const h = Math.imul(price ^ (side << 30), 0xcc9e2d51) ^ Math.imul(qty | 0, 0x1b873593)
  if (qty < 0x8000_0000) return h ^ (h >>> 15)
  const high = Math.floor(qty / 0x1_0000_0000) + 1
  return Math.imul(h ^ (h >>> 15), 0xe6546b65) ^ Math.imul(high, 0x27d4eb2f)
}

function hashLow(word: number): number {
  const h = Math.imul(word, 0x85ebca6b)
  return h ^ (h >>> 13)
}

function hashHigh(word: number): number {
  const h = Math.imul(word ^ 0x9e3779b1, 0xc2b2ae35)
  return h ^ (h >>> 16)
}
