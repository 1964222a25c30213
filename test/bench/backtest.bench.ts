import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import {
  instantiate,
  type MarketRows,
  type MarketView,
  RowKind,
  type Side,
  WindowBook,
} from '@escapement/core'
import { decodeDataset, encodeDataset } from '../../adapters/dataset/codec.ts'
import { readMarketRows } from '../../adapters/market-data/read.ts'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import { type BacktestDefinition, runBacktest } from '../../runtime/backtest.ts'
import { defineBacktest } from '../../runtime/config/define-backtest.ts'
import { strategy } from '../../runtime/strategies/market-maker.ts'
import { fixtures } from '../kit/fixtures.ts'
import { machineHeader, median } from './machine.ts'

export type BacktestRow = {
  readonly name: string
  readonly rowsPerSecond: number
  /** Against the floor of the same run. */
  readonly share: number
}

const ROUNDS = 15

/**
 * A whole backtest against a floor without an engine, over the same bytes in the same process.
 *
 * Each round starts from the bytes of a columnar dataset in memory. Floor: decode, split into the
 * two observers' views, apply every row to its book; no strategy, no messages, no log. Backtest:
 * the same decoding, then the whole session: actors, Core, Risk, venue, event log with its hash.
 */
export function backtestBench(): readonly BacktestRow[] {
  const bytes = encodeDataset(benchRows())
  const cases: readonly (readonly [string, (rows: MarketRows) => void])[] = [
    ['floor: decode and two books', (rows) => floor(definition(rows, 'idle'))],
    ['backtest without a strategy', (rows) => void runBacktest(definition(rows, 'idle'))],
    ['backtest, market maker every 100 ms', (rows) => void runBacktest(definition(rows, 'maker'))],
  ]
  const times = cases.map(() => [] as number[])
  let length = 0
  // Interleaved, so that a disturbance of the machine meets all of them.
  for (let round = 0; round < ROUNDS; round++) {
    cases.forEach(([, run], i) => {
      const start = performance.now()
      const { rows } = decodeDataset(bytes)
      run(rows)
      times[i]!.push(performance.now() - start)
      length = rows.length
    })
  }
  const milliseconds = times.map((all) => median(all.slice(5)))
  return cases.map(([name], i) => ({
    name,
    rowsPerSecond: (length / milliseconds[i]!) * 1_000,
    share: milliseconds[0]! / milliseconds[i]!,
  }))
}

function definition(rows: MarketRows, kind: 'idle' | 'maker'): BacktestDefinition {
  const session = {
    name: 'bench',
    instruments: { BTCUSDT: { tickSize: '0.1', lotSize: '0.001', quote: 'USDT' } },
    venue: { fees: { maker: '-0.00005', taker: '0.0007' } },
    risk: { maxPosition: '0.2', maxActiveQuotes: 4 },
  }
  const idle = { name: 'idle', init: () => null, decide: () => ({}) }
  const chosen = kind === 'idle' ? instantiate(idle) : instantiate(strategy)
  return defineBacktest(session, { BTCUSDT: rows }, chosen)
}

function floor({ feed }: BacktestDefinition): void {
  for (const { local, exchange } of feed) {
    apply(local, new WindowBook())
    apply(exchange, new WindowBook({ digested: false }))
  }
}

function apply({ kind, side, price, qty, length }: MarketView, book: WindowBook): void {
  for (let row = 0; row < length; row++) {
    const what = kind[row]!
    if (what === RowKind.CLEAR) book.clear(side[row]! as Side, price[row]!)
    else if (what !== RowKind.TRADE) book.set(side[row]! as Side, price[row]!, qty[row]!)
  }
}

/** The real futures capture where it is at hand, else a made-up market of like size. */
function benchRows(): MarketRows {
  const real = fixtures.path('data/binance/usdm_btcusdt_20240808.npz')
  if (existsSync(real)) return readMarketRows(real)
  return syntheticMarket({ seed: 7, durationSeconds: 330, rowsPerSecond: 1500 })
}

export function formatBacktestBench(rows: readonly BacktestRow[]): string {
  return rows
    .map(({ name, rowsPerSecond, share }) => {
      const millions = (rowsPerSecond / 1e6).toFixed(2).padStart(7)
      return `${name.padEnd(40)} ${millions} M rows/s  ${(share * 100).toFixed(0).padStart(4)} % of the floor`
    })
    .join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(machineHeader())
  console.log(formatBacktestBench(backtestBench()))
}
