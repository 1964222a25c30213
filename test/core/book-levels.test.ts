/** The books by example: edges of the window, far levels, the touch, and the digest of a level. */
import {
  type Book,
  BUY,
  NO_ASK,
  NO_BID,
  SELL,
  SortedBook,
  WHOLE_SIDE,
  WindowBook,
} from '@escapement/core'
import { describe, expect, test, vi } from 'vitest'

type Row = readonly [price: number, qty: number]

const rows = (book: Book, side: typeof BUY | typeof SELL, limit = 1000): Row[] => {
  const found: Row[] = []
  book.levels(side, limit, (price, qty) => {
    found.push([price, qty])
    return true
  })
  return found
}

/** Half the dense window of a `WindowBook`; the first level stands in its middle. */
const HALF = 2 ** 14
const middle = 600_000

describe.each([
  ['WindowBook', () => new WindowBook()],
  ['SortedBook', () => new SortedBook()],
])('%s', (_, make: () => Book) => {
  test('is empty at first, and asks for no price', () => {
    const book = make()
    expect([book.bestBid, book.bestAsk]).toEqual([NO_BID, NO_ASK])
    expect([book.depth(BUY), book.depth(SELL)]).toEqual([0, 0])
    expect([book.digestLow, book.digestHigh]).toEqual([0, 0])
    expect([book.qtyAt(BUY, 1), book.qtyAt(SELL, 1)]).toEqual([0, 0])
    expect(rows(book, BUY)).toEqual([])
    expect(book.set(BUY, 5, 0)).toBe(0)
    expect([book.bestBid, book.depth(BUY)]).toEqual([NO_BID, 0])
  })

  test('gives what a level held before, and keeps one level a price', () => {
    const book = make()
    expect(book.set(BUY, middle, 5)).toBe(0)
    expect(book.set(BUY, middle, 7)).toBe(5)
    expect(book.set(BUY, middle, 7)).toBe(7)
    expect([book.depth(BUY), rows(book, BUY)]).toEqual([1, [[middle, 7]]])
    expect([book.set(SELL, middle + 1, 5), book.set(SELL, middle + 1, 7)]).toEqual([0, 5])
    expect([book.depth(SELL), rows(book, SELL)]).toEqual([1, [[middle + 1, 7]]])
    expect(book.set(BUY, middle, 0)).toBe(7)
    expect([book.depth(BUY), book.bestBid]).toEqual([0, NO_BID])
  })

  test.each([
    ['next to each other', [0, 1, 2]],
    ['at the ends of a word of bits', [0, 31, 32, 63, 64]],
    ['at the edges of the window', [0, HALF - 2, HALF - 1, HALF, HALF + 1]],
    ['far beyond the window', [0, 3 * HALF, 300 * HALF]],
    ['in one slot of the ring', [0, 2 * HALF, 4 * HALF]],
  ])('keeps bids in order that lie %s', (_name, distances) => {
    const book = make()
    // The window stands elsewhere until this level goes, and is then moved over the others.
    book.set(BUY, middle + 10 * HALF, 1)
    for (const distance of distances) book.set(BUY, middle - distance, distance + 1)
    book.set(BUY, middle + 10 * HALF, 0)
    const wanted = distances.map((distance) => [middle - distance, distance + 1])
    expect(rows(book, BUY)).toEqual(wanted)
    for (const [price, qty] of wanted) expect(book.qtyAt(BUY, price!)).toBe(qty)
    for (const [index, distance] of distances.entries()) {
      expect([book.bestBid, book.depth(BUY)]).toEqual([middle - distance, distances.length - index])
      book.set(BUY, middle - distance, 0)
    }
    expect([book.bestBid, book.depth(BUY)]).toEqual([NO_BID, 0])
  })

  test.each([
    ['next to each other', [0, 1, 2]],
    ['at the ends of a word of bits', [0, 31, 32, 63, 64]],
    ['at the edges of the window', [0, HALF - 2, HALF - 1, HALF, HALF + 1]],
    ['far beyond the window', [0, 3 * HALF, 300 * HALF]],
    ['in one slot of the ring', [0, 2 * HALF, 4 * HALF]],
  ])('keeps asks in order that lie %s', (_name, distances) => {
    const book = make()
    book.set(SELL, middle - 10 * HALF, 1)
    for (const distance of distances) book.set(SELL, middle + distance, distance + 1)
    book.set(SELL, middle - 10 * HALF, 0)
    const wanted = distances.map((distance) => [middle + distance, distance + 1])
    expect(rows(book, SELL)).toEqual(wanted)
    for (const [price, qty] of wanted) expect(book.qtyAt(SELL, price!)).toBe(qty)
    for (const [index, distance] of distances.entries()) {
      const left = distances.length - index
      expect([book.bestAsk, book.depth(SELL)]).toEqual([middle + distance, left])
      book.set(SELL, middle + distance, 0)
    }
    expect([book.bestAsk, book.depth(SELL)]).toEqual([NO_ASK, 0])
  })

  test.each([0, 9 * HALF])('has nothing to remove where the other side stands, %i away', (away) => {
    const book = make()
    book.set(BUY, middle, 1)
    book.set(BUY, middle - away, 7)
    expect(book.set(SELL, middle - away, 0)).toBe(0)
    expect([book.qtyAt(BUY, middle - away), book.bestBid]).toEqual([7, middle])
    const asks = make()
    asks.set(SELL, middle, 1)
    asks.set(SELL, middle + away, 7)
    expect(asks.set(BUY, middle + away, 0)).toBe(0)
    expect([asks.qtyAt(SELL, middle + away), asks.bestAsk]).toEqual([7, middle])
  })

  test.each([HALF - 1, HALF, HALF + 1])('keeps a level %i ticks from its first one', (distance) => {
    const book = make()
    book.set(BUY, middle, 1)
    book.set(BUY, middle - distance, 3)
    book.set(SELL, middle + distance, 4)
    expect(book.qtyAt(BUY, middle - distance)).toBe(3)
    expect(book.qtyAt(SELL, middle + distance)).toBe(4)
    expect(rows(book, BUY)).toHaveLength(2)
    expect(rows(book, SELL)).toEqual([[middle + distance, 4]])
  })

  test('finds a better price far outside, and the levels left behind', () => {
    const book = make()
    book.set(BUY, middle, 1)
    book.set(BUY, middle + 5 * HALF, 2)
    book.set(BUY, middle + 9 * HALF, 3)
    expect(book.bestBid).toBe(middle + 9 * HALF)
    book.set(BUY, middle + 9 * HALF, 0)
    expect(book.bestBid).toBe(middle + 5 * HALF)
    book.set(BUY, middle + 5 * HALF, 0)
    expect([book.bestBid, book.qtyAt(BUY, middle)]).toEqual([middle, 1])
    const asks = make()
    asks.set(SELL, middle, 1)
    asks.set(SELL, middle - 5 * HALF, 2)
    asks.set(SELL, middle - 9 * HALF, 3)
    expect(asks.bestAsk).toBe(middle - 9 * HALF)
    asks.set(SELL, middle - 9 * HALF, 0)
    expect(asks.bestAsk).toBe(middle - 5 * HALF)
    asks.set(SELL, middle - 5 * HALF, 0)
    expect([asks.bestAsk, asks.qtyAt(SELL, middle)]).toEqual([middle, 1])
  })

  test('keeps both sides of a spread wider than its window', () => {
    const book = make()
    book.set(BUY, middle, 1)
    book.set(SELL, middle + 3 * HALF, 2)
    book.set(SELL, middle + 3 * HALF - 1, 3)
    book.set(BUY, middle + 1, 4)
    expect([book.bestBid, book.bestAsk]).toEqual([middle + 1, middle + 3 * HALF - 1])
    expect(rows(book, BUY)).toEqual([
      [middle + 1, 4],
      [middle, 1],
    ])
    expect(rows(book, SELL)).toEqual([
      [middle + 3 * HALF - 1, 3],
      [middle + 3 * HALF, 2],
    ])
  })

  test.each([0, 3 * HALF])(
    'a bid removes asks that it reaches or passes, %i ticks away',
    (away) => {
      const book = make()
      book.set(BUY, middle, 9)
      for (const tick of [1, 2, 3]) book.set(SELL, middle + away + tick, tick)
      book.set(BUY, middle + away + 2, 5)
      expect([book.bestBid, book.bestAsk]).toEqual([middle + away + 2, middle + away + 3])
      expect([book.depth(BUY), book.depth(SELL)]).toEqual([2, 1])
      expect(book.qtyAt(SELL, middle + away + 2)).toBe(0)
      expect(book.qtyAt(BUY, middle + away + 2)).toBe(5)
    },
  )

  test.each([0, 3 * HALF])(
    'an ask removes bids that it reaches or passes, %i ticks away',
    (away) => {
      const book = make()
      book.set(SELL, middle, 9)
      for (const tick of [1, 2, 3]) book.set(BUY, middle - away - tick, tick)
      book.set(SELL, middle - away - 2, 5)
      expect([book.bestAsk, book.bestBid]).toEqual([middle - away - 2, middle - away - 3])
      expect([book.depth(SELL), book.depth(BUY)]).toEqual([2, 1])
      expect(book.qtyAt(BUY, middle - away - 2)).toBe(0)
      expect(book.qtyAt(SELL, middle - away - 2)).toBe(5)
    },
  )

  test('a side is cleared up to a price and including it, or whole', () => {
    const filled = () => {
      const book = make()
      for (const tick of [1, 2, 3]) {
        book.set(BUY, middle - tick, tick)
        book.set(SELL, middle + tick, tick)
      }
      return book
    }
    const book = filled()
    book.clear(BUY, middle - 2)
    book.clear(SELL, middle + 2)
    expect([book.bestBid, book.bestAsk]).toEqual([middle - 3, middle + 3])
    expect([book.depth(BUY), book.depth(SELL)]).toEqual([1, 1])
    const whole = filled()
    whole.clear(BUY, WHOLE_SIDE)
    expect([whole.depth(BUY), whole.depth(SELL)]).toEqual([0, 3])
    whole.clear(SELL, WHOLE_SIDE)
    expect([whole.bestBid, whole.bestAsk, whole.depth(SELL)]).toEqual([NO_BID, NO_ASK, 0])
  })

  test.each([0, 1, 2, 3, 4])('shows %i levels of three and no more, wherever they lie', (limit) => {
    const book = make()
    for (const tick of [0, 5 * HALF, 9 * HALF]) {
      book.set(BUY, middle - tick, 1)
      book.set(SELL, middle + 1 + tick, 1)
    }
    expect(rows(book, BUY, limit)).toHaveLength(Math.min(limit, 3))
    expect(rows(book, SELL, limit)).toHaveLength(Math.min(limit, 3))
  })

  test.each([1, 2, 3])('stops after %i levels when the visitor says so', (wanted) => {
    const book = make()
    for (const tick of [0, 1, 5 * HALF]) {
      book.set(BUY, middle - tick, 1)
      book.set(SELL, middle + 1 + tick, 1)
    }
    for (const side of [BUY, SELL] as const) {
      let seen = 0
      book.levels(side, 10, () => ++seen < wanted)
      expect(seen).toBe(wanted)
    }
  })

  test('a visitor that answers nothing sees every level', () => {
    const book = make()
    for (const tick of [0, 1, 5 * HALF]) book.set(BUY, middle - tick, 1)
    let seen = 0
    book.levels(BUY, 10, () => {
      seen++
      return undefined
    })
    expect(seen).toBe(3)
  })

  test.each([
    ['near, from nothing', [[0, 1]]],
    [
      'near, from near',
      [
        [0, 1],
        [3, 4],
        [3, 9],
        [-40, -2],
      ],
    ],
    [
      'onto the other side of the last one',
      [
        [0, 1],
        [1, 2],
        [-1, 0],
      ],
    ],
    [
      'at the quarters of the window',
      [
        [0, 1],
        [-HALF / 2, 0],
        [-HALF / 2 - 1, 0],
        [0, 1],
      ],
    ],
    [
      'at its upper quarter',
      [
        [0, 1],
        [0, HALF / 2 - 1],
        [0, HALF / 2],
        [0, 1],
      ],
    ],
    [
      'far and back',
      [
        [0, 1],
        [9 * HALF, 9 * HALF + 1],
        [0, 1],
        [1, 9 * HALF],
        [0, 1],
      ],
    ],
  ] as const)('takes a touch for the whole book: %s', (_name, touches) => {
    const book = make()
    let qty = 1
    for (const [bid, ask] of touches) {
      book.setTouch(middle + bid, qty, middle + ask, qty + 1)
      const plain = new SortedBook()
      plain.set(BUY, middle + bid, qty)
      plain.set(SELL, middle + ask, qty + 1)
      expect([book.bestBid, book.bestAsk]).toEqual([middle + bid, middle + ask])
      expect([rows(book, BUY), rows(book, SELL)]).toEqual([rows(plain, BUY), rows(plain, SELL)])
      expect([book.depth(BUY), book.depth(SELL)]).toEqual([1, 1])
      expect(book.qtyAt(BUY, middle + bid)).toBe(qty)
      expect(book.qtyAt(SELL, middle + bid)).toBe(0)
      expect(book.qtyAt(SELL, middle + ask)).toBe(qty + 1)
      expect([book.digestLow, book.digestHigh]).toEqual([plain.digestLow, plain.digestHigh])
      qty += 2
    }
  })

  test.each([BUY, SELL] as const)('takes a touch for deeper levels of side %i too', (side) => {
    const book = make()
    book.setTouch(middle, 1, middle + 1, 2)
    book.set(side, side === BUY ? middle - 1 : middle + 2, 3)
    book.setTouch(middle, 4, middle + 1, 5)
    expect([rows(book, BUY), rows(book, SELL)]).toEqual([[[middle, 4]], [[middle + 1, 5]]])
    expect([book.depth(BUY), book.depth(SELL)]).toEqual([1, 1])
  })

  test('has a digest of side, price and quantity that never changes', () => {
    const digestOf = (...levels: readonly (readonly [1 | -1, number, number])[]) => {
      const book = make()
      for (const [side, price, qty] of levels) book.set(side, price, qty)
      return [book.digestLow, book.digestHigh]
    }
    expect(digestOf([BUY, 600_000, 5])).toEqual(GOLDEN.bid)
    expect(digestOf([SELL, 600_001, 2 ** 40 + 7])).toEqual(GOLDEN.ask)
    expect(digestOf([BUY, 600_000, 5], [SELL, 600_001, 2 ** 40 + 7])).toEqual(GOLDEN.both)
  })
})

