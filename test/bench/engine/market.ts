import { existsSync } from 'node:fs'
import type { MarketRows } from '@escapement/core'
import { allocateColumns, marketRows } from '../../../adapters/market-data/columns.ts'
import { readNpz } from '../../../adapters/npz/npz.ts'
import { syntheticMarket } from '../../../adapters/synthetic/synthetic.ts'
import { fixtures } from '../../kit/fixtures.ts'

/** The capture that peers measure too, relative to the fixtures. */
export const CAPTURE = 'data/binance/usdm_btcusdt_20240808.stitched.npz'
const GAP_NS = 1_000_000_000

/** The real futures capture where it is at hand, else a made-up market of like size. */
export function capture(): MarketRows {
  const real = fixtures.path(CAPTURE)
  if (existsSync(real)) return readNpz(real)
  return syntheticMarket({ seed: 7, durationSeconds: 345, rowsPerSecond: 1430 })
}

/** `copies` of a market end to end, each shifted behind the last by its span and a second. */
export function repeated(rows: MarketRows, copies: number): MarketRows {
  const { length } = rows
  const columns = allocateColumns(length * copies)
  const first = Math.min(rows.exchTime[0]!, rows.localTime[0]!)
  const last = Math.max(rows.exchTime[length - 1]!, rows.localTime[length - 1]!)
  const span = last - first + GAP_NS
  for (let copy = 0; copy < copies; copy++) {
    const at = copy * length
    columns.kind.set(rows.kind, at)
    columns.flags.set(rows.flags, at)
    columns.price.set(rows.price, at)
    columns.qty.set(rows.qty, at)
    for (let row = 0; row < length; row++) {
      columns.exchTime[at + row] = rows.exchTime[row]! + copy * span
      columns.localTime[at + row] = rows.localTime[row]! + copy * span
    }
  }
  return marketRows(columns, rows.originNs, rows.priceDecimals, rows.qtyDecimals)
}
