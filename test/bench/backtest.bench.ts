import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import {
  applyRow,
  instantiate,
  type MarketRows,
  type MarketView,
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

const CASES: readonly (readonly [name: string, run: (rows: MarketRows) => void])[] = [
  ['floor: decode and two books', (rows) => floor(definition(rows, 'idle'))],
  ['backtest without a strategy', (rows) => void runBacktest(definition(rows, 'idle'))],
  ['backtest, market maker every 100 ms', (rows) => void runBacktest(definition(rows, 'maker'))],
]
/** Processes a case, taking turns, and rounds in each of which the first ones warm up. */
const TURNS = 3
const ROUNDS = 24
const WARM_UP = 9

/**
 * A whole backtest against a floor without an engine, over the same bytes in the same run.
 *
 * Each round starts from the bytes of a columnar dataset in memory. Floor: decode, split into the
 * two observers' views, apply every row to its book; no strategy, no messages, no log. Backtest:
 * the same decoding, then the whole session: actors, Core, Risk, venue, event log with its hash.
 * Every case runs in processes of its own, so that none runs code that another has warmed or
 * made polymorphic; they take turns, and the median of the turns' medians counts.
 */
export function backtestBench(): readonly BacktestRow[] {
  const times: number[][] = CASES.map(() => [])
  let length = 0
  for (let turn = 0; turn < TURNS; turn++) {
    times.forEach((all, index) => {
      const measured = runAlone(index)
      all.push(measured.milliseconds)
      length = measured.rows
    })
  }
  const milliseconds = times.map(median)
  return CASES.map(([name], i) => ({
    name,
    rowsPerSecond: (length / milliseconds[i]!) * 1_000,
    share: milliseconds[0]! / milliseconds[i]!,
  }))
}

type Measured = { readonly rows: number; readonly milliseconds: number }

/** One case in a process of its own. */
function runAlone(index: number): Measured {
  const file = fileURLToPath(import.meta.url)
  const flags = ['--conditions=source', '--import', 'tsx', file, '--case', String(index)]
  const { stdout, stderr, status } = spawnSync(process.execPath, flags, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Measured
}

function measure(index: number): Measured {
  const bytes = encodeDataset(benchRows())
  const [, run] = CASES[index]!
  const times: number[] = []
  let length = 0
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    const { rows } = decodeDataset(bytes)
    run(rows)
    times.push(performance.now() - start)
    length = rows.length
  }
  return { rows: length, milliseconds: median(times.slice(WARM_UP)) }
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

function apply(view: MarketView, book: WindowBook): void {
  for (let row = 0; row < view.length; row++) applyRow(book, view, row)
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
  const alone = process.argv.indexOf('--case')
  if (alone > 0) console.log(JSON.stringify(measure(Number(process.argv[alone + 1]))))
  else {
    console.log(machineHeader())
    console.log(formatBacktestBench(backtestBench()))
  }
}
