import {
  BUY,
  type CoreEvent,
  defineStrategy,
  instantiate,
  type MarketRows,
  millis,
  NO_ASK,
  NO_BID,
  RowFlag,
  RowKind,
  SELL,
  type Side,
  type StateView,
  WHOLE_SIDE,
} from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { runBacktest } from '../../runtime/backtest.ts'
import { rowsOf } from '../adapters/kit.ts'
import { BTC, backtestOf, market, runLogged } from '../kit/backtest.ts'
import { watched } from '../kit/backtest-watched.ts'
import { readLog } from '../kit/cli-log.ts'

const { EXCHANGE, LOCAL } = RowFlag

const logOf = (definition: Parameters<typeof runLogged>[0]) => {
  const { log } = runLogged(definition)
  return readLog(log, (i) => definition.feed[i]!.local).events.map(({ event }) => event)
}

/** Levels of both sides from the local rows before `before`, folded into a plain map. */
function naiveBook(rows: MarketRows, before: number): Map<string, number> {
  const levels = new Map<string, number>()
  for (let row = 0; row < rows.length && rows.localTime[row]! < before; row++) {
    const side = (rows.flags[row]! & RowFlag.BUY) !== 0 ? BUY : SELL
    const price = rows.price[row]!
    if (rows.kind[row] === RowKind.TRADE) continue
    if (rows.kind[row] === RowKind.CLEAR) {
      expect(price).toBe(WHOLE_SIDE)
      for (const key of [...levels.keys()]) if (key.startsWith(`${side} `)) levels.delete(key)
    } else if (rows.qty[row] === 0) levels.delete(`${side} ${price}`)
    else levels.set(`${side} ${price}`, rows.qty[row]!)
  }
  return levels
}

const seenBook = (view: StateView, instrument = 0): Map<string, number> =>
  new Map(
    ([BUY, SELL] as const).flatMap((side: Side) =>
      view
        .levels(side, 100_000, instrument)
        .map(({ price, qty }) => [`${side} ${price}`, qty] as const),
    ),
  )

describe('a window runs the session of its rows alone', () => {
  const rows = market(5, 10)
  const [from, to] = [4_000_000_000, 7_000_000_000]
  const at = (ns: number) => String(rows.originNs + BigInt(ns))
  const definition = backtestOf(rows, { window: { start: at(from), end: at(to) } })
  const events = logOf(definition)

  it('what came before is one snapshot Event, at position 1 and session time 0', () => {
    const before = rows.localTime.filter((time) => time < from).length
    expect(events[1]).toMatchObject({ type: 'market.snapshot', time: 0, from: 0, to: before })
    expect(events.filter(({ type }) => type === 'market.snapshot').length).toBe(1)
  })

  it('the book after it is the book of the whole run at that time, on every level', () => {
    let book: Map<string, number> | undefined
    watched(definition, ({ event }, _state, view) => {
      if (event.type === 'market.snapshot') book = seenBook(view)
    })
    const expected = naiveBook(rows, from)
    expect(expected.size).toBeGreaterThan(100)
    expect([...book!].sort()).toEqual([...expected].sort())
  })

  it('and then every row of the window once, none outside it', () => {
    const delivered = events.flatMap((event) =>
      event.type === 'market.updated'
        ? Array.from({ length: event.to - event.from }, (_, i) => event.view.row[event.from + i]!)
        : [],
    )
    const expected = [...rows.localTime.keys()].filter(
      (row) => rows.localTime[row]! >= from && rows.localTime[row]! < to,
    )
    expect(delivered).toEqual(expected)
  })

  it('a window of everything is no window', () => {
    const whole = backtestOf(rows, { window: { start: at(0), end: at(1e11) } })
    expect(runBacktest(whole).eventLogHash).toBe(runBacktest(backtestOf(rows)).eventLogHash)
  })
})

