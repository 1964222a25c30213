import { writeSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import type { MarketRows } from '@escapement/core'
import { type BacktestDefinition, runBacktest } from '../../../runtime/backtest.ts'
import { defineBacktest } from '../../../runtime/config/define-backtest.ts'
import { runWorlds } from '../../../runtime/worlds.ts'
import { median } from '../machine.ts'
import { capture, repeated } from './market.ts'
import { idle, requote } from './requote.ts'

/**
 * One case of the engine benchmark in a process of its own; one JSON line on stdout.
 *
 *   node --conditions=source --import tsx engine-case.ts '{"case":"s1","copies":10,...}'
 *
 * Data are decoded and split before anything is timed. A run is the whole session: actors, Core,
 * Risk, gate, simulated Venue, and the event log with its hash.
 */
export type EngineCase = {
  readonly case: 'idle' | 's1' | 'worlds' | 'alone'
  /** Copies of the capture end to end. */
  readonly copies: number
  /** Instruments, each with rows of its own; of `worlds` and `alone` the number of sessions. */
  readonly count: number
  readonly rounds: number
  /** Interval of the strategy in ms. */
  readonly everyMs: number
  /** Instead of timing: what one run allocates. */
  readonly allocations: boolean
}

export type Measured = {
  readonly rows: number
  readonly wallSeconds: number
  readonly cpuSeconds: number
  readonly requests: number
  readonly fills: number
  readonly peakMiB: number
  readonly allocatedMiB: number | null
}

async function measure(wanted: EngineCase): Promise<Measured> {
  const rows = repeated(capture(), wanted.copies)
  const run = runnerOf(rows, wanted)
  // A run of minutes warms itself.
  let seen = wanted.rounds > 1 || wanted.allocations ? run() : null
  if (seen !== null && wanted.allocations) {
    const allocatedMiB = await allocated(run)
    return { ...seen, wallSeconds: 0, cpuSeconds: 0, peakMiB: peak(), allocatedMiB }
  }
  const walls: number[] = []
  const cpus: number[] = []
  for (let round = 0; round < wanted.rounds; round++) {
    const [cpu, wall] = [process.cpuUsage(), performance.now()]
    seen = run()
    walls.push((performance.now() - wall) / 1e3)
    const { user, system } = process.cpuUsage(cpu)
    cpus.push((user + system) / 1e6)
  }
  const seconds = { wallSeconds: median(walls), cpuSeconds: median(cpus) }
  return { ...seen!, ...seconds, peakMiB: peak(), allocatedMiB: null }
}

type Counts = { readonly rows: number; readonly requests: number; readonly fills: number }

function runnerOf(rows: MarketRows, wanted: EngineCase): () => Counts {
  const { count, everyMs } = wanted
  if (wanted.case === 'idle' || wanted.case === 's1') {
    const strategy = wanted.case === 'idle' ? idle() : requote(count, everyMs)
    const definition = definitionOf(rows, count, strategy)
    return () => counted(rows.length * count, runBacktest(definition))
  }
  const one = definitionOf(rows, 1, requote(1, everyMs))
  const definitions = Array.from({ length: count }, () => one)
  if (wanted.case === 'alone') {
    return () => {
      let counts = { rows: 0, requests: 0, fills: 0 }
      for (const definition of definitions) counts = counted(rows.length, runBacktest(definition))
      return { ...counts, rows: rows.length * count }
    }
  }
  return () => {
    let counts = { rows: 0, requests: 0, fills: 0 }
    for (const result of runWorlds(definitions)) counts = counted(rows.length, result)
    return { ...counts, rows: rows.length * count }
  }
}

function definitionOf(
  rows: MarketRows,
  instruments: number,
  strategy: ReturnType<typeof idle>,
): BacktestDefinition {
  const symbols = Array.from({ length: instruments }, (_, i) => `BTC${i}`)
  const terms = { tickSize: '0.1', lotSize: '0.001', quote: 'USDT' }
  const session = {
    name: 'engine',
    instruments: Object.fromEntries(symbols.map((symbol) => [symbol, terms])),
    venue: { fees: { maker: '-0.00005', taker: '0.0007' }, partialFills: false },
  }
  const datasets = Object.fromEntries(symbols.map((symbol) => [symbol, rows]))
  return defineBacktest(session, datasets, strategy)
}

function counted(rows: number, { counters, recording }: ReturnType<typeof runBacktest>): Counts {
  let requests = 0
  for (const count of counters.dispatches.values()) requests += count
  return { rows, requests, fills: recording.fills.length }
}

const peak = (): number => process.resourceUsage().maxRSS / 1024

/** By V8's sampling of allocations, objects that the collector has taken included. */
async function allocated(run: () => void): Promise<number> {
  const session = new Session()
  session.connect()
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: 65_536,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  })
  run()
  const { profile } = await session.post('HeapProfiler.stopSampling')
  return sizeOf(profile.head) / 2 ** 20
}

type SampledNode = { readonly selfSize: number; readonly children: readonly SampledNode[] }

const sizeOf = ({ selfSize, children }: SampledNode): number =>
  children.reduce((total, child) => total + sizeOf(child), selfSize)

writeSync(1, `${JSON.stringify(await measure(JSON.parse(process.argv[2]!) as EngineCase))}\n`)
