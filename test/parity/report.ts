import type { Core } from '@escapement/core'
import { Fnv } from './fnv.ts'
import type { FillRow, Observer } from './observer.ts'
import { Status } from './own-orders.ts'

/** A parity run in the reference's own words: integers and hashes as text, floats as numbers. */
export type RunReport = {
  readonly exact: Readonly<Record<string, string>>
  readonly float: Readonly<Record<string, number>>
  readonly fills: readonly FillRow[]
  readonly fillsCsv: string
  readonly ordersCsv: string
}

const FILLS_HEADER = 'exch_ts,local_ts,order_id,side,price_tick,qty_lots,maker,order_price_tick'
const ORDERS_HEADER =
  'order_id,submit_ts,side,price_tick,tif,final_status,last_exch_ts,last_local_ts'

export type Money = { readonly tick: number; readonly lot: number; readonly contractSize: number }

export function reportOf(
  core: Core,
  observer: Observer,
  origin: bigint,
  { tick, lot, contractSize }: Money,
): RunReport {
  const fills = sorted(observer.fills)
  const fillsCsv = lines(
    FILLS_HEADER,
    fills.map((row) => fillLine(row, origin)),
  )
  const ordersCsv = lines(
    ORDERS_HEADER,
    observer.fates.map((fate) => fateLine(fate, origin)),
  )
  const maker = fills.filter(({ fill }) => fill.liquidity === 'maker')
  const taker = fills.filter(({ fill }) => fill.liquidity !== 'maker')
  const { inverse, money } = accountOf(core)
  const amountOf = ({ fill }: FillRow): number => {
    const price = fill.lastPrice * tick
    const qty = fill.lastQty * lot
    return inverse ? (contractSize * qty) / price : contractSize * price * qty
  }
  return {
    fills,
    fillsCsv,
    ordersCsv,
    exact: {
      steps: String(observer.steps),
      samples: String(observer.sampled),
      req_new: String(observer.requests.new),
      req_cancel: String(observer.requests.cancel),
      req_modify: String(observer.requests.replace),
      fills: String(fills.length),
      maker_fills: String(maker.length),
      taker_fills: String(taker.length),
      position_lots: String(core.view.positionOf()),
      cash_ticklots: String(observer.cash),
      volume_lots: String(sum(fills, ({ fill }) => BigInt(fill.lastQty))),
      maker_value_ticklots: String(sum(maker, tickLots)),
      taker_value_ticklots: String(sum(taker, tickLots)),
      ...finals(observer),
      last_timestamp: String(BigInt(observer.lastStepTime ?? 0) + origin),
      fills_csv_fnv1a64: new Fnv().bytes(new TextEncoder().encode(fillsCsv)).hex(),
      orders_hash: ordersHash(observer),
      state_hash: observer.state.hex(),
    },
    float: {
      balance: inverse ? -money.cash : money.cash,
      fee: money.fees,
      trading_volume: fills.reduce((total, { fill }) => total + fill.lastQty * lot, 0),
      trading_value: fills.reduce((total, row) => total + amountOf(row), 0),
    },
  }
}

/** By exchange time and order; executions of one order at one time keep their order. */
const sorted = (fills: readonly FillRow[]): readonly FillRow[] =>
  fills.toSorted((a, b) => a.fill.exchTime - b.fill.exchTime || a.fill.key - b.fill.key)

function fillLine({ fill, orderPrice }: FillRow, origin: bigint): string {
  const times = [BigInt(fill.exchTime) + origin, BigInt(fill.time) + origin]
  const maker = fill.liquidity === 'maker' ? 1 : 0
  return [...times, fill.key, fill.side, fill.lastPrice, fill.lastQty, maker, orderPrice].join(',')
}

function fateLine(fate: Observer['fates'][number], origin: bigint): string {
  const { own, submitTime, firstPrice, timeInForce, exchTime, localTime } = fate
  const code = TIF_CODES[timeInForce] ?? timeInForce
  const sent = BigInt(submitTime) + origin
  const after = [own.status, exchTime, localTime]
  return [own.key, sent, own.side, firstPrice, code, ...after].join(',')
}

const TIF_CODES: Readonly<Record<string, number>> = { GTC: 0, postOnly: 1, FOK: 2, IOC: 3 }

const lines = (header: string, rows: readonly string[]): string =>
  `${[header, ...rows].join('\n')}\n`

function sum(rows: readonly FillRow[], of: (row: FillRow) => bigint): bigint {
  return rows.reduce((total, row) => total + of(row), 0n)
}

const tickLots = ({ fill }: FillRow): bigint => BigInt(fill.lastPrice) * BigInt(fill.lastQty)

function finals({ fates }: Observer): Record<string, string> {
  const count = (status: number) => String(fates.filter(({ own }) => own.status === status).length)
  return {
    final_none: count(Status.none),
    final_new: count(Status.new),
    final_expired: count(Status.expired),
    final_filled: count(Status.filled),
    final_canceled: count(Status.canceled),
    final_partially_filled: count(Status.partiallyFilled),
  }
}

function ordersHash({ fates }: Observer): string {
  const hash = new Fnv()
  for (const { own, exchTime, localTime } of fates) {
    hash.i64(own.key).i64(own.status).i64(exchTime).i64(localTime)
  }
  return hash.hex()
}

/** The Core's account in the quote currency. */
function accountOf({ state }: Core) {
  const { kind, quoteDecimals } = state.configuration.instruments[0]!
  const account = state.execution.accounts[0]!
  const unit = 10 ** -quoteDecimals
  const money = { cash: Number(account.cash) * unit, fees: Number(account.fees) * unit }
  return { inverse: kind === 'inverse', money }
}
