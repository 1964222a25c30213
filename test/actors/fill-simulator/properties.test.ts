import { BUY, type OrderReport, RowKind, SELL, type Side, WindowBook } from '@escapement/core'
import { test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { ReferenceBook } from '../../../actors/fill-simulator/reference-book.ts'
import type { VenueReport } from '../../../actors/ports.ts'
import { feed, play, playOnKernel, world } from './worlds.ts'

/**
 * Random feeds and random requests against what must hold for every venue. Method: a small world
 * of twelve prices and a few hundred nanoseconds, so that everything meets everything.
 */

type Answer = Extract<VenueReport, OrderReport>
const answers = (reports: readonly VenueReport[]) =>
  reports.filter(
    (report): report is Answer =>
      report.type !== 'order.submitted' && report.type !== 'intent.dispatched',
  )

test.prop([world], { numRuns: 400 })('every request has one record and one answer', (drawn) => {
  const reports = play(drawn)
  const count = (...types: string[]) => reports.filter(({ type }) => types.includes(type)).length
  const asked = (...kinds: string[]) =>
    drawn.asked.filter(({ terms }) => kinds.includes(terms.kind!)).length
  expect(count('order.submitted')).toBe(asked('new'))
  expect(count('intent.dispatched')).toBe(asked('replace', 'cancel'))
  expect(count('order.accepted', 'order.rejected')).toBe(asked('new'))
  expect(
    count('order.canceled', 'order.cancelRejected', 'order.replaced', 'order.replaceRejected'),
  ).toBe(asked('replace', 'cancel'))
})

test.prop([world], { numRuns: 400 })(
  'an order is accepted first and silent after its end',
  (drawn) => {
    const seen = new Map<number, 'open' | 'closed'>()
    for (const report of answers(play(drawn))) {
      if (/Rejected$/.test(report.type)) continue
      const state = seen.get(report.key)
      if (state === undefined) {
        expect(['order.accepted', 'order.rejected']).toContain(report.type)
      } else {
        expect(state).toBe('open')
        expect(report.type).not.toBe('order.accepted')
      }
      const ended =
        report.type === 'order.rejected' ||
        report.type === 'order.canceled' ||
        report.type === 'order.expired' ||
        (report.type === 'order.filled' && report.leavesQty === 0)
      seen.set(report.key, ended ? 'closed' : 'open')
    }
  },
)

test.prop([world], { numRuns: 400 })('quantities add up', (drawn) => {
  const cum = new Map<number, number>()
  const total = new Map<number, number>()
  for (const { terms } of drawn.asked) if (terms.kind === 'new') total.set(terms.key!, terms.qty!)
  let lastId = 0
  for (const report of answers(play(drawn))) {
    if (report.type === 'order.replaced') {
      expect(report.leavesQty).toBe(report.qty - (cum.get(report.key) ?? 0))
      total.set(report.key, report.qty)
    }
    if (report.type !== 'order.filled') continue
    const sum = (cum.get(report.key) ?? 0) + report.lastQty
    cum.set(report.key, sum)
    expect(report.lastQty).toBeGreaterThan(0)
    expect(report.leavesQty).toBeGreaterThanOrEqual(0)
    expect(report.cumQty).toBe(sum)
    expect(report.cumQty + report.leavesQty).toBe(total.get(report.key))
    expect(report.execId).toBe(++lastId)
    expect(report.queueAfter).not.toBeNaN()
  }
})

test.prop([world], { numRuns: 300 })('runs are equal, however the feed is cut', (drawn) => {
  expect(play(drawn)).toEqual(play(drawn))
  expect(play(drawn, drawn.cuts).map(withoutRow)).toEqual(play(drawn).map(withoutRow))
})

test.prop([world], { numRuns: 200 })('the production mailbox gives the same reports', (drawn) => {
  expect(playOnKernel(drawn)).toEqual(play(drawn))
})

/** The builder numbers the rows of each batch anew. */
const withoutRow = (report: VenueReport) =>
  report.type === 'order.filled' ? { ...report, causeRow: 0 } : report

test.prop([world], { numRuns: 400 })('a trade gives own orders its size at most', (drawn) => {
  const reports = play({ ...drawn, preset: 'none', partialFills: true })
  const given = new Map<number, number>()
  for (const report of reports) {
    if (report.type !== 'order.filled' || report.cause !== 'trade') continue
    given.set(report.causeRow, (given.get(report.causeRow) ?? 0) + report.lastQty)
  }
  for (const [row, qty] of given) expect(qty).toBeLessThanOrEqual(drawn.rows[row - 1000]!.qty)
})

test.prop([world], { numRuns: 400 })('takes find what is displayed, once', (drawn) => {
  const reports = play({ ...drawn, preset: 'none', partialFills: true })
  const book = new WindowBook()
  const taken = new Map<string, number>()
  let row = 0
  for (const report of reports) {
    if (report.type !== 'order.filled' || report.cause !== 'take') continue
    for (; row < drawn.rows.length && drawn.rows[row]!.time <= report.exchTime; row++) {
      const { kind, side, price, qty } = drawn.rows[row]!
      if (kind === RowKind.CLEAR) book.clear(side as Side, price)
      else if (kind === RowKind.DEPTH && book.set(side as Side, price, qty) !== qty) {
        taken.delete(`${side} ${price}`)
      }
    }
    const of = report.side === BUY ? SELL : BUY
    const level = `${of} ${report.lastPrice}`
    taken.set(level, (taken.get(level) ?? 0) + report.lastQty)
    expect(taken.get(level)).toBeLessThanOrEqual(book.qtyAt(of, report.lastPrice))
  }
})

test.prop([feed], { numRuns: 400 })('the reference book without its faults is ours', (rows) => {
  const ours = new WindowBook()
  const rules = { lotUnits: 1, crossedLevelsStay: false, clearSkipsOneLevel: false }
  const theirs = new ReferenceBook(rules)
  for (const { kind, side, price, qty } of rows) {
    const of = side as Side
    if (kind === RowKind.CLEAR) {
      ours.clear(of, price)
      theirs.clear(of, price)
    } else if (kind === RowKind.DEPTH) {
      expect(theirs.set(of, price, qty)).toBe(ours.set(of, price, qty))
    }
    expect([theirs.bestBid, theirs.bestAsk]).toEqual([ours.bestBid, ours.bestAsk])
    const levels = (book: typeof theirs | typeof ours, which: Side) => {
      const seen: number[] = []
      book.levels(which, 5, (at, size) => {
        seen.push(at, size)
        return true
      })
      return seen
    }
    expect(levels(theirs, BUY)).toEqual(levels(ours, BUY))
    expect(levels(theirs, SELL)).toEqual(levels(ours, SELL))
  }
})
