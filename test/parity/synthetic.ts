import { type MarketRows, RowFlag, RowKind } from '@escapement/core'
import { allocateColumns, marketRows } from '../../adapters/market-data/columns.ts'
import type { SyntheticCase } from './cases.ts'
import { Fnv } from './fnv.ts'

const MASK = (1n << 64n) - 1n
const BOTH = RowFlag.EXCHANGE | RowFlag.LOCAL
/** The rows start at t = 10^12 ns; the origin is a little before the first. */
const START_NS = 1_000_000_000_000

/**
 * The generated feed of a pack: xorshift64, draws in the order that the pack's README states. One
 * price unit is a tick, one quantity unit a lot of 1.
 */
export function generateRows({ rows: length }: Pick<SyntheticCase, 'rows'>): MarketRows {
  const u = xorshift(88172645463325252n)
  // One price unit is a tenth, one quantity unit a whole.
  const rows = marketRows(allocateColumns(length), BigInt(START_NS), 1, 0)
  let mid = 100_000
  let t = 0
  for (let row = 0; row < length; row++) {
    t += 20_000 + u(160_000n)
    rows.exchTime[row] = t
    rows.localTime[row] = t + 1_000_000 + u(500_000n)
    if (u(200n) === 0) mid += u(2n) === 0 ? 1 : -1
    const k = u(10n)
    if (k === 0) {
      const side = u(2n) === 0 ? 1 : -1
      put(rows, row, RowKind.TRADE, side, mid + side, 1 + u(20n))
    } else {
      const side = k < 6 ? 1 : -1
      const price = mid - side * (1 + u(20n))
      put(rows, row, RowKind.DEPTH, side, price, u(12n) === 0 ? 0 : 1 + u(100n))
    }
  }
  const { localTime } = rows
  for (let row = 1; row < length; row++) {
    if (localTime[row]! <= localTime[row - 1]!) localTime[row] = localTime[row - 1]! + 1
  }
  return rows
}

/** The pack's own hash of its rows: ev, exch_ts, local_ts, price in tenths, quantity. */
export function checksum(rows: MarketRows): string {
  const hash = new Fnv()
  for (let row = 0; row < rows.length; row++) {
    const buys = (rows.flags[row]! & RowFlag.BUY) !== 0
    const ev = (0b1100 | (buys ? 0b10 : 0b01)) * 2 ** 28 + rows.kind[row]!
    hash.i64(ev).i64(rows.originNs + BigInt(rows.exchTime[row]!))
    hash.i64(rows.originNs + BigInt(rows.localTime[row]!))
    hash.i64(rows.price[row]!).i64(rows.qty[row]!)
  }
  return hash.hex()
}

function put(
  rows: MarketRows,
  row: number,
  kind: number,
  side: number,
  price: number,
  qty: number,
): void {
  rows.kind[row] = kind
  rows.flags[row] = BOTH | (side === 1 ? RowFlag.BUY : RowFlag.SELL)
  rows.price[row] = price
  rows.qty[row] = qty
}

function xorshift(seed: bigint): (k: bigint) => number {
  let x = seed
  return (k) => {
    x = (x ^ (x << 13n)) & MASK
    x ^= x >> 7n
    x = (x ^ (x << 17n)) & MASK
    return Number(x % k)
  }
}
