import type { Calibration } from '../calibrate/calibrate.ts'
import { PLAIN_FAMILIES, POWER_FAMILIES } from '../calibrate/candidates.ts'
import { NEVER_FILLED } from '../calibrate/predict.ts'
import { describeVerdict } from './describe-calibration.ts'
import { at, picture, text } from './draw-svg.ts'

type Frame = {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly x: (value: number) => number
  readonly y: (value: number) => number
}

const [WIDTH, HEIGHT] = [970, 470]

/** Score against n for each family with the interval of the best, and fill times of the best model. */
export function drawCalibration(name: string, result: Calibration): string {
  const { families, orders, verdict } = result
  const [best] = families
  const label = best!.n === null ? best!.family : `${best!.family} n = ${best!.n}`
  return picture(
    WIDTH,
    HEIGHT,
    `Calibration of the queue model on ${name}`,
    [
      text(24, 30, 'head', `${name}: ${orders} stays in a queue`),
      text(24, 50, 'note', describeVerdict(verdict, families)),
      ...scorePanel(result),
      ...fillPanel(result, label),
    ],
    STYLE,
  )
}

function scorePanel({ models, families }: Calibration): string[] {
  const worst = Math.max(...models.map(({ meanLossNs }) => meanLossNs)) / 1e6
  const top = worst === 0 ? 1 : worst * 1.05
  const frame = frameOf(70, 520, 100, 400, [1, 16], [0, top])
  const of = (family: string) =>
    models
      .filter((model) => model.family === family)
      .map(({ n, meanLossNs }) => ({ n: n ?? 0, ms: meanLossNs / 1e6 }))
      .sort((a, b) => a.n - b.n)
  const curves = POWER_FAMILIES.map((family, i) => {
    const points = of(family).map(({ n, ms }) => `${at(frame.x(n))},${at(frame.y(ms))}`)
    return `<polyline class="family f${i}" points="${points.join(' ')}"/>`
  })
  const levels = PLAIN_FAMILIES.map((family, i) => {
    const y = at(frame.y(of(family)[0]!.ms))
    return `<line class="family level l${i}" x1="${frame.left}" x2="${frame.right}" y1="${y}" y2="${y}"/>`
  })
  return [
    text(frame.left, 88, 'note', 'ms for which the model is wrong about an order, against n'),
    ...intervalOf(families, frame),
    ...axes(frame, steps(0, top, 6), [1, 2, 4, 6, 8, 10, 12, 14, 16], ''),
    ...levels,
    ...curves,
    ...legend(frame),
  ]
}

/** The band of the best power family, and a mark at its n. */
function intervalOf(families: Calibration['families'], frame: Frame): string[] {
  const fit = families.find(({ interval }) => interval !== null)!
  const which = (POWER_FAMILIES as readonly string[]).indexOf(fit.family)
  const [low, high] = fit.interval!
  const [left, right] = [frame.x(low), frame.x(high)]
  const width = Math.max(2, right - left)
  const height = frame.bottom - frame.top
  return [
    `<rect class="band f${which}" x="${at(left)}" y="${frame.top}" width="${at(width)}" height="${height}"/>`,
    `<circle class="mark f${which}" cx="${at(frame.x(fit.n!))}" cy="${at(frame.y(fit.meanLossNs / 1e6))}" r="4"/>`,
  ]
}

function legend({ left, bottom }: Frame): string[] {
  const entries = [
    ...POWER_FAMILIES.map((family, i) => [family, `f${i}`] as const),
    ...PLAIN_FAMILIES.map((family, i) => [family, `level l${i}`] as const),
  ]
  let x = left
  return entries.flatMap(([family, style]) => {
    const [from, y] = [x, bottom + 48]
    x += 38 + family.length * 7
    return [
      `<line class="family ${style}" x1="${from}" x2="${from + 16}" y1="${y - 4}" y2="${y - 4}"/>`,
      text(from + 20, y, 'note', family),
    ]
  })
}

function fillPanel({ fills, horizonNs }: Calibration, label: string): string[] {
  const pairs = fills
    .filter(({ stay, predicted }) => stay.filledAt !== null && predicted !== NEVER_FILLED)
    .map(({ stay, predicted }) => [stay.filledAt! - stay.from, predicted - stay.from] as const)
  const last = Math.max(...pairs.flat(), horizonNs / 1e3) / 1e9
  const frame = frameOf(590, 940, 100, 400, [0, last], [0, last])
  const dots = pairs.map(
    ([actual, predicted]) =>
      `<circle class="dot" cx="${at(frame.x(actual / 1e9))}" cy="${at(frame.y(predicted / 1e9))}" r="2.4"/>`,
  )
  const marks = steps(0, last, 5)
  return [
    text(frame.left, 88, 'note', `time to the first fill: actual across, ${label} up`),
    ...axes(frame, marks, marks, ' s'),
    `<line class="mid" x1="${frame.left}" y1="${frame.bottom}" x2="${frame.right}" y2="${frame.top}"/>`,
    ...dots,
  ]
}

function frameOf(
  left: number,
  right: number,
  top: number,
  bottom: number,
  [fromX, toX]: readonly [number, number],
  [fromY, toY]: readonly [number, number],
): Frame {
  const x = (value: number) => left + ((value - fromX) / (toX - fromX)) * (right - left)
  const y = (value: number) => bottom - ((value - fromY) / (toY - fromY)) * (bottom - top)
  return { left, right, top, bottom, x, y }
}

function axes(
  { left, right, bottom, x, y }: Frame,
  rows: readonly number[],
  columns: readonly number[],
  unit: string,
): string[] {
  const rules = rows.map((value) => {
    const where = at(y(value))
    const rule = `<line class="grid" x1="${left}" x2="${right}" y1="${where}" y2="${where}"/>`
    return rule + text(left - 8, Number(where) + 4, 'right', String(value))
  })
  const labels = columns.map((value) => text(x(value), bottom + 20, 'kind', `${value}${unit}`))
  return [...rules, ...labels]
}

/** Round values within a range, about `wanted` of them. */
function steps(low: number, high: number, wanted: number): number[] {
  const unit = 10 ** Math.floor(Math.log10((high - low) / wanted))
  const step = [1, 2, 5, 10].map((n) => n * unit).find((n) => n >= (high - low) / wanted)!
  const found: number[] = []
  for (let n = Math.ceil(low / step); n * step <= high; n++)
    found.push(Number((n * step).toPrecision(6)))
  return found
}

const STYLE = `
svg { --third: #1a7f37; }
@media (prefers-color-scheme: dark) { svg { --third: #3fb950; } }
.family { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.family.f0 { stroke: var(--buy); }
.family.f1 { stroke: var(--sell); }
.family.f2 { stroke: var(--third); }
.level { stroke: var(--soft); stroke-width: 1.4; }
.level.l0 { stroke-dasharray: 8 4; }
.level.l1 { stroke-dasharray: 2 3; }
.level.l2 { stroke-dasharray: 6 3 1 3; }
.band { opacity: 0.14; }
.f0.band, .f0.mark { fill: var(--buy); }
.f1.band, .f1.mark { fill: var(--sell); }
.f2.band, .f2.mark { fill: var(--third); }
.dot { fill: var(--buy); opacity: 0.6; }
`
