/**
 * From orders to levels: each row of an order becomes the new total of its level, and says what left
 * which place in the queue there.
 */
import {
  BUY,
  levelView,
  type MarketView,
  numberOrders,
  OrderBook,
  RowKind,
  SELL,
} from '@escapement/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { refusal } from '../adapters/kit.ts'
import { type Row, viewOf } from '../kit/market.ts'
import { drawnOrderFeeds } from '../kit/naive-exchange/drawn-orders.ts'
import { NaiveRealOrders } from '../kit/naive-exchange/naive-real-orders.ts'

const { ADD, CANCEL, MODIFY, FILL, TRADE, CLEAR, DEPTH } = RowKind

type OrderRow = Row & { readonly order?: number }
const add = (order: number, side: 1 | -1, price: number, qty: number): OrderRow => ({
  kind: ADD,
  side,
  price,
  qty,
  order,
})
const row = (kind: number, order: number, price = 0, qty = 0): OrderRow => ({
  kind,
  side: 0,
  price,
  qty,
  order,
})

function levels(rows: readonly OrderRow[]): MarketView {
  const number = Uint32Array.from(rows, ({ order }) => order ?? 0)
  return levelView(viewOf(rows), { number, count: Math.max(0, ...number) }, 'd.npz')
}
/** `side price total`, and for rows of orders `gone@place`. */
const shortOf = (view: MarketView): string[] =>
  Array.from({ length: view.length }, (_, at) => {
    const { place, gone } = view.orders!
    return `${view.side[at]} ${view.price[at]} ${view.qty[at]} ${gone[at]}@${place[at]}`
  })

describe('a row of an order', () => {
  const two = [add(1, BUY, 99, 5), add(2, BUY, 99, 3)]
  test.each<[string, OrderRow[], string[]]>([
    ['FILL takes its size', [row(FILL, 1, 0, 2)], ['1 99 6 2@0']],
    [
      'CANCEL takes what is left',
      [row(FILL, 1, 0, 2), row(CANCEL, 1)],
      ['1 99 6 2@0', '1 99 3 3@0'],
    ],
    [
      'MODIFY to less keeps the place',
      [row(MODIFY, 1, 99, 2), row(CANCEL, 1)],
      ['1 99 5 3@0', '1 99 3 2@0'],
    ],
    [
      'MODIFY to more goes to the tail',
      [row(MODIFY, 1, 99, 6), row(CANCEL, 1)],
      ['1 99 9 5@0', '1 99 3 6@2'],
    ],
    [
      'MODIFY of the price is two rows',
      [row(MODIFY, 1, 98, 5), row(CANCEL, 1)],
      ['1 99 3 5@0', '1 98 5 0@-1', '1 98 0 5@3'],
    ],
    [
      'CANCEL of what was filled wholly is none',
      [row(FILL, 1, 0, 5), row(CANCEL, 1)],
      ['1 99 3 5@0'],
    ],
    [
      'MODIFY brings back what was filled wholly',
      [row(FILL, 1, 0, 5), row(MODIFY, 1, 99, 1)],
      ['1 99 3 5@0', '1 99 4 0@-1'],
    ],
    [
      'of an unknown order is none',
      [row(CANCEL, 3), row(FILL, 3, 0, 9), row(MODIFY, 3, 99, 1)],
      [],
    ],
    [
      'after a CLEAR of its level is none',
      [{ kind: CLEAR, side: BUY, price: 99, qty: 0 }, row(CANCEL, 1)],
      ['1 99 0 0@-1'],
    ],
    [
      'after a quote removed its level is none',
      [add(3, SELL, 98, 1), row(CANCEL, 1)],
      ['-1 98 1 0@-1'],
    ],
    [
      'keeps its level when a CLEAR ends above',
      [{ kind: CLEAR, side: BUY, price: 100, qty: 0 }, row(CANCEL, 1)],
      ['1 100 0 0@-1', '1 99 3 5@0'],
    ],
  ])('%s', (_, rows, expected) => {
    expect(shortOf(levels([...two, ...rows])).slice(2)).toEqual(expected)
  })

  test('is a row of a level, with the number and times of its own', () => {
    const view = levels([...two, row(MODIFY, 9, 98, 5), row(MODIFY, 2, 98, 5)])
    expect([...view.kind]).toEqual([DEPTH, DEPTH, DEPTH, DEPTH])
    expect([...view.row]).toEqual([0, 1, 3, 3])
    expect([...view.orders!.what]).toEqual([ADD, ADD, MODIFY, MODIFY])
    expect(view.orders!.dropped).toBe(1)
  })
})

