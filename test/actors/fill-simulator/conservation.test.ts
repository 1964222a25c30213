import { Core, type OrderFilled, RowKind, SELL, type Side, WindowBook } from '@escapement/core'
import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { noQuirks } from '../../../actors/fill-simulator/quirks.ts'
import type { VenueReport } from '../../../actors/ports.ts'
import { configuration } from '../../kit/configuration.ts'
import { cashOfFill } from '../../kit/naive-core/naive-money.ts'
import { playSession } from '../../kit/naive-exchange/exchange-duel.ts'
import {
  type ExchangeSession,
  exchangeSessions,
} from '../../kit/naive-exchange/exchange-session.ts'
import { cancel } from './probe.ts'

/**
 * What no venue may create or lose, on our defaults: random feeds of whole and of broken lots,
 * with every order canceled in the end.
 */

const RUNS = { numRuns: Number(process.env.ESCAPEMENT_SESSIONS ?? 200) }
const session = exchangeSessions(noQuirks).map(untilTheEnd)
const partial = session.map((drawn) => ({
  ...drawn,
  instruments: drawn.instruments.map((rules) => ({ ...rules, partialFills: true })),
}))

/** Lawful requests alone, none of them lost, and a cancel of each order behind them. */
function untilTheEnd(drawn: ExchangeSession): ExchangeSession {
  const given = new Set<number>()
  const lawful = drawn.asked.filter(({ terms: { kind, key, qty, price } }) => {
    if (kind === 'cancel') return given.has(key!)
    const fits = qty! > 0 && price! < 2 ** 31 && given.has(key!) === (kind === 'replace')
    if (fits) given.add(key!)
    return fits
  })
  const cancels = [...given].map((key) => {
    const { instrument } = lawful.find(({ terms }) => terms.key === key)!.terms
    return { time: 10_000, terms: { ...cancel(key), instrument: instrument! } }
  })
  return { ...drawn, asked: [...lawful, ...cancels], entries: drawn.entries.map(Math.abs) }
}

const isFill = (report: VenueReport): report is OrderFilled => report.type === 'order.filled'
const fillsOf = (drawn: ExchangeSession) => playSession(drawn).filter(isFill)

/** Sums by name. */
class Sums extends Map<string, number> {
  add(name: string, value: number): number {
    const sum = (this.get(name) ?? 0) + value
    this.set(name, sum)
    return sum
  }
}

test.prop([session], RUNS)('the Core holds what the venue executed, to the last unit', (drawn) => {
  const instruments = drawn.instruments.map(({ instrument }) => instrument)
  const core = new Core(configuration({ instruments }), [])
  core.step(0, { type: 'control.sessionStarted', time: 0, seed: 1 })
  const accounts = instruments.map(() => ({ position: 0, cash: 0n, fees: 0n, volume: 0, fills: 0 }))
  for (const report of playSession(drawn)) {
    const { anomalies } = core.step(core.state.control.nextPosition, report)
    expect(anomalies).toEqual([])
    if (!isFill(report)) continue
    const { instrument, side, lastQty, lastPrice, fee } = report
    const account = accounts[instrument]!
    account.position += side * lastQty
    account.cash += cashOfFill(instruments[instrument]!, side, lastQty, lastPrice)
    account.fees += BigInt(fee)
    account.volume += lastQty
    account.fills += 1
  }
  expect(core.state.execution.accounts).toMatchObject(accounts)
})

test.prop([session], RUNS)('every order ends, once, with its last report', (drawn) => {
  const open = new Set<number>()
  for (const report of playSession(drawn)) {
    if (report.type === 'account.updated') throw new Error('the venue states no account')
    if (report.type === 'order.submitted') open.add(report.key)
    const ends =
      report.type === 'order.rejected' ||
      report.type === 'order.canceled' ||
      report.type === 'order.expired' ||
      (isFill(report) && report.leavesQty === 0)
    if (ends) expect(open.delete(report.key)).toBe(true)
  }
  expect([...open]).toEqual([])
})

