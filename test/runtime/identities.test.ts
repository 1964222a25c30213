import {
  BUY,
  defineStrategy,
  instantiate,
  type MarketRows,
  millis,
  type OrderFilled,
  orderChart,
  powerOfTen,
  RowFlag,
  RowKind,
  SELL,
  type State,
  type StateView,
} from '@escapement/core'
import { describe, expect, it } from 'vitest'
import { readMarketRows } from '../../adapters/market-data/read.ts'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import type { BacktestDefinition } from '../../runtime/backtest.ts'
import { backtestOf, making, market } from '../kit/backtest.ts'
import { Ledger, nearest } from '../kit/backtest-ledger.ts'
import { watched } from '../kit/backtest-watched.ts'
import { fixtures } from '../kit/fixtures.ts'

/** Takes a few lots with IOC each 100 ms, buying and selling in turn. */
const taking = instantiate(
  defineStrategy<unknown, { readonly side: 1 | -1 }>({
    name: 'taking',
    init: () => ({ side: BUY }),
    decide(view, { side }) {
      const wakeAt = view.now + millis(100)
      const touch = view.touch()
      if (touch === null) return { wakeAt }
      const key = view.newOrderKey()
      const price = side === BUY ? touch.ask : touch.bid
      const terms = { orderType: 'limit', timeInForce: 'IOC', price, qty: 7 } as const
      const intents = [{ type: 'intent.new', key, instrument: 0, side, ...terms } as const]
      return { wakeAt, intents, memory: { side: side === BUY ? SELL : BUY } }
    },
  }),
)

const inverseMarket = () =>
  syntheticMarket({
    seed: 9,
    durationSeconds: 30,
    rowsPerSecond: 800,
    qtyDecimals: 0,
    midTicks: 60_001,
  })
const INVERSE = {
  instruments: {
    BTC: { tickSize: '0.1', lotSize: '1', contractSize: '10', kind: 'inverse', quote: 'BTC' },
  },
} as const
const RATES = { maker: [-5n, 5], taker: [7n, 4] } as const

type Case = readonly [
  claim: string,
  skip: boolean,
  make: () => readonly [MarketRows, BacktestDefinition],
]
const both = (rows: MarketRows, ...rest: [object?, ReturnType<typeof making>?]) =>
  [rows, backtestOf(rows, ...rest)] as const
const CASES: readonly Case[] = [
  ['making, linear, generated', false, () => both(market())],
  [
    'making, inverse, generated',
    false,
    () => both(inverseMarket(), INVERSE, making({ intervalMs: 50 })),
  ],
  ['taking, linear, generated', false, () => both(market(6), {}, taking)],
  ['taking, inverse, generated', false, () => both(inverseMarket(), INVERSE, taking)],
  ['making, linear, recorded', !fixtures.available, () => both(recorded())],
]
const recorded = () => readMarketRows(fixtures.path('data/binance/usdm_btcusdt_20240808.npz'))

describe('money and quantities add up at every fill and every decision', () => {
  it.each(CASES)('%s', (_claim, skip, make) => {
    if (skip) return
    const [rows, definition] = make()
    const ledger = new Ledger(definition.configuration)
    const execIds = new Set<number>()
    let [fills, decisions, orders, turnover] = [0, 0, 0, 0n]
    const core = watched(definition, ({ event, result }, state, view) => {
      if (event.type === 'order.submitted') orders++
      if (event.type === 'order.filled') {
        const amount = ledger.book(event)
        turnover += amount
        fills++
        expect(execIds.has(event.execId), `execId ${event.execId} twice`).toBe(false)
        execIds.add(event.execId)
        checkFill(event, amount, state, rows, definition)
      }
      if (!result.decided && event.type !== 'order.filled') return
      if (result.decided) decisions++
      checkAccount(ledger, state, view)
    })
    const account = core.state.execution.accounts[0]!
    expect(account).toMatchObject({ volume: ledger.volume, turnover, fills })
    expect(orders).toBeGreaterThan(200)
    expect(fills).toBeGreaterThan(100)
    expect(decisions).toBeGreaterThan(200)
  })
})

function checkAccount(ledger: Ledger, state: State, view: StateView): void {
  const account = state.execution.accounts[0]!
  expect(account.position).toBe(ledger.position)
  expect(account.cash).toBe(ledger.cash)
  expect(account.fees).toBe(ledger.fees)
  const touch = view.touch()
  expect(view.equity()).toBe(touch === null ? null : ledger.equity(touch.bid, touch.ask))
  for (const { qty, cumQty, leavesQty } of view.openOrders()) expect(cumQty + leavesQty).toBe(qty)
}

function checkFill(
  fill: OrderFilled,
  amount: bigint,
  state: State,
  rows: MarketRows,
  { configuration, origin }: BacktestDefinition,
): void {
  const order = state.execution.orders.get(fill.key)!
  expect(fill.cumQty + fill.leavesQty).toBe(order.qty)
  expect(order).toMatchObject({ cumQty: fill.cumQty, leavesQty: fill.leavesQty })
  expect(orderChart.states[order.status] === 'filled').toBe(fill.leavesQty === 0)
  const [digits, scale] = RATES[fill.liquidity]
  expect(BigInt(fill.fee)).toBe(nearest(amount * digits, powerOfTen(scale)))
  expect(fill.time - fill.exchTime).toBe(5_000_000)
  if (fill.cause === 'take') {
    expect([fill.liquidity, fill.causeRow]).toEqual(['taker', -1])
    expect((order.price - fill.lastPrice) * fill.side).toBeGreaterThanOrEqual(0)
    return
  }
  expect(fill.liquidity).toBe('maker')
  expect(fill.lastPrice).toBe(order.price)
  checkCause(fill, rows, origin, configuration.instruments[0]!.qtyDecimals)
}

/** The row that is named must have happened then, seen by the Venue, and reach the order's price. */
function checkCause(
  fill: OrderFilled,
  rows: MarketRows,
  origin: bigint,
  qtyDecimals: number,
): void {
  const row = fill.causeRow
  const flags = rows.flags[row]!
  expect(flags & RowFlag.EXCHANGE).not.toBe(0)
  expect(rows.originNs + BigInt(rows.exchTime[row]!)).toBe(origin + BigInt(fill.exchTime))
  const against = fill.side === BUY ? RowFlag.SELL : RowFlag.BUY
  expect(flags & (RowFlag.BUY | RowFlag.SELL)).toBe(against)
  // Tick and price unit are both 0.1 in every case here.
  expect((fill.lastPrice - rows.price[row]!) * fill.side).toBeGreaterThanOrEqual(0)
  if (fill.cause === 'trade') {
    expect(rows.kind[row]).toBe(RowKind.TRADE)
    expect(fill.lastQty * 10 ** (qtyDecimals - rows.qtyDecimals)).toBeLessThanOrEqual(
      rows.qty[row]!,
    )
    return
  }
  expect(fill.cause).toBe('cross')
  expect([RowKind.DEPTH, RowKind.SNAPSHOT]).toContain(rows.kind[row])
  expect(rows.qty[row]).toBeGreaterThan(0)
}
