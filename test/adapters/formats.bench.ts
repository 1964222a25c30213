/**
 * Speed of reading, hashing, writing and generating market data.
 * `npx tsx --conditions=source test/adapters/formats.bench.ts`
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dataHash } from '../../adapters/market-data/data-hash.ts'
import { readMarketRows } from '../../adapters/market-data/read.ts'
import { writeMarketRows } from '../../adapters/market-data/write.ts'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import { fixtures } from '../kit/fixtures.ts'

const ROUNDS = 7

function time(what: string, run: () => unknown): void {
  const laps: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    run()
    laps.push(performance.now() - start)
  }
  laps.sort((a, b) => a - b)
  const [best, median] = [laps[0]!, laps[ROUNDS >> 1]!].map((ms) => ms.toFixed(1).padStart(7))
  process.stdout.write(`${what.padEnd(34)} best ${best} ms, median ${median} ms\n`)
}

const directory = mkdtempSync(join(tmpdir(), 'escapement-bench-'))
const rows = fixtures.available
  ? readMarketRows(fixtures.path('data/binance/usdm_btcusdt_20240808.npz'))
  : syntheticMarket({ seed: 1, durationSeconds: 345, rowsPerSecond: 1_430 })
process.stdout.write(`${process.version}, ${rows.length} rows, ${ROUNDS} rounds\n`)
for (const format of ['npz', 'npy', 'dataset'] as const) {
  const path = join(directory, `rows.${format}`)
  time(`write ${format}`, () => writeMarketRows(path, rows, format))
  const megabytes = (statSync(path).size / 1e6).toFixed(1)
  time(`read ${format} (${megabytes} MB)`, () => readMarketRows(path))
}
if (fixtures.available) {
  const capture = fixtures.path('data/binance/usdm_btcusdt_20240808.gz')
  time('read capture (gzip)', () => readMarketRows(capture))
}
time('dataHash', () => dataHash(rows))
time('generate 500k rows', () =>
  syntheticMarket({ seed: 1, durationSeconds: 350, rowsPerSecond: 1_430 }),
)
rmSync(directory, { recursive: true })
