import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { fixtures } from '../kit/fixtures.ts'
import type { EngineCase, Measured } from './engine/engine-case.ts'
import { CAPTURE } from './engine/market.ts'
import { machineHeader, median } from './machine.ts'

/**
 * The engine on recorded rows, beside hftbacktest on the same rows in the same run.
 *
 *   npm run bench -- engine [--peers PYTHON] [--quick]
 *
 * PYTHON is an interpreter with `hftbacktest` and `nautilus_trader` installed; without one our own
 * figures are printed alone. Every measurement has a process of its own; ours and the peer's take turns. Ratios are of
 * processor time, which a second busy process disturbs less than wall time.
 */
type Peer = { readonly depth: 'hashmap' | 'roi'; readonly case: 'idle' | 's1' }
type Line = {
  readonly name: string
  readonly ours: Partial<EngineCase>
  readonly peer: readonly Peer[]
}

const both = (of: Peer['case']): readonly Peer[] => [
  { depth: 'hashmap', case: of },
  { depth: 'roi', case: of },
]

/** What takes long is run once after one run that warms it. */
const lines = (copies: number): readonly Line[] => [
  {
    name: '(a) no strategy, 1 instrument',
    ours: { case: 'idle', copies, rounds: 7 },
    peer: both('idle'),
  },
  { name: '(b) S1, 1 instrument', ours: { case: 's1', copies, rounds: 1 }, peer: both('s1') },
  { name: '(c) S1, 10 instruments', ours: { case: 's1', count: 10 }, peer: both('s1') },
  { name: '(c) S1, 50 instruments', ours: { case: 's1', count: 50, rounds: 1 }, peer: both('s1') },
  {
    name: '(c) S1, 100 instruments',
    ours: { case: 's1', count: 100, rounds: 1 },
    peer: both('s1'),
  },
]

export function engineBench(python: string | null, quick: boolean): string {
  const copies = quick ? 12 : 41
  const table = lines(copies)
    .slice(0, quick ? 3 : undefined)
    .map((line) => compared(line, python, quick || line.ours.rounds === 1 ? 1 : 3))
  return [
    'rows of millions a second of processor time; times hftbacktest (HashMap, ROI vector)',
    ...table,
    ...(python === null ? [] : [nautilusLine(python)]),
    '',
    'worlds over one recorded market against runs of their own, S1 every 2 s',
    ...(quick ? [10] : [1, 10, 100]).map(worldsLine),
    '',
    ...memoryLines(quick),
  ].join('\n')
}

function compared({ name, ours, peer }: Line, python: string | null, turns: number): string {
  const mine: Measured[] = []
  const theirs = peer.map((): Measured[] => [])
  for (let turn = 0; turn < turns; turn++) {
    mine.push(runOurs(ours))
    if (python === null) continue
    peer.forEach((of, i) => void theirs[i]!.push(runPeer(python, of, ours)))
  }
  const speed = speedOf(mine)
  const ratios = theirs.map((all) => (all.length === 0 ? '-' : ratio(speed, speedOf(all))))
  const beside = theirs.map((all) => (all.length === 0 ? '-' : millions(speedOf(all))))
  const { requests, fills } = mine[0]!
  return `${name.padEnd(32)} ${millions(speed)}  ${ratios.join('  ')}  (${beside.join(', ')})  ${requests} requests, ${fills} fills`
}

/** No strategy, one pass over the capture; its event objects are made before the clock starts. */
function nautilusLine(python: string): string {
  const file = fileURLToPath(new URL('peers/nautilus_engine.py', import.meta.url))
  const theirs = run(python, [file, fixtures.path(CAPTURE), '1', '3'])
  const ours = runOurs({ case: 'idle', copies: 10 })
  const [mine, other] = [speedOf([ours]), speedOf([theirs])]
  return `(a) beside NautilusTrader         ${millions(mine)}  ${ratio(mine, other)}  (${millions(other)})`
}

function worldsLine(count: number): string {
  const of = { copies: 1, count, everyMs: 2_000, rounds: count > 10 ? 1 : 3 }
  const alone = runOurs({ ...of, case: 'alone' })
  const worlds = runOurs({ ...of, case: 'worlds' })
  const gain = (alone.cpuSeconds / worlds.cpuSeconds).toFixed(2)
  return `(d) ${String(count).padStart(3)} worlds ${worlds.cpuSeconds.toFixed(2)} s, alone ${alone.cpuSeconds.toFixed(2)} s: ${gain} x as fast`
}

/** Peak memory beyond the rows, and what the heap is asked for, as the rows grow. */
function memoryLines(quick: boolean): readonly string[] {
  const sizes = quick ? [1, 4] : [4, 40]
  return sizes.map((copies) => {
    const { rows, allocatedMiB, peakMiB } = runOurs({ case: 'idle', copies, allocations: true })
    const perMillion = (allocatedMiB! / rows) * 1e6
    return `no strategy, ${(rows / 1e6).toFixed(1)} M rows: ${perMillion.toFixed(2)} MiB allocated a million rows, peak ${peakMiB.toFixed(0)} MiB with the rows in memory`
  })
}

const DEFAULTS: EngineCase = {
  case: 'idle',
  copies: 1,
  count: 1,
  rounds: 3,
  everyMs: 100,
  allocations: false,
}

function runOurs(wanted: Partial<EngineCase>): Measured {
  const file = fileURLToPath(new URL('engine/engine-case.ts', import.meta.url))
  const flags = ['--conditions=source', '--import', 'tsx', file]
  return run(process.execPath, [...flags, JSON.stringify({ ...DEFAULTS, ...wanted })])
}

function runPeer(python: string, peer: Peer, wanted: Partial<EngineCase>): Measured {
  const { copies, count, rounds } = { ...DEFAULTS, ...wanted }
  const file = fileURLToPath(new URL('peers/hftbacktest_engine.py', import.meta.url))
  const args = [fixtures.path(CAPTURE), copies, peer.case, peer.depth, count, rounds]
  return run(python, [file, ...args.map(String)])
}

function run(program: string, args: readonly string[]): Measured {
  const started = performance.now()
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}\n${stderr}`)
  const measured = JSON.parse(stdout.trim().split('\n').at(-1)!) as Measured
  const seconds = ((performance.now() - started) / 1e3).toFixed(0)
  process.stderr.write(`${seconds} s: ${args.slice(-6).join(' ')} ${JSON.stringify(measured)}\n`)
  return measured
}

/** Rows a second of processor time, the median of the turns. */
const speedOf = (all: readonly Measured[]): number =>
  median(all.map(({ rows, cpuSeconds }) => rows / cpuSeconds))

const millions = (speed: number): string => (speed / 1e6).toFixed(2).padStart(6)
const ratio = (ours: number, theirs: number): string => `${(ours / theirs).toFixed(2)} x`

/** The interpreter named on the command line, where it and the capture are at hand. */
export function peerPython(argv: readonly string[]): string | null {
  const at = argv.indexOf('--peers')
  const python = at < 0 ? undefined : argv[at + 1]
  if (python === undefined || !existsSync(python)) return null
  return existsSync(fixtures.path(CAPTURE)) ? python : null
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(machineHeader())
  console.log(engineBench(peerPython(process.argv), process.argv.includes('--quick')))
}
