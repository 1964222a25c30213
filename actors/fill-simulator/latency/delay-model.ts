import type { Nanos, Random } from '@escapement/core'
import { refuse } from '../refuse.ts'
import { exp, ln, normalQuantile } from './arithmetic.ts'

/**
 * How long one message takes. One draw of `random` a message at most, whatever comes out, so that a
 * bound changes no later message. A model of one's own has a name of its own in `identity`.
 */
export type DelayModel = {
  /** What distinguishes the model; part of the venue's identity. */
  readonly identity: string
  /** An integer of nanoseconds, 0 or more. */
  draw(random: Random): Nanos
}

/** What is drawn is held within `minNs` (0 if absent) and `maxNs`: what lies beyond counts there. */
export type DelayBounds = {
  readonly minNs?: Nanos | undefined
  readonly maxNs?: Nanos | undefined
}

/** A delay as plain data; everything is in nanoseconds but `sigma` and `p`. */
export type DelayConfig =
  | { readonly model: 'constant'; readonly ns: Nanos }
  | ({ readonly model: 'normal'; readonly meanNs: number; readonly sdNs: number } & DelayBounds)
  | ({
      readonly model: 'lognormal'
      readonly medianNs: number
      readonly sigma: number
      readonly baseNs?: number | undefined
    } & DelayBounds)
  | ({
      readonly model: 'exponential'
      readonly meanNs: number
      readonly baseNs?: number | undefined
    } & DelayBounds)
  | ({ readonly model: 'samples'; readonly samplesNs: readonly Nanos[] } & DelayBounds)
  | ({ readonly model: 'quantiles'; readonly quantiles: readonly Quantile[] } & DelayBounds)

/** A share `p` of the messages takes at most `ns`. */
export type Quantile = { readonly p: number; readonly ns: Nanos }

/** A quantile of a distribution, in ns, for 0 < u < 1. */
type Shape = (u: number) => number

/**
 * The delay model of a configuration. With u = (n + 1/2) / 2^32, n the 32 bits drawn, and z the
 * normal quantile of u:
 *
 * - normal: mean + sd z
 * - lognormal: base + median e^(sigma z)
 * - exponential: base - mean ln u
 * - samples: the one at floor(u x count)
 * - quantiles: linear between the two around u
 *
 * each rounded to the nearest integer and held within the bounds.
 * @throws ESC_CONFIG_INVALID when a number cannot be used
 */
export function delayModel(config: DelayConfig, field = 'latency'): DelayModel {
  if (config.model === 'constant') {
    const ns = whole(config.ns, `${field}.ns`)
    return { identity: `constant(${ns})`, draw: () => ns }
  }
  const shape = shapeOf(config, field)
  const least = whole(config.minNs ?? 0, `${field}.minNs`)
  const most = config.maxNs === undefined ? DAY : whole(config.maxNs, `${field}.maxNs`)
  if (most < least) refuse(`${field}.maxNs`, most, `at least minNs, ${least}`)
  const { model: _, ...rest } = config
  return {
    identity: `${config.model}(${JSON.stringify(rest)})`,
    draw(random) {
      const drawn = Math.round(shape((random.next() + 0.5) / 0x1_0000_0000))
      return drawn < least ? least : drawn > most ? most : drawn
    },
  }
}

function shapeOf(config: Exclude<DelayConfig, { model: 'constant' }>, field: string): Shape {
  switch (config.model) {
    case 'normal': {
      const mean = size(config.meanNs, `${field}.meanNs`)
      const sd = size(config.sdNs, `${field}.sdNs`)
      return (u) => mean + sd * normalQuantile(u)
    }
    case 'lognormal': {
      const median = size(config.medianNs, `${field}.medianNs`)
      const base = size(config.baseNs ?? 0, `${field}.baseNs`)
      const { sigma } = config
      if (!(sigma >= 0 && sigma <= 10)) refuse(`${field}.sigma`, sigma, 'a number from 0 to 10')
      return (u) => base + median * exp(sigma * normalQuantile(u))
    }
    case 'exponential': {
      const mean = size(config.meanNs, `${field}.meanNs`)
      const base = size(config.baseNs ?? 0, `${field}.baseNs`)
      return (u) => base - mean * ln(u)
    }
    case 'samples':
      return bySamples(config.samplesNs, field)
    case 'quantiles':
      return byQuantiles(config.quantiles, field)
    default:
      return refuse(`${field}.model`, (config as { model?: unknown }).model, MODELS)
  }
}

const MODELS = 'constant, normal, lognormal, exponential, samples or quantiles'

function bySamples(given: readonly Nanos[], field: string): Shape {
  const samples = Float64Array.from(given, (ns, i) => whole(ns, `${field}.samplesNs[${i}]`))
  if (samples.length === 0) refuse(`${field}.samplesNs`, '[]', 'a list of at least 1')
  return (u) => samples[Math.floor(u * samples.length)]!
}

function byQuantiles(table: readonly Quantile[], field: string): Shape {
  const at = (i: number) => `${field}.quantiles[${i}]`
  const p = Float64Array.from(table, (quantile) => quantile.p)
  const ns = Float64Array.from(table, (quantile, i) => whole(quantile.ns, `${at(i)}.ns`))
  const last = table.length - 1
  if (last < 1) refuse(`${field}.quantiles`, `${table.length} rows`, 'a list of at least 2')
  if (p[0] !== 0) refuse(`${at(0)}.p`, p[0], '0, the least delay')
  if (p[last] !== 1) refuse(`${at(last)}.p`, p[last], '1, the largest delay')
  for (let i = 1; i <= last; i++) {
    if (!(p[i]! > p[i - 1]!)) refuse(`${at(i)}.p`, p[i], `above ${p[i - 1]}`)
    if (ns[i]! < ns[i - 1]!) refuse(`${at(i)}.ns`, ns[i], `at least ${ns[i - 1]}`)
  }
  return (u) => {
    let i = 1
    while (p[i]! < u) i++
    const share = (u - p[i - 1]!) / (p[i]! - p[i - 1]!)
    return ns[i - 1]! + share * (ns[i]! - ns[i - 1]!)
  }
}

/** A message that takes longer is a mistake in the unit. */
const DAY: Nanos = 86_400_000_000_000

function whole(value: number, field: string): Nanos {
  if (Number.isSafeInteger(value) && value >= 0 && value <= DAY) return value
  return refuse(field, value, `an integer from 0 to ${DAY}`)
}

function size(value: number, field: string): number {
  return value >= 0 && value <= DAY ? value : refuse(field, value, `a number from 0 to ${DAY}`)
}
