import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DirectoryStore } from '../../adapters/experiment-directory/directory-store.ts'
import { runBacktest } from '../../runtime/backtest.ts'
import { runEnvironment } from '../../runtime/cli/experiment/code-identity.ts'
import { type PlannedFile, planFile } from '../../runtime/cli/experiment/plan-file.ts'
import { WorkerPool } from '../../runtime/cli/experiment/worker-pool.ts'
import { prepareConfig } from '../../runtime/cli/prepare-backtest.ts'
import { definer } from '../../runtime/experiment/plan.ts'
import { claim, pendingJobs, runExperiment } from '../../runtime/experiment/run-experiment.ts'
import { fixtures } from '../kit/fixtures.ts'
import { median } from './machine.ts'

const WORKERS = 2
/** Single runs that are timed, after others that warm the process. */
const [WARM_UP, SAMPLE] = [5, 15]

/** Time on the wall, and of all processors: the second does not depend on who else is busy. */
type Times = { readonly wall: number; readonly cpu: number }

type SweepFigures = {
  readonly points: number
  readonly rows: number
  readonly plan: Times
  readonly start: Times
  readonly sweep: Times
  /** One after the other in one warm process, each from the decoded rows; extrapolated. */
  readonly fromRows: Times
  /** The same with the two observers' views split beforehand as well. */
  readonly fromFeed: Times
}

/**
 * A sweep of the market maker, deciding every two seconds, on two workers, against as many single
 * runs in one process that is warm and has the data decoded. Planning, the start of threads and
 * their decoding are timed apart; the sweep's own time includes writing and counting its results.
 */
export async function sweepBench(quick: boolean): Promise<string> {
  const points = quick ? 60 : 1_000
  const folder = mkdtempSync(join(tmpdir(), 'escapement-sweep-bench-'))
  try {
    const file = join(folder, 'e.json')
    writeFileSync(file, JSON.stringify(experiment(points)))
    const planned = await timed(() => planFile(file))
    const single = await singleRuns(planned.value)
    const sweep = await sweepRun(planned.value, join(folder, 'out'))
    return formatSweepBench({ points, plan: planned.times, ...single, ...sweep })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function timed<T>(work: () => T | Promise<T>) {
  const [started, used] = [performance.now(), process.cpuUsage()]
  const value = await work()
  const wall = (performance.now() - started) / 1_000
  const { user, system } = process.cpuUsage(used)
  return { value, times: { wall, cpu: (user + system) / 1e6 } }
}

function experiment(points: number) {
  const real = fixtures.path('data/binance/usdm_btcusdt_20240808.npz')
  const made = { seed: 7, durationSeconds: 330, rowsPerSecond: 1500 }
  const entry = existsSync(real) ? { path: real } : { synthetic: made }
  const axis = (length: number) => ({ start: 1, stop: length, step: 1 })
  return {
    name: 'bench',
    data: [{ ...entry, instrument: 'BTCUSDT' }],
    instruments: { BTCUSDT: { tickSize: '0.1', lotSize: '0.001', quote: 'USDT' } },
    venue: { fees: { maker: '-0.00005', taker: '0.0007' } },
    strategy: {
      module: 'builtin:market-maker',
      params: { intervalMs: 2_000, offsetTicks: 1, qtyLots: 1, maxPositionLots: 100 },
    },
    experiment: {
      version: 1,
      id: 'bench',
      sweeps: {
        'strategy.params.offsetTicks': axis(20),
        'strategy.params.qtyLots': axis(points / 20),
      },
    },
  }
}

async function singleRuns({ plan, base }: PlannedFile) {
  const define = definer(plan)
  const place = join(base, 'e.json')
  const first = await prepareConfig(define(plan.runs[0]!).config, place)
  const fromRows: Times[] = []
  const fromFeed: Times[] = []
  for (let i = 0; i < WARM_UP + SAMPLE; i++) {
    const { config } = define(plan.runs[(i * 37) % plan.runs.length]!)
    const { value, times } = await timed(async () => {
      const data = { data: (_: unknown, n: number) => first.data[n]! }
      const prepared = await prepareConfig(config, place, false, data)
      runBacktest(prepared.definition)
      return prepared
    })
    fromRows.push(times)
    fromFeed.push((await timed(() => runBacktest(value.definition))).times)
  }
  const all = (times: readonly Times[]): Times => ({
    wall: median(times.slice(WARM_UP).map(({ wall }) => wall)) * plan.runs.length,
    cpu: median(times.slice(WARM_UP).map(({ cpu }) => cpu)) * plan.runs.length,
  })
  return { rows: first.rows, fromRows: all(fromRows), fromFeed: all(fromFeed) }
}

async function sweepRun({ plan, base }: PlannedFile, out: string) {
  const store = new DirectoryStore(out)
  const jobs = await pendingJobs(plan, store)
  const start = { base, out, keep: 'none', environment: runEnvironment() } as const
  const pool = await timed(() => WorkerPool.start(start, jobs, WORKERS))
  try {
    const { value, times } = await timed(async () => {
      await claim(plan, store, {})
      return runExperiment(plan, store, pool.value, jobs)
    })
    if (value.status !== 'success') throw new Error(`the sweep ended as ${value.status}`)
    return { start: pool.times, sweep: times }
  } finally {
    await pool.value.close()
  }
}

function formatSweepBench(figures: SweepFigures): string {
  const { points, rows, fromRows, fromFeed, sweep, plan, start } = figures
  const each = (seconds: number) => ((seconds / points) * 1_000).toFixed(1).padStart(6)
  const line = (name: string, { wall, cpu }: Times) =>
    `${name.padEnd(46)} ${wall.toFixed(1).padStart(6)} s ${each(wall)} ms each, ${each(cpu)} ms of CPU`
  const ratio = ({ wall }: Times) => `${(wall / sweep.wall).toFixed(1)} x`
  return [
    `${points} points of ${rows} rows, ${WORKERS} workers; single runs extrapolated from ${SAMPLE}`,
    line('single runs in one process, from decoded rows', fromRows),
    line('single runs in one process, from a split feed', fromFeed),
    line('sweep, results written and counted', sweep),
    `apart: plan ${plan.wall.toFixed(1)} s, threads and their decoding ${start.wall.toFixed(1)} s`,
    `sweep is faster by ${ratio(fromRows)} from rows, ${ratio(fromFeed)} from a split feed`,
  ].join('\n')
}
