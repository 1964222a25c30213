import { type CodedError, compare, type Decimal, Random, toNumber } from '@escapement/core'
import { exp, ln } from '../../actors/fill-simulator/latency/arithmetic.ts'
import { canonicalJson } from '../canonical-json.ts'
import { kindOf, pathOf, valueAt } from './config-path.ts'
import { asWritten, exactly } from './exact.ts'
import type { RandomSearch } from './experiment-schema.ts'
import type { Axis } from './sweep-axis.ts'
import { countOf, requireKind, valueAtIndex, wrong } from './sweep-axis.ts'

/** Points drawn by chance: for each key the value of each sample. */
export type Samples = { readonly length: number; readonly axes: readonly Axis[] }

/** Draws that may repeat a point before the search is called too large for its space. */
const ATTEMPTS = 1_000

/**
 * Draws distinct points. Keys are drawn in their sorted order from one seeded generator, so a
 * search with more samples begins with the same points.
 * @throws ESC_SWEEP_KEY, ESC_SWEEP_SPEC as a sweep; also when there are fewer points than samples
 */
export function randomSearch(config: unknown, search: RandomSearch): Samples {
  const random = new Random(search.seed)
  const keys = Object.keys(search.of).sort()
  if (keys.length === 0) throw wrong('experiment.random.of', 'nothing', 'at least one key')
  const draws = keys.map((key) => drawOf(config, key, search.of[key]!))
  const points: unknown[][] = []
  const seen = new Set<string>()
  for (let attempts = 0; points.length < search.samples; attempts++) {
    if (attempts === ATTEMPTS) throw tooFew(search.samples, points.length)
    const point = draws.map((draw) => draw(random))
    const identity = canonicalJson(point)
    if (seen.has(identity)) continue
    seen.add(identity)
    points.push(point)
    attempts = -1
  }
  const axes = keys.map((key, column): Axis => {
    const path = pathOf(config, key)
    return { key, path, length: points.length, at: (index) => points[index]![column] }
  })
  return { length: points.length, axes }
}

type Draw = (random: Random) => unknown
type Space = RandomSearch['of'][string]

function drawOf(config: unknown, key: string, space: Space): Draw {
  const field = `experiment.random.of.${key}`
  const before = valueAt(config, pathOf(config, key))
  const kind = kindOf(space.from) as 'number' | 'string'
  if (kindOf(space.to) !== kind || (space.step !== undefined && kindOf(space.step) !== kind)) {
    throw wrong(field, 'numbers and texts', 'numbers, or decimals in quotes')
  }
  const from = exactly(space.from, `${field}.from`)
  const to = exactly(space.to, `${field}.to`)
  const by = space.step === undefined ? null : exactly(space.step, `${field}.step`)
  if (by !== null && by.digits <= 0n) throw wrong(`${field}.step`, String(space.step), 'above 0')
  if (countOf(from, to, by ?? UNIT) <= 0) throw wrong(`${field}.to`, `${space.to}`, 'above from')
  if (by === null && !space.log) throw wrong(field, 'neither step nor log', 'one of both, or both')
  if (space.log && from.digits <= 0n) throw wrong(`${field}.from`, `${space.from}`, 'above 0')
  requireKind(asWritten(from, kind), before, field)
  const draw = space.log ? logarithmic(from, to, by, field) : uniform(from, to, by ?? UNIT)
  return (random) => asWritten(draw(random), kind)
}

const UNIT: Decimal = { digits: 1n, scale: 0 }
/** Uniform in [0, 1) with 53 bits. */
const fine = (random: Random): number =>
  (random.next() * 0x20_0000 + (random.next() >>> 11)) / 0x20_0000_0000_0000

function uniform(from: Decimal, to: Decimal, by: Decimal): (random: Random) => Decimal {
  const count = countOf(from, to, by)
  return (random) => valueAtIndex(from, by, Math.floor(fine(random) * count))
}

/** Equal chance for equal ratios, to six digits or to the step. */
function logarithmic(from: Decimal, to: Decimal, by: Decimal | null, field: string) {
  const [low, high] = [toNumber(from), toNumber(to)]
  const ratio = ln(high / low)
  const most = by === null ? 0 : countOf(from, to, by) - 1
  return (random: Random): Decimal => {
    const value = low * exp(fine(random) * ratio)
    if (by === null) return within(exactly(Number(value.toPrecision(6)), field), from, to)
    const index = Math.round((value - low) / toNumber(by))
    return valueAtIndex(from, by, Math.min(index, most))
  }
}

/** Six digits may lie beyond an end that has more. */
function within(value: Decimal, from: Decimal, to: Decimal): Decimal {
  if (compare(value, from) < 0) return from
  return compare(value, to) > 0 ? to : value
}

function tooFew(samples: number, found: number): CodedError {
  const needed = `at most as many samples as there are points; ${found} were found`
  return wrong('experiment.random.samples', String(samples), needed)
}
