/**
 * Quick cross-check of the venue against the reference fills, without mailbox, Core or session:
 * the actor is driven by a hand-written loop over the four event sources.
 *
 *   npx tsx --conditions=source test/parity/quick.ts PARITY_DIR DATA_DIR [RUN-substring]
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import {
  type Instrument,
  type MarketRows,
  type MarketView,
  parseDecimal,
  RowFlag,
  unitsPerLot,
} from '@escapement/core'
import { constantLatency, type LatencySource } from '../../actors/fill-simulator/latency-model.ts'
import { tableLatency } from '../../actors/fill-simulator/latency-table.ts'
import { type QueueConfig, queueModel } from '../../actors/fill-simulator/queue-model.ts'
import { quirkPreset } from '../../actors/fill-simulator/quirks.ts'
import { fillSimulator } from '../../actors/fill-simulator.actor.ts'
import { readNpz } from '../../adapters/npz/npz.ts'
import { FourSlots } from '../actors/fill-simulator/four-slots.ts'
import { type Execution, ReferenceStrategy } from '../actors/fill-simulator/reference-strategy.ts'

/** Rows of one observer in ticks. */
function project(rows: MarketRows, flag: number, unitsPerTick: number): MarketView {
  const kept: number[] = []
  for (let row = 0; row < rows.length; row++) if ((rows.flags[row]! & flag) !== 0) kept.push(row)
  const own = flag === RowFlag.EXCHANGE ? rows.exchTime : rows.localTime
  return {
    length: kept.length,
    time: Float64Array.from(kept, (row) => own[row]!),
    exchTime: Float64Array.from(kept, (row) => rows.exchTime[row]!),
    kind: Uint8Array.from(kept, (row) => rows.kind[row]!),
    side: Int8Array.from(kept, (row) => {
      const bits = rows.flags[row]!
      return (bits & RowFlag.BUY) !== 0 ? 1 : (bits & RowFlag.SELL) !== 0 ? -1 : 0
    }),
    price: Int32Array.from(kept, (row) => {
      const price = rows.price[row]!
      return price === 0x7fffffff ? price : price / unitsPerTick
    }),
    qty: Float64Array.from(kept, (row) => rows.qty[row]!),
    row: Uint32Array.from(kept),
  }
}

function latencyOf(name: string, dir: string, originNs: bigint): LatencySource {
  if (name === 'const') return constantLatency({ entryNs: 10_000_000, responseNs: 10_000_000 })
  const file = name === 'intp' ? 'latency_A.csv' : 'latency_R.csv'
  const lines = readFileSync(join(dir, file), 'utf8').trim().split('\n').slice(1)
  const column = (at: number) =>
    BigInt64Array.from(lines, (line) => BigInt(line.split(',')[at]!.trim()))
  return tableLatency({ request: column(0), exchange: column(1), response: column(2), originNs })
}

const QUEUES: Record<string, QueueConfig> = {
  risk: { model: 'riskAverse' },
  log: { model: 'log' },
  power3_3: { model: 'power3', n: 3 },
}

type Data = { rows: MarketRows; exchange: MarketView; local: MarketView; instrument: Instrument }

function load(folder: string, dataDir: string): Data {
  const spot = folder.startsWith('spot')
  const rows = readNpz(join(dataDir, `${folder}.npz`))
  const instrument: Instrument = {
    symbol: 'BTCUSDT',
    kind: 'linear',
    tickSize: parseDecimal(spot ? '0.01' : '0.1'),
    lotSize: parseDecimal(spot ? '0.00001' : '0.001'),
    contractSize: parseDecimal('1'),
    quote: 'USDT',
    quoteDecimals: 10,
    qtyDecimals: rows.qtyDecimals,
  }
  const unitsPerTick = 10 ** (rows.priceDecimals - (spot ? 2 : 1))
  const exchange = project(rows, RowFlag.EXCHANGE, unitsPerTick)
  return { rows, exchange, local: project(rows, RowFlag.LOCAL, unitsPerTick), instrument }
}

function check(
  run: string,
  folder: string,
  stateHash: string,
  parityDir: string,
  data: Data,
): boolean {
  const [name, exchangeModel, ...rest] = run.split('_') as [string, string, ...string[]]
  const latency = rest.pop()!
  const lotUnits = unitsPerLot(data.instrument)
  const venue = fillSimulator({
    instruments: [
      {
        instrument: data.instrument,
        lotUnits,
        fees: { maker: parseDecimal('-0.00005'), taker: parseDecimal('0.0007') },
        queue: queueModel(QUEUES[rest.join('_')]!),
        partialFills: exchangeModel !== 'nopartial',
      },
    ],
    latency: latencyOf(latency, parityDir, data.rows.originNs),
    quirks: quirkPreset('partialfixed'),
  })
  const bench = new FourSlots(venue, data.exchange, data.local, lotUnits)
  const strategy = new ReferenceStrategy(bench, data.rows.originNs)
  const interval = name === 'S1L' ? 2_000_000_000 : 100_000_000
  const start = performance.now()
  while (bench.elapse(interval)) strategy.step(name, 10)
  const wall = performance.now() - start
  const header = 'exch_ts,local_ts,order_id,side,price_tick,qty_lots,maker,order_price_tick'
  const fills = strategy.sortedFills()
  const csv = `${header}\n${fills.map((fill) => csvLine(fill, data.rows.originNs)).join('')}`
  const wanted = gunzipSync(readFileSync(join(parityDir, folder, `${run}.fills.csv.gz`))).toString()
  const sameFills = csv === wanted
  const sameState = strategy.state.hex() === stateHash
  const ok = sameFills && sameState
  const facts = `${fills.length} fills, ${strategy.requests} requests, ${strategy.samples} samples`
  const time = `${wall.toFixed(0)} ms, market ${bench.marketMs.toFixed(0)} ms`
  process.stdout.write(
    `${ok ? 'ok  ' : 'DIFF'} ${folder.slice(0, 4)} ${run}: ${facts}, ${time}` +
      `${sameFills ? '' : ' fills differ'}${sameState ? '' : ' state differs'}\n`,
  )
  if (!sameFills) firstDifference(csv, wanted)
  return ok
}

function csvLine({ report, orderPrice }: Execution, origin: bigint): string {
  const { exchTime, time, key, side, lastPrice, lastQty, liquidity } = report
  const times = `${BigInt(exchTime) + origin},${BigInt(time) + origin}`
  const maker = liquidity === 'maker' ? 1 : 0
  return `${times},${key},${side},${lastPrice},${lastQty},${maker},${orderPrice}\n`
}

function firstDifference(found: string, wanted: string): void {
  const a = found.split('\n')
  const b = wanted.split('\n')
  const at = a.findIndex((line, index) => line !== b[index])
  process.stdout.write(`  row ${at}: found ${a[at]}, wanted ${b[at]}\n`)
}

const [parityDir, dataDir, only = ''] = process.argv.slice(2)
let failed = 0
const runs = readFileSync(join(parityDir!, 'runs.csv'), 'utf8').trim().split('\n').slice(1)
const loaded = new Map<string, Data>()
for (const line of runs) {
  const [folder, run] = line.split(',') as [string, string]
  if (!`${folder}/${run}`.includes(only)) continue
  if (!loaded.has(folder)) loaded.set(folder, load(folder, dataDir!))
  const stateHash = line.slice(line.lastIndexOf(',') + 1)
  if (!check(run, folder, stateHash, parityDir!, loaded.get(folder)!)) failed++
}
process.exitCode = failed > 0 ? 1 : 0
