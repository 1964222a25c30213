import { CodedError, type Decimal, decimal, toScale } from '@escapement/core'
import { canonicalJson } from '../canonical-json.ts'
import { type ConfigPath, kindOf, pathOf, valueAt } from './config-path.ts'
import { asWritten, exactly, type Written } from './exact.ts'

/** The values of one key, by index. A range of a million values is two decimals and a count. */
export type Axis = {
  readonly key: string
  readonly path: ConfigPath
  readonly length: number
  at(index: number): unknown
}

/**
 * What `experiment.sweeps` says of one key: an object is a range with both ends (`start`, `stop`,
 * `step`) or a number of seeds (`seeds`), a list its values, anything else the one value.
 * @throws ESC_SWEEP_KEY when the key names nothing, or values of another kind than what is there
 * @throws ESC_SWEEP_SPEC when the specification gives no value, or one twice
 */
export function sweepAxis(config: unknown, key: string, spec: unknown): Axis {
  const path = pathOf(config, key)
  const field = `experiment.sweeps.${key}`
  const before = valueAt(config, path)
  const axis = { key, path, ...valuesOf(spec, before, field) }
  // All values of a range are of one kind, and a list is short.
  const seen = Array.isArray(spec) ? spec : axis.length === 0 ? [] : [axis.at(0)]
  for (const value of seen) requireKind(value, before, field)
  return axis
}

type Values = Pick<Axis, 'length' | 'at'>

function valuesOf(spec: unknown, before: unknown, field: string): Values {
  if (Array.isArray(spec)) return listOf(spec, field)
  if (typeof spec !== 'object' || spec === null) return listOf([spec], field)
  const keys = Object.keys(spec).sort().join()
  if (keys === 'start,step,stop') return rangeOf(spec as Range, field)
  if (keys === 'seeds') return seedsFrom(before, (spec as { seeds: unknown }).seeds, field)
  throw wrong(field, `an object of ${keys || 'nothing'}`, '{ start, stop, step } or { seeds }')
}

function listOf(values: readonly unknown[], field: string): Values {
  if (values.length === 0) throw wrong(field, 'an empty list', 'at least one value')
  const seen = new Set<string>()
  for (const value of values) {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw wrong(field, String(value), 'finite numbers')
    }
    const identity = identityOf(value, field)
    if (seen.has(identity)) throw wrong(field, `${JSON.stringify(value)} twice`, 'each value once')
    seen.add(identity)
  }
  return { length: values.length, at: (index) => values[index] }
}

/** Decimals in quotes are equal when their values are: "0.10" is "0.1". */
function identityOf(value: unknown, field: string): string {
  const isDecimal = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)
  return canonicalJson(isDecimal ? asWritten(exactly(value, field), 'string') : value)
}

type Range = { readonly start: Written; readonly stop: Written; readonly step: Written }

/**
 * Values `start + i * step` up to and including `stop`, each computed from its index in exact
 * decimals: nothing is added up, so the last value is not lost to rounding.
 */
function rangeOf(range: Range, field: string): Values {
  const kind = kindOfRange(range, field)
  const from = exactly(range.start, `${field}.start`)
  const to = exactly(range.stop, `${field}.stop`)
  const by = exactly(range.step, `${field}.step`)
  if (by.digits <= 0n) throw wrong(`${field}.step`, String(range.step), 'above 0')
  const count = countOf(from, to, by)
  if (count <= 0) throw wrong(`${field}.stop`, String(range.stop), `at least ${range.start}`)
  return { length: count, at: (index) => asWritten(valueAtIndex(from, by, index), kind) }
}

/** Of `start`, `stop` and `step`, which are written alike. */
function kindOfRange(range: Range, field: string): 'number' | 'string' {
  const kinds = new Set(Object.values(range).map(kindOf))
  const [kind] = kinds
  if (kinds.size === 1 && (kind === 'number' || kind === 'string')) return kind
  throw wrong(field, [...kinds].join(' and '), 'three numbers, or three decimals in quotes')
}

/** How many values a range has; 0 or less when its end lies before its start. */
export function countOf(from: Decimal, to: Decimal, by: Decimal): number {
  const scale = Math.max(from.scale, to.scale, by.scale)
  const units = (value: Decimal): bigint => toScale(value, scale)!
  const span = units(to) - units(from)
  return span < 0n ? 0 : Number(span / units(by)) + 1
}

export function valueAtIndex(from: Decimal, by: Decimal, index: number): Decimal {
  const scale = Math.max(from.scale, by.scale)
  return decimal(toScale(from, scale)! + toScale(by, scale)! * BigInt(index), scale)
}

const SEEDS = 0x1_0000_0000

/** As many consecutive seeds, from the configuration's own on; after the largest comes 0. */
function seedsFrom(before: unknown, count: unknown, field: string): Values {
  if (typeof before !== 'number' || !field.endsWith('seed')) {
    throw wrong(field, 'seeds', 'a range or a list: this is no seed')
  }
  if (!Number.isSafeInteger(count) || (count as number) < 1 || (count as number) > SEEDS) {
    throw wrong(`${field}.seeds`, JSON.stringify(count) ?? 'nothing', `1 to ${SEEDS}`)
  }
  return { length: count as number, at: (index) => (before + index) % SEEDS }
}

export function requireKind(value: unknown, before: unknown, field: string): void {
  if (kindOf(value) === kindOf(before)) return
  throw new CodedError('ESC_SWEEP_KEY', {
    field,
    found: `${JSON.stringify(value)}, a ${kindOf(value)}`,
    needed: `a ${kindOf(before)}, as ${JSON.stringify(before)} of the configuration is`,
  })
}

export const wrong = (field: string, found: string, needed: string): CodedError =>
  new CodedError('ESC_SWEEP_SPEC', { field, found, needed })