/** States are compared across versions by these numbers. */
const GOLDEN = {
  bid: [968_499_119, 1_088_884_717],
  ask: [976_627_713, 2_069_891_623],
  both: [1_945_126_832, -1_136_190_956],
}

test('a book that is not digested keeps no digest, and the same levels', () => {
  const book = new WindowBook({ digested: false })
  book.set(BUY, middle, 5)
  book.set(SELL, middle + 1, 6)
  book.set(BUY, middle - 9 * HALF, 1)
  book.set(BUY, middle - 9 * HALF, 0)
  expect([book.digestLow, book.digestHigh]).toEqual([0, 0])
  expect([rows(book, BUY), rows(book, SELL)]).toEqual([[[middle, 5]], [[middle + 1, 6]]])
  book.setTouch(middle, 7, middle + 1, 8)
  book.setTouch(middle, 7, middle + 1, 9)
  expect([book.digestLow, book.digestHigh]).toEqual([0, 0])
})

test('a window that moves away and back loses no level and no digest', () => {
  const book = new WindowBook()
  const sorted = new SortedBook()
  for (const each of [book, sorted]) {
    for (const tick of [0, 7, 100, 5000, HALF - 1, HALF]) each.set(BUY, middle - tick, tick + 1)
    for (const tick of [3, 11, 200, 6000, HALF, HALF + 9]) each.set(SELL, middle + tick, tick + 1)
    each.set(BUY, middle + 8 * HALF, 1)
    each.set(SELL, middle + 8 * HALF + 2, 1)
    each.set(SELL, middle - 2, 4)
    each.set(BUY, middle - 9, 6)
  }
  for (const side of [BUY, SELL] as const) {
    expect(rows(book, side)).toEqual(rows(sorted, side))
    expect(book.depth(side)).toBe(sorted.depth(side))
  }
  expect([book.digestLow, book.digestHigh]).toEqual([sorted.digestLow, sorted.digestHigh])
})

