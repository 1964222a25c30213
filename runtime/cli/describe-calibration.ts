import type { Calibration, ModelScore, Verdict } from '../calibrate/calibrate.ts'
import type { FamilyFit } from '../calibrate/fit-families.ts'

/** What recorded orders say about the queue, for people. */
export function describeCalibration(name: string, result: Calibration): string {
  const { orders, filled, telling, horizonNs, seed, resamples, families, models, verdict } = result
  const scores = families.map((fit) =>
    models.find(({ family, n }) => family === fit.family && n === fit.n),
  )
  return [
    `${name}: ${orders} stays in a queue, ${filled} of them filled, ${telling} tell models apart`,
    `horizon ${secondsOf(horizonNs)} s, bootstrap of ${resamples} draws with seed ${seed}`,
    '',
    aligned([HEADER, ...families.map((fit, i) => familyRow(fit, scores[i]!))]),
    '',
    describeVerdict(verdict, families),
  ].join('\n')
}

const HEADER: readonly string[] = [
  'model',
  'n',
  '95 %',
  'wrong for, ms',
  'behind by, 95 %',
  'misclassified',
  'log-likelihood',
  'fill time error, mean / median ms',
]

function familyRow(fit: FamilyFit, score: ModelScore): readonly string[] {
  const { family, n, interval, meanLossNs, behindNs } = fit
  const error = [score.meanAbsErrorNs, score.medianAbsErrorNs].map(msOrDash).join(' / ')
  return [
    family,
    n === null ? '-' : String(n),
    interval === null ? '-' : `${interval[0]} to ${interval[1]}`,
    ms(meanLossNs),
    `${ms(behindNs[0])} to ${ms(behindNs[1])}`,
    `${score.onlyActual + score.onlyPredicted} of ${countOf(score)}`,
    score.logLikelihood.toFixed(1),
    error,
  ]
}

/** The result in a sentence. */
export function describeVerdict(verdict: Verdict, families: readonly FamilyFit[]): string {
  if (verdict.kind === 'silent') {
    return 'not distinguishable: every model predicts the same for every order'
  }
  if (verdict.kind === 'notDistinguishable') {
    const [only, ...others] = verdict.families
    if (others.length === 0) return `not distinguishable: ${only}, and any n of it`
    return `not distinguishable: ${[only, ...others].join(', ')}`
  }
  const { family, n } = verdict
  if (n === null) return `best: ${family}, told apart from all others`
  const [low, high] = families.find((fit) => fit.family === family)!.interval!
  return `best: ${family} with n = ${n}, 95 % ${low} to ${high}; told apart from all others`
}

const countOf = ({ bothFilled, onlyActual, onlyPredicted, neither }: ModelScore): number =>
  bothFilled + onlyActual + onlyPredicted + neither

const ms = (ns: number): string => (ns / 1e6).toFixed(2)
const msOrDash = (ns: number | null): string => (ns === null ? '-' : ms(ns))
const secondsOf = (ns: number): string => (ns / 1e9).toFixed(3)

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = HEADER.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
  return rows
    .map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ')}`.trimEnd())
    .join('\n')
}