test.prop([session], RUNS)('makers execute at their limit, takers at no worse price', (drawn) => {
  const limits = new Map<number, number>()
  for (const report of playSession(drawn)) {
    if (report.type === 'order.replaced') limits.set(report.key, report.price)
    if (report.type === 'order.submitted') {
      const unlimited = report.side * Number.POSITIVE_INFINITY
      limits.set(report.key, report.orderType === 'market' ? unlimited : report.price)
    }
    if (!isFill(report)) continue
    const { key, side, lastPrice, liquidity, cause } = report
    const limit = limits.get(key)!
    if (liquidity === 'maker') expect(lastPrice).toBe(limit)
    else expect(side * (limit - lastPrice)).toBeGreaterThanOrEqual(0)
    expect(liquidity).toBe(cause === 'take' ? 'taker' : 'maker')
  }
})

// Cancels may have put the estimate below 0; a trade then finds nobody ahead, which is 0.
test.prop([session], RUNS)('a trade never puts anybody ahead', (drawn) => {
  for (const { cause, queueBefore, queueAfter } of fillsOf(drawn)) {
    expect(queueAfter).toBeLessThanOrEqual(Math.max(queueBefore, 0))
    if (cause === 'take') expect([queueBefore, queueAfter]).toEqual([0, 0])
  }
})

test.prop([partial], RUNS)('a trade gives own orders its size at most, in lots', (drawn) => {
  const given = new Sums()
  for (const { instrument, cause, causeRow, lastQty } of fillsOf(drawn)) {
    if (cause !== 'trade') continue
    // Half a lot counts as one.
    const { qty } = drawn.feeds[instrument]![causeRow - 1000]!
    const size = Math.round(qty / drawn.instruments[instrument]!.lotUnits)
    expect(given.add(`${instrument} ${causeRow}`, lastQty)).toBeLessThanOrEqual(size)
  }
})

test.prop([partial], RUNS)('takes find what is displayed, once, in broken lots too', (drawn) => {
  const books = drawn.feeds.map((rows) => ({ rows, row: 0, book: new WindowBook() }))
  const taken = new Sums()
  for (const { instrument, side, cause, exchTime, lastPrice, lastQty } of fillsOf(drawn)) {
    if (cause !== 'take') continue
    const at = books[instrument]!
    for (; (at.rows[at.row]?.time ?? Number.POSITIVE_INFINITY) <= exchTime; at.row++) {
      const { kind, side: signed, price, qty } = at.rows[at.row]!
      const of = signed as Side
      if (kind === RowKind.CLEAR) at.book.clear(of, price)
      else if (kind !== RowKind.TRADE && at.book.set(of, price, qty) !== qty) {
        taken.delete(`${instrument} ${of} ${price}`)
      }
    }
    const of = -side as Side
    const units = lastQty * drawn.instruments[instrument]!.lotUnits
    const sum = taken.add(`${instrument} ${of} ${lastPrice}`, units)
    expect(sum).toBeLessThanOrEqual(at.book.qtyAt(of, lastPrice))
  }
})

test.prop([session], RUNS)('without partial fills one execution is the order', (drawn) => {
  const instruments = drawn.instruments.map((rules) => ({ ...rules, partialFills: false }))
  for (const { leavesQty, cumQty, lastQty } of fillsOf({ ...drawn, instruments })) {
    expect([leavesQty, cumQty]).toEqual([0, lastQty])
  }
})

// A check of the checks: each of the sums above is of something.
test('the sessions have fills of every cause, of both liquidities and on both sides', () => {
  const drawn = fc.sample(session, { numRuns: 200, seed: 1 })
  const seen = new Set(drawn.flatMap(fillsOf).flatMap(({ cause, side }) => `${cause} ${side}`))
  expect([...seen].sort()).toEqual(
    ['cross', 'take', 'trade'].flatMap((cause) => [`${cause} ${SELL}`, `${cause} 1`]).sort(),
  )
})