/** Where the window lies decides speed alone; a move rewrites its three arrays. */
describe('the window of a WindowBook', () => {
  const QUARTER = HALF / 2

  /** How often the window moved during these updates of an empty book. */
  function moves(...updates: readonly (readonly [side: 1 | -1, price: number, qty?: number])[]) {
    const book = new WindowBook()
    const fill = vi.spyOn(Object.getPrototypeOf(Int32Array.prototype), 'fill')
    try {
      for (const [side, price, qty = 1] of updates) book.set(side, price, qty)
      return fill.mock.calls.length / 3
    } finally {
      // At once, and not in a hook: a test of mutants runs this again and again.
      fill.mockRestore()
    }
  }

  test.each([
    ['one bid', [[BUY, middle]], 0],
    ['one ask', [[SELL, middle]], 0],
    [
      'a bid that rises within the middle half',
      [
        [BUY, middle],
        [BUY, middle + QUARTER - 1],
      ],
      0,
    ],
    [
      'a bid that leaves it above',
      [
        [BUY, middle],
        [BUY, middle + QUARTER],
      ],
      1,
    ],
    [
      'an ask that falls within the middle half',
      [
        [SELL, middle],
        [SELL, middle - QUARTER],
      ],
      0,
    ],
    [
      'an ask that leaves it below',
      [
        [SELL, middle],
        [SELL, middle - QUARTER - 1],
      ],
      1,
    ],
    [
      'a bid that ends, near',
      [
        [BUY, middle],
        [BUY, middle - QUARTER],
        [BUY, middle, 0],
      ],
      0,
    ],
    [
      'a bid that ends, far',
      [
        [BUY, middle],
        [BUY, middle - QUARTER - 1],
        [BUY, middle, 0],
      ],
      1,
    ],
    [
      'an ask that ends, near',
      [
        [SELL, middle],
        [SELL, middle + QUARTER - 1],
        [SELL, middle, 0],
      ],
      0,
    ],
    [
      'an ask that ends, far',
      [
        [SELL, middle],
        [SELL, middle + QUARTER],
        [SELL, middle, 0],
      ],
      1,
    ],
    [
      'a narrow spread with its middle inside',
      [
        [BUY, middle],
        [SELL, middle + HALF - 1],
      ],
      0,
    ],
    [
      'a spread of half the window, by its bid',
      [
        [BUY, middle],
        [SELL, middle + HALF],
      ],
      0,
    ],
    [
      'a wide spread, by its bid',
      [
        [BUY, middle],
        [SELL, middle + 9 * HALF],
      ],
      0,
    ],
    [
      'a spread with its middle outside',
      [
        [BUY, middle],
        [BUY, middle + 5000],
        [SELL, middle + 13_000],
      ],
      1,
    ],
    [
      'the last level removed',
      [
        [BUY, middle],
        [BUY, middle, 0],
      ],
      0,
    ],
    [
      'a bid that goes on where it moved to',
      [
        [BUY, middle],
        [BUY, middle + HALF],
        [BUY, middle + HALF + 1],
      ],
      1,
    ],
    [
      'a first level anywhere',
      [
        [BUY, 5_000_000],
        [BUY, 5_000_001],
      ],
      0,
    ],
  ] as const)('%s: %j moves it %i times', (_name, updates, wanted) => {
    expect(moves(...updates)).toBe(wanted)
  })
})
