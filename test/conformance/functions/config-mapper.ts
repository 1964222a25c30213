import { formatDecimal } from '@escapement/core'
import { sessionSchema } from '../../../runtime/config/schema.ts'
import type { RuleCounts, Tally } from '../report.ts'
import { type Authority, equalJson, isObject, type Json } from '../steps/format.ts'
import { exact } from '../steps/grid.ts'
import { type Answer, judgeCases } from './cases.ts'

export type MapperCase = {
  readonly authority: Authority
  readonly case: string
  readonly run_config: { readonly [section: string]: Json }
  readonly valid: boolean
}

export const MAPPER_RULES: { readonly [id: string]: string } = {
  'config/decimal-text':
    'D-010, schema.ts: an amount is a decimal in quotes, so that no binary float stands between',
  'config/one-place':
    'schema.ts: metadata stands in one place, so there is nothing to repeat and nothing to conflict',
  'config/own-version':
    'D-011: a configuration is named by its fingerprint, not by a version in it',
}

/**
 * `core.market.instruments` against our configuration's `instruments`. Kinds of errors have no
 * counterpart: ours is one code with field, value found and value needed.
 */
export const judgeMapper = (cases: readonly MapperCase[], counts: RuleCounts): Tally =>
  judgeCases(cases, (one) => one.case, answer, counts)

function answer({ run_config, valid }: MapperCase): Answer {
  const core = isObject(run_config.core) ? run_config.core : {}
  const market = isObject(core.market) ? core.market : {}
  const instruments = market.instruments
  const parsed = sessionSchema.safeParse({ name: 'vector', instruments: ours(instruments) })
  const found = parsed.success && isObject(instruments) && Object.keys(instruments).length > 0
  const rule = ruleFor(run_config, core, instruments)
  return rule === null ? { expected: valid, found } : { expected: valid, found, rule }
}

const FIELDS = {
  tick_size: 'tickSize',
  lot_size: 'lotSize',
  contract_size: 'contractSize',
} as const

/** Numbers as decimal text; anything else as it is, so that our boundary may refuse it. */
function ours(instruments: Json | undefined): Json | undefined {
  if (!isObject(instruments)) return instruments
  const mapped = Object.entries(instruments).map(([name, metadata]) => {
    if (!isObject(metadata)) return [name, metadata] as const
    // Ours has a default for the contract size; the reference's has none.
    const fields: Record<string, Json> = { quote: 'USDC', contractSize: '' }
    for (const [theirs, field] of Object.entries(FIELDS)) {
      const value = metadata[theirs]
      if (value === undefined) continue
      fields[field] = typeof value === 'number' ? formatDecimal(exact(value)) : value
    }
    return [name, fields] as const
  })
  return Object.fromEntries(mapped)
}

function ruleFor(
  { engine }: MapperCase['run_config'],
  core: { readonly [name: string]: Json },
  instruments: Json | undefined,
): string | null {
  const listed = isObject(instruments) ? instruments : {}
  const text = Object.values(listed).some(
    (metadata) => isObject(metadata) && Object.values(metadata).some((v) => typeof v === 'string'),
  )
  if (text) return 'config/decimal-text'
  if (typeof core.version !== 'string' || core.version === '') return 'config/own-version'
  if (!isObject(engine)) return null
  const { instrument, ...repeated } = engine
  const metadata = typeof instrument === 'string' ? listed[instrument] : undefined
  if (!isObject(metadata)) return 'config/one-place'
  const agree = Object.entries(repeated).every(([field, value]) => {
    return !(field in FIELDS) || equalJson(value, metadata[field] ?? null)
  })
  return agree ? null : 'config/one-place'
}
