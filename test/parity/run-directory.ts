import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { CodedError } from '@escapement/core'
import { constantLatency } from '../../actors/fill-simulator/latency-model.ts'
import { type Cases, type RunRow, readCases, readRuns, type SyntheticCase } from './cases.ts'
import { compare, type Difference, firstLine, rowsAround } from './compare.ts'
import type { Observer, Sample } from './observer.ts'
import { runParity } from './parity-session.ts'
import { reportOf } from './report.ts'
import { latencyOf, type Market, marketOf, readMarket, sessionOf } from './setup.ts'
import { checksum, generateRows } from './synthetic.ts'

/** The verdict on one run: no line is a pass. */
export type Verdict = { readonly name: string; readonly facts: string; readonly problems: string[] }

export type Selection = {
  readonly dataDir: string
  /** Runs whose `folder/run` holds this text. */
  readonly only: string
  /** Of the selected runs, those whose index leaves this remainder. */
  readonly share: { readonly index: number; readonly of: number }
}

/** Runs every case of a parity directory through the session and compares all that is recorded. */
export function* runDirectory(dir: string, selection: Selection): Generator<Verdict> {
  const cases = readCases(dir)
  const markets = new Map<string, Market>()
  let index = 0
  const isMine = (name: string) =>
    name.includes(selection.only) && index++ % selection.share.of === selection.share.index
  for (const row of readRuns(dir)) {
    if (isMine(`${row.dir}/${row.run}`)) yield runRecorded(dir, cases, row, markets, selection)
  }
  for (const file of cases.synthetic?.files ?? []) {
    if (isMine(`synthetic/${file}`)) yield runSynthetic(dir, cases.synthetic!, file)
  }
}

function runRecorded(
  dir: string,
  cases: Cases,
  row: RunRow,
  markets: Map<string, Market>,
  { dataDir }: Selection,
): Verdict {
  const [name, run] = [row.dir!, row.run!]
  const folder = known(cases.folders, name, 'folders')
  const market = markets.get(name) ?? readMarket(folder, cases.fees, dataDir)
  // The runs of a folder stand together: one market is in memory at a time.
  if (!markets.has(name)) markets.clear()
  markets.set(name, market)
  const latency = known(cases.latency, row.latency!, 'latency')
  const session = sessionOf(market, {
    // A run may have another interval than its strategy has by itself.
    strategy: {
      ...known(cases.strategies, row.strategy!, 'strategies'),
      intervalNs: Number(row.interval_ns),
    },
    exchange: row.exchange!,
    formula: known(cases.queues, row.queue!, 'queues'),
    fees: cases.fees,
    latency: latencyOf(latency, folder, dir, market.origin),
  })
  const { core, observer } = runParity(session)
  const money = { tick: folder.tick, lot: folder.lot, contractSize: folder.asset.contractSize }
  const report = reportOf(core, observer, market.origin, money)
  const differences = compare(report, observer.samples, {
    row,
    fillsCsv: gunzipped(join(dir, name, `${run}.fills.csv.gz`)),
    ordersCsv: optional(join(dir, name, `${run}.orders.csv.gz`)),
    samples: samplesOf(join(dir, name, `${run}.json`)),
  })
  return verdict(`${name}/${run}`, report.fills.length, differences, market)
}

function runSynthetic(dir: string, synthetic: SyntheticCase, file: string): Verdict {
  const rows = generateRows(synthetic)
  const sum = checksum(rows)
  const name = `synthetic/${file}`
  if (sum !== synthetic.checksum) {
    const found = { what: 'checksum of the rows', found: sum, wanted: synthetic.checksum }
    return verdict(name, 0, [found], null)
  }
  const [, exchange = '', queue = ''] = /^fills_([a-z]+)_(\w+)\.csv/.exec(file) ?? []
  const market = marketOf(rows, synthetic, synthetic.fees)
  const session = sessionOf(market, {
    strategy: synthetic.strategy,
    exchange,
    formula: known(synthetic.queues, queue, 'synthetic.queues'),
    fees: synthetic.fees,
    latency: constantLatency(synthetic),
  })
  const { core, observer } = runParity(session)
  const money = { ...synthetic, contractSize: synthetic.asset.contractSize }
  const { fills } = reportOf(core, observer, market.origin, money)
  const lines = fills.map(({ fill }) => {
    const maker = fill.liquidity === 'maker' ? 1 : 0
    const of = [BigInt(fill.exchTime) + market.origin, fill.key, fill.side, fill.lastPrice]
    return [...of, fill.lastQty, fill.leavesQty, maker].join(',')
  })
  const found = [synthetic.columns.join(','), ...lines].join('\n')
  const wanted = gunzipped(join(dir, 'synthetic', file)).trimEnd()
  const differences = [
    ...firstLine('fill', found, wanted),
    ...totals(dir, `${exchange}_${queue}`, observer, core.view.positionOf()),
  ]
  return verdict(name, fills.length, differences, market)
}

/** The line of `summary.txt` about a run, where there is one. */
function totals(dir: string, run: string, observer: Observer, position: number): Difference[] {
  const file = join(dir, 'synthetic', 'summary.txt')
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  const line = lines.find((text) => text.startsWith(`${run} `)) ?? ''
  const { requests, fills, steps } = observer
  const found: Readonly<Record<string, number>> = {
    steps,
    reqs: requests.new + requests.cancel + requests.replace,
    fills: fills.length,
    qty: fills.reduce((total, { fill }) => total + fill.lastQty, 0),
    local_pos: position,
  }
  return [...line.matchAll(/(\w+)=(-?\d+)/g)].flatMap(([, what = '', wanted = '']) => {
    const value = found[what]
    return value === undefined || String(value) === wanted
      ? []
      : [{ what, found: String(value), wanted }]
  })
}

function verdict(
  name: string,
  fills: number,
  differences: readonly Difference[],
  market: Market | null,
): Verdict {
  const [first] = differences
  if (first === undefined) return { name, facts: `${fills} fills`, problems: [] }
  const problems = differences
    .slice(0, 4)
    .flatMap(({ what, found, wanted }) => [`${what}: found  ${found}`, `${what}: wanted ${wanted}`])
  const isRow = first.what.startsWith('fill row') && market !== null
  const earlier = [first.found, first.wanted].filter((line) => /^\d/.test(line)).sort()[0]
  if (isRow && earlier !== undefined) {
    problems.push(...rowsAround(earlier, market.feed.exchange, market.origin))
  }
  return { name, facts: `${fills} fills`, problems }
}

function known<T>(entries: Readonly<Record<string, T>>, name: string, field: string): T {
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined
  if (entry !== undefined) return entry
  const needed = Object.keys(entries).join(', ')
  throw new CodedError('ESC_CONFIG_INVALID', { field, found: name, needed })
}

const gunzipped = (file: string): string => gunzipSync(readFileSync(file)).toString()

const optional = (file: string): string | null => (existsSync(file) ? gunzipped(file) : null)

function samplesOf(file: string): readonly Sample[] {
  return (JSON.parse(readFileSync(file, 'utf8')) as { state_samples: Sample[] }).state_samples
}
