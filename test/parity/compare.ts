import type { MarketView } from '@escapement/core'
import type { Sample } from './observer.ts'
import type { RunReport } from './report.ts'

/** What the reference recorded of one run. */
export type Expected = {
  readonly row: Readonly<Record<string, string>>
  readonly fillsCsv: string
  readonly ordersCsv: string | null
  readonly samples: readonly Sample[]
}

/** One difference, ready to print; the first one of a run says most. */
export type Difference = { readonly what: string; readonly found: string; readonly wanted: string }

const FLOATS = ['balance', 'fee', 'trading_volume', 'trading_value'] as const

/** Differences in the order in which they help: fills, orders, samples, then the summary. */
export function compare(
  report: RunReport,
  samples: readonly Sample[],
  expected: Expected,
): Difference[] {
  const { row } = expected
  return [
    ...firstLine('fill', report.fillsCsv, expected.fillsCsv),
    ...(expected.ordersCsv === null
      ? []
      : firstLine('order', report.ordersCsv, expected.ordersCsv)),
    ...firstSample(samples, expected.samples),
    ...Object.entries(report.exact).flatMap(([name, found]) => differs(name, found, row[name])),
    ...FLOATS.flatMap((name) => differsFloat(name, report.float[name] ?? Number.NaN, row[name])),
  ]
}

/** The first line in which two texts differ, named by its number. */
export function firstLine(what: string, found: string, wanted: string): Difference[] {
  if (found === wanted) return []
  const [a, b] = [found.split('\n'), wanted.split('\n')]
  let at = 0
  while (a[at] === b[at]) at++
  return [{ what: `${what} row ${at}`, found: a[at] || 'no row', wanted: b[at] || 'no row' }]
}

function firstSample(found: readonly Sample[], wanted: readonly Sample[]): Difference[] {
  const at = wanted.findIndex((sample, i) => !sameSample(found[i], sample))
  if (at < 0 && found.length === wanted.length) return []
  const i = at < 0 ? wanted.length : at
  const text = (sample: Sample | undefined) => JSON.stringify(sample ?? null)
  return [{ what: `state sample ${i}`, found: text(found[i]), wanted: text(wanted[i]) }]
}

function sameSample(found: Sample | undefined, wanted: Sample): boolean {
  if (found === undefined || !isClose(found.equity, wanted.equity)) return false
  const exact = (sample: Sample) => JSON.stringify({ ...sample, equity: 0 })
  return exact(found) === exact(wanted)
}

function differs(what: string, found: string, wanted: string | undefined): Difference[] {
  return found === wanted ? [] : [{ what, found, wanted: wanted ?? 'nothing' }]
}

function differsFloat(what: string, found: number, wanted: string | undefined): Difference[] {
  if (isClose(found, Number(wanted))) return []
  return [{ what, found: String(found), wanted: wanted ?? 'nothing' }]
}

/** The reference sums simultaneous fills in an order of its own. */
const isClose = (found: number, wanted: number): boolean =>
  Math.abs(found - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted))

const AROUND = 6

/** Market rows of the exchange before and at the time of a fill row, for a person to read. */
export function rowsAround(fillRow: string, view: MarketView, origin: bigint): string[] {
  const at = Number(BigInt(/^\d+/.exec(fillRow)?.[0] ?? origin) - origin)
  let to = 0
  while (to < view.length && view.time[to]! <= at) to++
  const from = Math.max(0, to - AROUND)
  const found: string[] = []
  for (let row = from; row < Math.min(view.length, to + 2); row++) {
    const kind = KINDS[view.kind[row]!] ?? '?'
    const side = view.side[row] === 1 ? 'buy' : view.side[row] === -1 ? 'sell' : 'both'
    const time = BigInt(view.time[row]!) + origin
    found.push(`row ${view.row[row]} ${time} ${kind} ${side} ${view.price[row]} ${view.qty[row]}`)
  }
  return found
}

const KINDS: Readonly<Record<number, string>> = {
  1: 'depth',
  2: 'trade',
  3: 'clear',
  4: 'snapshot',
}