describe('refused', () => {
  test.each<[string, OrderRow[], object]>([
    ['an ADD of an order that has something left', [add(1, SELL, 101, 1)], { field: 'orderId' }],
    ['a FILL of more than is left', [row(FILL, 1, 0, 6)], { field: 'qty', found: '6 units' }],
    ['a level', [{ price: 98, qty: 1 }], { code: 'ESC_DATA_KIND', field: 'kind' }],
  ])('%s', (_, rows, error) => {
    const expected = { code: 'ESC_DATA_ORDER', file: 'd.npz', row: 1, ...error }
    expect(refusal(() => levels([add(1, BUY, 99, 5), ...rows]))).toMatchObject(expected)
  })

  test('but not an id that comes back after its order was cancelled or filled wholly', () => {
    const again = [row(CANCEL, 1), add(1, SELL, 101, 2), row(FILL, 1, 0, 2), add(1, BUY, 98, 1)]
    expect(shortOf(levels([add(1, BUY, 99, 5), ...again])).at(-1)).toBe('1 98 1 0@-1')
  })
})

test('ids are numbered as they first appear, however large', () => {
  const kind = Uint8Array.of(ADD, TRADE, ADD, CANCEL)
  const orderId = BigUint64Array.of(2n ** 64n - 1n, 0n, 0n, 2n ** 64n - 1n)
  const rows = { kind, orderId, length: 4 } as Parameters<typeof numberOrders>[0]
  expect(numberOrders(rows)).toEqual({ number: Uint32Array.of(1, 0, 2, 1), count: 2 })
  expect(numberOrders({ ...rows, orderId: undefined } as never)).toBeUndefined()
})

test('the book knows an order until it is cancelled', () => {
  const book = new OrderBook(1)
  expect(book.sideOf(1)).toBe(0)
  expect(book.put(1, SELL, 101, 5, 0)).toBe(5)
  expect([book.sideOf(1), book.priceOf(1), book.leftOf(1), book.placeOf(1)]).toEqual([
    -1, 101, 5, 0,
  ])
  expect(book.take(1, 2)).toBe(3)
  book.forget(1)
  expect(book.sideOf(1)).toBe(0)
})

describe('the levels of any feed', () => {
  test('are those that a list of all orders adds up to', () => {
    fc.assert(
      fc.property(
        fc.boolean().chain((isCalm) => drawnOrderFeeds(isCalm, 120)),
        (feed) => {
          const rows = feed(1)
          const list = new NaiveRealOrders()
          const expected: string[] = []
          for (const each of rows) {
            if (each.kind === CLEAR) list.clear(each.side as 1 | -1, each.price)
            if (each.kind === CLEAR || each.kind === TRADE) {
              expected.push(`${each.side} ${each.price} ${each.qty}`)
              continue
            }
            for (const change of list.apply(each)) {
              expected.push(`${change.side} ${change.price} ${change.total}`)
              list.meet(change)
            }
          }
          const view = levels(rows as readonly OrderRow[])
          expect(shortOf(view).map((text) => text.replace(/ [^ ]+$/, ''))).toEqual(expected)
        },
      ),
      { numRuns: 500 },
    )
  })
})
