import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Digest, instantiate, type StrategyInstance } from '@escapement/core'
import type { LogHeader } from '../../actors/ports.ts'
import { LogReader } from '../../adapters/event-log/log-reader.ts'
import { SegmentedLog } from '../../adapters/event-log/segmented-log.ts'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import { type BacktestDefinition, runBacktest } from '../../runtime/backtest.ts'
import { defineBacktest } from '../../runtime/config/define-backtest.ts'
import { EventLog } from '../../runtime/event-log/event-log.ts'
import { strategy as marketMaker } from '../../runtime/strategies/market-maker.ts'
import { machineHeader, median } from './machine.ts'

export type LogBench = {
  readonly singleEventsPerSecond: number
  readonly bytesPerEvent: number
  readonly sessionEventsPerSecond: number
  readonly openAndSeekMs: number
  readonly seekEvents: number
  /** A recorded run to one that is only hashed: of seconds, and of those of the processor. */
  readonly ratios: readonly (readonly [name: string, ratio: number, processorRatio: number])[]
}

const EVENTS = 10_000_000
const ROUNDS = 24
const WARM_UP = 9

/**
 * The event log on a disk, made durable at its end.
 *
 * Single Events: each a report of the Venue and its RESULT, framed, chained and written.
 * Seek: opening a log of ten million of them and reading the first record at a random position.
 * Session: the same run with its log on disk and with the hash alone, taking turns in one process.
 */
export function logBench(): LogBench {
  const folder = mkdtempSync(join(tmpdir(), 'escapement-log-bench-'))
  try {
    const large = join(folder, 'large')
    const seconds = appendSeconds(large, EVENTS)
    const reader = LogReader.open(large)
    const bytes = reader.files.reduce((sum, one) => sum + one.bytes, 0)
    const openAndSeekMs = median(Array.from({ length: 21 }, (_, i) => seekMs(large, i)))
    const [idle, making] = [run(folder, IDLE), run(folder, MAKING)]
    return {
      singleEventsPerSecond: EVENTS / seconds,
      bytesPerEvent: bytes / EVENTS,
      sessionEventsPerSecond: making.eventsPerSecond,
      openAndSeekMs,
      seekEvents: EVENTS,
      ratios: [
        ['without a strategy', idle.ratio, idle.processorRatio],
        ['market maker every 100 ms', making.ratio, making.processorRatio],
      ],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const header: Omit<LogHeader, 'topologyHash'> = {
  schema: 'escapement/log-1',
  software: 'bench',
  originNs: '0',
  seed: 1,
  configFingerprint: '',
  strategies: [],
  data: [],
  market: 'reference',
}

function appendSeconds(folder: string, events: number): number {
  const digest = new Digest()
  digest.u32(1)
  const start = performance.now()
  const sink = new SegmentedLog(folder, header)
  const log = new EventLog(sink)
  for (let position = 0; position < events; position++) {
    const time = position * 1_000
    log.append(position, { type: 'order.accepted', time, exchTime: time, key: position })
    log.commit(position, digest, null)
  }
  log.close()
  sink.close()
  return (performance.now() - start) / 1_000
}

function seekMs(folder: string, i: number): number {
  const position = (i * 7_919_993 + 4_999_999) % EVENTS
  const start = performance.now()
  for (const { record } of LogReader.open(folder).records(position)) {
    if (record.position >= position) return performance.now() - start
  }
  throw new Error(`no record of position ${position}`)
}

const IDLE = instantiate({ name: 'idle', init: () => null, decide: () => ({}) })
const MAKING = instantiate(marketMaker)
let runs = 0

/** The bench market with its log on disk and without, one after the other. */
function run(folder: string, strategy: StrategyInstance) {
  const definition = definitionOf(strategy)
  const rounds = Array.from({ length: ROUNDS }, () => ({
    hashed: measured(definition, null),
    recorded: measured(definition, join(folder, `run-${runs++}`)),
  })).slice(WARM_UP)
  const ratioOf = (name: 'seconds' | 'processorSeconds') =>
    median(rounds.map(({ recorded }) => recorded[name])) /
    median(rounds.map(({ hashed }) => hashed[name]))
  return {
    eventsPerSecond: median(rounds.map(({ recorded: { events, seconds } }) => events / seconds)),
    ratio: ratioOf('seconds'),
    processorRatio: ratioOf('processorSeconds'),
  }
}

function measured(definition: BacktestDefinition, folder: string | null) {
  const start = performance.now()
  const before = process.cpuUsage()
  const sink = folder === null ? null : new SegmentedLog(folder, header)
  const { events } = runBacktest(definition, sink === null ? {} : { sink })
  sink?.close()
  const { user, system } = process.cpuUsage(before)
  const seconds = (performance.now() - start) / 1_000
  return { events, seconds, processorSeconds: (user + system) / 1e6 }
}

function definitionOf(strategy: StrategyInstance): BacktestDefinition {
  const rows = syntheticMarket({ seed: 7, durationSeconds: 330, rowsPerSecond: 1_500 })
  const session = {
    name: 'bench',
    instruments: { BTCUSDT: { tickSize: '0.1', lotSize: '0.001', quote: 'USDT' } },
    venue: { fees: { maker: '-0.00005', taker: '0.0007' } },
    risk: { maxPosition: '0.2', maxActiveQuotes: 4 },
  }
  return defineBacktest(session, { BTCUSDT: rows }, strategy)
}

export function formatLogBench(bench: LogBench): string {
  const millions = (perSecond: number) => (perSecond / 1e6).toFixed(2)
  const { singleEventsPerSecond, bytesPerEvent, openAndSeekMs, ratios } = bench
  return [
    `append, single Events                 ${millions(singleEventsPerSecond)} M Events/s (${bytesPerEvent.toFixed(1)} bytes an Event and its result)`,
    `append, session of a market maker     ${millions(bench.sessionEventsPerSecond)} M Events/s`,
    `open and seek, ${bench.seekEvents / 1e6} M Events            ${openAndSeekMs.toFixed(1)} ms`,
    ...ratios.map(([name, ratio, processorRatio]) => {
      const ofProcessor = `${processorRatio.toFixed(2)} of processor time`
      return `recorded : hashed, ${name.padEnd(26)} ${ratio.toFixed(2)} (${ofProcessor})`
    }),
  ].join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(machineHeader())
  console.log(formatLogBench(logBench()))
}
