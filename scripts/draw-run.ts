import { at, picture, text } from '../runtime/cli/draw-svg.ts'

/** What the picture of a run needs of its fills.csv and equity.csv, by column name. */
export type RunTables = { readonly fills: string; readonly equity: string }

type Series = readonly { readonly time: number; readonly value: number }[]
type Panel = {
  readonly top: number
  readonly height: number
  readonly title: string
  readonly low: number
  readonly high: number
}

const LEFT = 84
const RIGHT = 940
const WIDTH = 970
const HEIGHT = 590

/** Price with fills, position, and equity of the first instrument over session time. */
export function drawRun(name: string, { fills, equity }: RunTables): string {
  const points = rowsOf(equity).filter((row) => row.equity !== '')
  const start = BigInt(points[0]!.time_ns!)
  const seconds = (ns: string) => Number(BigInt(ns) - start) / 1e9
  const last = Math.max(...points.map((row) => seconds(row.time_ns!)))
  const executions = rowsOf(fills).map((row) => ({
    time: seconds(row.time_ns!),
    value: Number(row.price),
    side: row.side!,
  }))
  const tick = tickOf(points, executions)
  const series = (value: (row: Row) => number): Series =>
    points.map((row) => ({ time: seconds(row.time_ns!), value: value(row) }))
  const mids = series((row) => ((Number(row.bid_ticks) + Number(row.ask_ticks)) / 2) * tick)
  const positions = series((row) => Number(row.position_lots))
  const worth = series((row) => Number(row.equity))
  const x = (time: number) => LEFT + (time / last) * (RIGHT - LEFT)
  const price = panel(66, 212, 'price: mid, and fills (blue buys, orange sells)', [
    ...mids,
    ...executions,
  ])
  const position = panel(318, 90, 'position, lots', positions)
  const money = panel(450, 90, 'equity after fees', worth)
  const dots = executions.map(
    ({ time, value, side }) =>
      `<circle class="${side}" cx="${at(x(time))}" cy="${at(y(price, value))}" r="2.4"/>`,
  )
  const count = executions.length
  return picture(WIDTH, HEIGHT, `The run ${name}: price, position, equity`, [
    text(24, 30, 'head', `${name}: ${count} fills in ${Math.round(last)} s of session time`),
    ...[price, position, money].map(frame),
    line('mid', mids, x, price),
    ...dots,
    line('curve', positions, x, position),
    line('curve', worth, x, money),
    ...timeAxis(last, x),
  ])
}

type Row = Readonly<Record<string, string>>

function rowsOf(csv: string): Row[] {
  const [header, ...lines] = csv.trimEnd().split('\n')
  const names = header!.split(',')
  return lines.map((entry) => {
    const cells = entry.split(',')
    return Object.fromEntries(names.map((column, i) => [column, cells[i]!]))
  })
}

/** The price of a tick: prices of fills are decimals, those of the account count ticks. */
function tickOf(points: readonly Row[], executions: Series): number {
  const bid = Number(points[0]!.bid_ticks)
  const ratio = executions[0]!.value / bid
  return 10 ** Math.round(Math.log10(ratio))
}

function panel(top: number, height: number, title: string, series: Series): Panel {
  const values = series.map(({ value }) => value)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const room = (high - low) * 0.06
  return { top, height, title, low: low - room, high: high + room }
}

const y = ({ top, height, low, high }: Panel, value: number): number =>
  top + height - ((value - low) / (high - low)) * height

function frame(of: Panel): string {
  const lines = stepsBetween(of.low, of.high, of.height / 40).map((value) => {
    const where = at(y(of, value))
    const rule = `<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${where}" y2="${where}"/>`
    return rule + text(LEFT - 8, Number(where) + 4, 'right', String(value))
  })
  return lines.join('') + text(LEFT, of.top - 8, 'note', of.title)
}

/** Round values within a range, about `wanted` of them. */
function stepsBetween(low: number, high: number, wanted: number): number[] {
  const rough = (high - low) / wanted
  const unit = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((n) => n * unit).find((n) => n >= rough)!
  const found: number[] = []
  for (let n = Math.ceil(low / step); n * step <= high; n++) {
    found.push(Math.round(n * step * 1e6) / 1e6)
  }
  return found
}

function line(style: string, series: Series, x: (time: number) => number, of: Panel): string {
  const points = series.map(({ time, value }) => `${at(x(time))},${at(y(of, value))}`).join(' ')
  return `<polyline class="${style}" points="${points}"/>`
}

function timeAxis(last: number, x: (time: number) => number): string[] {
  return stepsBetween(0, last, 6).map(
    (time) => `<text class="kind" x="${at(x(time))}" y="${HEIGHT - 20}">${time} s</text>`,
  )
}
