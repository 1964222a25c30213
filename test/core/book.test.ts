/**
 * The books. Both implementations are driven by the same random updates as a naive map, and asked
 * for bests, levels, depth and digest after each.
 */
import {
  type Book,
  BUY,
  NO_ASK,
  NO_BID,
  SELL,
  type Side,
  SortedBook,
  WHOLE_SIDE,
  WindowBook,
} from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'

/** Two plain maps and no cleverness: the rules as one would write them down. */
class NaiveBook {
  readonly bids = new Map<number, number>()
  readonly asks = new Map<number, number>()
  get bestBid(): number {
    return this.bids.size === 0 ? NO_BID : Math.max(...this.bids.keys())
  }
  get bestAsk(): number {
    return this.asks.size === 0 ? NO_ASK : Math.min(...this.asks.keys())
  }
  side(side: Side): Map<number, number> {
    return side === BUY ? this.bids : this.asks
  }
  set(side: Side, price: number, qty: number): number {
    const levels = this.side(side)
    const previous = levels.get(price) ?? 0
    if (qty > 0) {
      levels.set(price, qty)
      const other = this.side(side === BUY ? SELL : BUY)
      for (const at of [...other.keys()]) {
        if (side === BUY ? at <= price : at >= price) other.delete(at)
      }
    } else levels.delete(price)
    return previous
  }
  clear(side: Side, bound: number): void {
    const levels = this.side(side)
    for (const at of [...levels.keys()]) {
      const whole = bound === WHOLE_SIDE
      if (whole || (side === BUY ? at >= bound : at <= bound)) levels.delete(at)
    }
  }
  levels(side: Side): [number, number][] {
    const sign = side === BUY ? -1 : 1
    return [...this.side(side)].sort((a, b) => sign * (a[0] - b[0]))
  }
}

type Update = { readonly op: 'set' | 'clear'; readonly side: Side; price: number; qty: number }

const near = fc.integer({ min: 600_000, max: 600_060 })
const wide = fc.integer({ min: 1, max: 6_300_000 })
const update: fc.Arbitrary<Update> = fc.record({
  op: fc.oneof(
    { weight: 15, arbitrary: fc.constant('set' as const) },
    fc.constant('clear' as const),
  ),
  side: fc.constantFrom<Side>(BUY, SELL),
  price: fc.oneof(
    { weight: 4, arbitrary: near },
    { weight: 1, arbitrary: wide },
    fc.constant(WHOLE_SIDE),
  ),
  qty: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 40 })),
})

function apply(
  book: { set: Book['set']; clear: Book['clear'] },
  { op, side, price, qty }: Update,
): number {
  if (op === 'clear') {
    book.clear(side, price)
    return 0
  }
  return book.set(side, Math.min(price, 2 ** 30), qty)
}

function levelsOf(book: Book, side: Side): [number, number][] {
  const found: [number, number][] = []
  book.levels(side, 1_000_000, (price, qty) => {
    found.push([price, qty])
    return true
  })
  return found
}

describe.each([
  ['WindowBook', () => new WindowBook()],
  ['SortedBook', () => new SortedBook()],
])('%s', (_, make: () => Book) => {
  propertyTest.prop([fc.array(update, { maxLength: 120 })], { numRuns: 1000 })(
    'agrees with a naive map after every update',
    (updates) => {
      const book = make()
      const naive = new NaiveBook()
      for (const step of updates) {
        expect(apply(book, step)).toBe(apply(naive, step))
        expect([book.bestBid, book.bestAsk]).toEqual([naive.bestBid, naive.bestAsk])
        expect(book.depth(BUY)).toBe(naive.bids.size)
        expect(book.depth(SELL)).toBe(naive.asks.size)
      }
      for (const side of [BUY, SELL] as const) {
        expect(levelsOf(book, side)).toEqual(naive.levels(side))
        for (const [price, qty] of naive.side(side)) expect(book.qtyAt(side, price)).toBe(qty)
      }
    },
  )

  propertyTest.prop([fc.array(update, { maxLength: 80 })])(
    'has the digest of its levels, however it got there',
    (updates) => {
      const book = make()
      for (const step of updates) apply(book, step)
      const rebuilt = make()
      for (const side of [SELL, BUY] as const) {
        for (const [price, qty] of levelsOf(book, side)) rebuilt.set(side, price, qty)
      }
      expect([book.digestLow, book.digestHigh]).toEqual([rebuilt.digestLow, rebuilt.digestHigh])
    },
  )

  test('a changed quantity changes the digest', () => {
    const book = make()
    book.set(BUY, 100, 5)
    const before = [book.digestLow, book.digestHigh]
    book.set(BUY, 100, 6)
    expect([book.digestLow, book.digestHigh]).not.toEqual(before)
    book.set(BUY, 100, 5)
    expect([book.digestLow, book.digestHigh]).toEqual(before)
  })

  test('a newer bid removes the asks that it reaches', () => {
    const book = make()
    book.set(SELL, 101, 1)
    book.set(SELL, 102, 1)
    book.set(BUY, 101, 3)
    expect(book.bestAsk).toBe(102)
    expect(book.qtyAt(SELL, 101)).toBe(0)
    book.set(BUY, 101, 0)
    expect(book.bestAsk).toBe(102)
  })

  test('levels stop when the visitor says so', () => {
    const book = make()
    for (let price = 100; price < 110; price++) book.set(BUY, price, 1)
    let seen = 0
    book.levels(BUY, 100, () => ++seen < 3)
    expect(seen).toBe(3)
  })
})
