/**
 * A recording read back is the book itself, after every row: bests, quantities, levels, depth and
 * digest, with crossing quotes, bounded and whole clears, snapshots and trades.
 */
import {
  applyRow,
  type Book,
  BUY,
  RecordedBook,
  RowKind,
  recordBook,
  SELL,
  type Side,
  WHOLE_SIDE,
  WindowBook,
} from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { type Row, viewOf } from '../kit/market.ts'

const price = fc.oneof(fc.integer({ min: 990, max: 1010 }), fc.integer({ min: 1, max: 200_000 }))
const side = fc.constantFrom<Side>(BUY, SELL)
const row: fc.Arbitrary<Row> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constantFrom(RowKind.DEPTH, RowKind.DEPTH, RowKind.SNAPSHOT, RowKind.TRADE),
      side,
      price,
      qty: fc.integer({ min: 0, max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant(RowKind.CLEAR),
      side: fc.constantFrom(BUY, SELL, 0),
      price: fc.oneof(price, fc.constant(WHOLE_SIDE)),
      qty: fc.constant(0),
    }),
  },
)

const level = (side: Side, price: number, qty: number): Row => ({ side, price, qty })

function stateOf(book: Book): unknown {
  const levels = (of: Side) => {
    const found: number[][] = []
    book.levels(of, Number.POSITIVE_INFINITY, (at, qty) => {
      found.push([at, qty])
      return true
    })
    return found
  }
  const probes = [989, 995, 1000, 1003, 1011].map((at) => [
    book.qtyAt(BUY, at),
    book.qtyAt(SELL, at),
  ])
  return {
    best: [book.bestBid, book.bestAsk],
    digest: [book.digestLow, book.digestHigh],
    depth: [book.depth(BUY), book.depth(SELL)],
    bids: levels(BUY),
    asks: levels(SELL),
    probes,
  }
}

describe('a recorded book', () => {
  propertyTest.prop([fc.array(row, { maxLength: 120 })], { numRuns: 200 })(
    'is after every row what the book is to which the rows are applied',
    (rows) => {
      const view = viewOf(rows)
      const read = new RecordedBook(recordBook(view))
      const book = new WindowBook()
      expect(stateOf(read)).toEqual(stateOf(book))
      rows.forEach(({ kind, side, price }: Row, at) => {
        const isLevel = kind === RowKind.DEPTH || kind === RowKind.SNAPSHOT
        const before = isLevel ? book.qtyAt(side as Side, price) : 0
        applyRow(book, view, at)
        expect(read.seek(at)).toBe(before)
        expect(stateOf(read)).toEqual(stateOf(book))
      })
    },
  )

  test('has many readers, each at its own row', () => {
    const recording = recordBook(viewOf([level(BUY, 100, 5), level(BUY, 100, 7)]))
    const [early, late] = [new RecordedBook(recording), new RecordedBook(recording)]
    early.seek(0)
    late.seek(1)
    expect([early.qtyAt(BUY, 100), late.qtyAt(BUY, 100)]).toEqual([5, 7])
  })

  test('gives as many levels as it was asked for, and stops when told to', () => {
    const rows = [100, 99, 90].map((at) => level(BUY, at, 1))
    const read = new RecordedBook(recordBook(viewOf(rows)))
    read.seek(2)
    const seen: number[] = []
    read.levels(BUY, 2, (at) => seen.push(at) > 0)
    expect(seen).toEqual([100, 99])
    read.levels(BUY, 9, (at) => seen.push(at) < 0)
    expect(seen).toEqual([100, 99, 100])
  })

  test.each([BUY, SELL] as const)(
    'loses the levels of side %i that a quote of the other side or a bounded clear reaches, and no other',
    (side) => {
      const at = (behind: number) => 100 - side * behind
      const levels = [0, 1, 2, 3].map((behind) => level(side, at(behind), 1 + behind))
      const quote = level(side === BUY ? SELL : BUY, at(1), 9)
      const clear = { kind: RowKind.CLEAR, side, price: at(2), qty: 0 }
      const read = new RecordedBook(recordBook(viewOf([...levels, quote, clear])))
      const left = () => [0, 1, 2, 3].map((behind) => read.qtyAt(side, at(behind)))
      read.seek(3)
      expect(left()).toEqual([1, 2, 3, 4])
      read.seek(4)
      expect(left()).toEqual([0, 0, 3, 4])
      read.seek(5)
      expect(left()).toEqual([0, 0, 0, 4])
      expect(read.depth(side)).toBe(1)
    },
  )

  test('remembers more changes than there are rows', () => {
    const levels = Array.from({ length: 40 }, (_, k) => level(SELL, 200 + k, 1))
    const clear = { kind: RowKind.CLEAR, side: SELL, price: WHOLE_SIDE, qty: 0 } as const
    const rows = [...levels, clear, ...levels, clear]
    const read = new RecordedBook(recordBook(viewOf(rows)))
    for (const [row, depth] of [
      [39, 40],
      [40, 0],
      [80, 40],
      [81, 0],
    ] as const) {
      read.seek(row)
      expect(read.depth(SELL)).toBe(depth)
      expect(read.qtyAt(SELL, 239)).toBe(depth === 0 ? 0 : 1)
    }
  })

  test('is empty before its first row, whatever is asked', () => {
    const read = new RecordedBook(recordBook(viewOf([level(BUY, 100, 5), level(SELL, 101, 5)])))
    expect([read.depth(BUY), read.depth(SELL), read.qtyAt(BUY, 100)]).toEqual([0, 0, 0])
    read.seek(0)
    expect([read.depth(BUY), read.depth(SELL)]).toEqual([1, 0])
  })

  test('has no digest where none was asked for, and cannot be written', () => {
    const recording = recordBook(viewOf([level(BUY, 100, 5)]), { digested: false })
    expect(recording.digestLow).toHaveLength(0)
    const read = new RecordedBook(recording)
    for (const write of [() => read.set(), () => read.clear(), () => read.setTouch()]) {
      expect(write).toThrow(/read, not written/)
    }
  })
})