describe('several instruments run as one session', () => {
  const datasets = { AAA: market(5, 5), BBB: market(6, 5) }
  const twins = { AAA: market(5, 5), BBB: market(5, 5) }
  const marketOf = (events: readonly CoreEvent[]) =>
    events.flatMap((event) => (event.type === 'market.updated' ? [event] : []))

  it('every row of each, interleaved by local time', () => {
    const events = marketOf(logOf(backtestOf(datasets)))
    const times = events.map(({ time }) => time)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    for (const [i, rows] of Object.values(datasets).entries()) {
      const counted = events.filter(({ instrument }) => instrument === i)
      expect(counted.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(rows.length)
    }
  })

  it('of equal times the instrument that is named first', () => {
    const events = marketOf(logOf(backtestOf(twins)))
    expect(events.length % 2).toBe(0)
    events.forEach(({ instrument, time }, i) => {
      expect(instrument).toBe(i % 2)
      expect(time).toBe(events[i - (i % 2)]!.time)
    })
  })

  it('with one hash each time, and each book its own', () => {
    const definition = backtestOf(datasets)
    expect(runBacktest(definition).eventLogHash).toBe(runBacktest(definition).eventLogHash)
    const { state } = runBacktest(definition)
    const last = Object.values(datasets).map((rows) => naiveBook(rows, Infinity))
    state.market.forEach(({ book }, i) => {
      const prices = [...last[i]!.keys()].map((key) => key.split(' ').map(Number))
      const best = (side: Side) => prices.filter(([s]) => s === side).map(([, price]) => price!)
      expect(book.bestBid).toBe(Math.max(...best(BUY)))
      expect(book.bestAsk).toBe(Math.min(...best(SELL)))
    })
  })
})

/** A level of each side every 10 ms. */
const everyTenMillis = (count: number, qty = 1_000, units = {}): MarketRows =>
  rowsOf(
    Array.from({ length: 2 * count }, (_, i) => {
      const time = Math.floor(i / 2) * 10_000_000
      const flags = EXCHANGE | LOCAL | (i % 2 === 0 ? RowFlag.BUY : RowFlag.SELL)
      return { kind: RowKind.DEPTH, flags, exch: time, local: time, price: 1000 + (i % 2), qty }
    }),
    units,
  )

/** Sends `count` orders at 10 ms; asks to be woken each 10 ms for ever, or not `again`. */
const asking = (count: number, again = true) =>
  instantiate(
    defineStrategy<unknown, null>({
      name: 'asking',
      init: () => null,
      decide(view) {
        const wakeAt = view.now + millis(10)
        if (view.now !== millis(10)) return { wakeAt }
        const key = view.newOrderKey()
        const intents = Array.from({ length: count }, (_, i) => ({
          type: 'intent.new' as const,
          key: key + i,
          instrument: 0,
          side: BUY as Side,
          orderType: 'limit' as const,
          timeInForce: 'GTC' as const,
          price: 990,
          qty: 1,
        }))
        return { wakeAt: again ? wakeAt : null, intents }
      },
    }),
  )

describe('of Events due at one time', () => {
  const at20ms = (order: 'executionFirst' | 'marketFirst') =>
    logOf(backtestOf(everyTenMillis(5), { control: { order } }, asking(1)))
      .filter(({ time }) => time === millis(20))
      .map(({ type }) => type)

  it('the execution is seen first, then the market, then time: the default', () => {
    expect(at20ms('executionFirst')).toEqual(['order.accepted', 'market.updated', 'control.time'])
  })

  it('or the market first, when Configuration says so', () => {
    expect(at20ms('marketFirst')).toEqual(['market.updated', 'order.accepted', 'control.time'])
  })
})

describe('a run ends when data, messages and rate obligations are exhausted', () => {
  const last = millis(40)

  it('although the strategy keeps asking to be woken', () => {
    const events = logOf(backtestOf(everyTenMillis(5), {}, asking(0)))
    const wakes = events.filter(({ type }) => type === 'control.time').map(({ time }) => time)
    expect(wakes).toEqual([10, 20, 30, 40].map(millis))
    expect(events.at(-1)).toMatchObject({ type: 'control.sessionEnded', time: last })
  })

  const sending = (again: boolean) =>
    logOf(backtestOf(everyTenMillis(5), { rateLimits: { ordersPerSecond: '1' } }, asking(3, again)))
  const sentAt = (events: readonly CoreEvent[]) =>
    events.filter(({ type }) => type === 'order.submitted').map(({ time }) => time)
  const RATE = [10, 1010, 2010].map(millis)

  it('but not before what waits for its rate has left', () => {
    const events = sending(false)
    expect(sentAt(events)).toEqual(RATE)
    const late = events.filter((event) => event.type === 'control.time' && event.time > last)
    expect(late).toMatchObject(RATE.slice(1).map((due) => ({ reason: 'rate', due })))
    // The last answer takes 10 ms there and back.
    expect(events.at(-1)).toMatchObject({ type: 'control.sessionEnded', time: millis(2020) })
  })

  it('also when the strategy still wants to be woken before that', () => {
    expect(sentAt(sending(true))).toEqual(RATE)
  })
})

describe('quantities finer than a lot', () => {
  it('stay exact in the book, while orders count whole lots', () => {
    const rows = everyTenMillis(3, 123_457, { qtyDecimals: 5 })
    const definition = backtestOf({ BTC: rows }, { instruments: { BTC } }, asking(1))
    const { state } = runBacktest(definition)
    expect(definition.configuration.instruments[0]!.qtyDecimals).toBe(5)
    const { book } = state.market[0]!
    expect([book.bestBid, book.bestAsk]).toEqual([1000, 1001])
    expect([book.qtyAt(BUY, 1000), book.qtyAt(SELL, 1001)]).toEqual([123_457, 123_457])
    expect([NO_BID, NO_ASK]).not.toContain(book.bestBid)
    expect([...state.execution.orders.open()][0]).toMatchObject({ qty: 1, leavesQty: 1 })
  })
})
