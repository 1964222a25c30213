import { Core, type CoreEvent, defaultControlRules, parseDecimal } from '@escapement/core'
import { sessionSchema } from '../../../runtime/config/schema.ts'
import { ask, bid, marketEvent } from '../../kit/market.ts'
import type { RuleCounts, Tally } from '../report.ts'
import { type Authority, isObject, type Json } from '../steps/format.ts'
import { refusedField } from '../steps/turn.ts'
import { type Answer, judgeCases } from './cases.ts'
import { EVENT_FIELDS, RISK_FIELDS } from './schema-fields.ts'

type Edit = {
  readonly set?: readonly Json[]
  readonly delete?: readonly Json[]
  readonly value?: Json
}
type SchemaCase = {
  readonly authority: Authority
  readonly base: string
  readonly case: string
  readonly edits: readonly Edit[]
  readonly valid: boolean
}
export type SchemaFile = {
  readonly bases: { readonly [name: string]: Json }
  readonly cases: readonly SchemaCase[]
}

export const SCHEMA_RULES: { readonly [id: string]: string } = {
  'schema/exchange-time': 'events.ts: the time of the Venue orders nothing, so any integer is one',
  'schema/positive-quantity': 'event-codec.ts: a record of a quantity of nothing does not exist',
  'schema/signed-price':
    'risk-engine.ts: Risk asks for a price above 0; a record says what happened',
  'schema/derived-leaves':
    'D18: what remains is derived, so what a report says of it is not relied on',
  'schema/past-due': 'intake.ts: a due time must have come, and nothing else is asked of it',
  'schema/decimal-text': 'schema.ts: an amount is a decimal in quotes, and a text of digits is one',
}

/**
 * The reference's payloads against the boundary of our Core (`intake`) and of our configuration.
 * A case has a counterpart where the field it edits has one (`schema-fields.ts`). None have:
 * currencies and units (an instrument has one of each), correlation ids, unknown fields (ours are
 * typed), trades and depth of books (rows of a view), and Intents (values of a strategy's own
 * code; `decide` checks them and tests of the Core cover it).
 */
export const judgeSchema = ({ bases, cases }: SchemaFile, counts: RuleCounts): Tally =>
  judgeCases(
    cases,
    (one) => `${one.base} ${one.case}`,
    (one) => answer(bases[one.base]!, one),
    counts,
  )

function answer(base: Json, { base: name, edits, valid }: SchemaCase): Answer {
  const fields = name === 'RiskConfig' ? RISK_FIELDS : EVENT_FIELDS[name]
  if (fields === undefined) return 'withoutCounterpart'
  const paths = edits.map((edit) => (edit.set ?? edit.delete ?? []).join('.'))
  if (paths.some((path) => !(path in fields))) return 'withoutCounterpart'
  const payload = edits.reduce((value, edit) => edited(value, edit), base)
  const mapped: Record<string, unknown> = {}
  for (const [path, [field, convert]] of Object.entries(fields)) {
    mapped[field] = convert(at(payload, path.split('.')))
  }
  const found = name === 'RiskConfig' ? acceptsConfig(mapped) : acceptsEvent(name, mapped)
  const rule = paths.length === 1 ? ruleFor(paths[0]!, edits[0]!.value) : null
  return rule === null ? { expected: valid, found } : { expected: valid, found, rule }
}

function ruleFor(path: string, value: Json | undefined): string | null {
  if (typeof value === 'string') return 'schema/decimal-text'
  if (path.startsWith('due_')) return 'schema/past-due'
  if (path === 'ts_ns_exch') return 'schema/exchange-time'
  if (path.startsWith('remaining')) return 'schema/derived-leaves'
  if (/qty/.test(path)) return 'schema/positive-quantity'
  return /price/.test(path) ? 'schema/signed-price' : null
}

function at(value: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((found, name) => {
    return isObject(found) ? found[name] : undefined
  }, value)
}

function edited(value: Json, { set, delete: removed, value: next = null }: Edit): Json {
  const [name, ...rest] = (set ?? removed ?? []).map(String)
  if (name === undefined || !isObject(value)) return next
  const copy: Record<string, Json> = { ...value }
  if (rest.length > 0)
    copy[name] = edited(copy[name] ?? {}, set ? { set: rest, value: next } : { delete: rest })
  else if (removed !== undefined) delete copy[name]
  else copy[name] = next
  return copy
}

const core = new Core(
  {
    version: '1',
    instruments: [
      {
        symbol: 'X',
        kind: 'linear',
        tickSize: parseDecimal('0.5'),
        lotSize: parseDecimal('0.5'),
        contractSize: parseDecimal('1'),
        quote: 'USDC',
        quoteDecimals: 2,
        qtyDecimals: 1,
      },
    ],
    namespaces: ['schema'],
    risk: {},
    rateLimits: {},
    control: defaultControlRules,
  },
  [],
)

/** Fields that the reference's payload has no word for. */
const FILLED = {
  execId: 1,
  lastQty: 1,
  cause: 'unknown',
  causeRow: -1,
  queueBefore: 0,
  queueAfter: 0,
}
const TYPES: { readonly [base: string]: object } = {
  MarketEvent: marketEvent(0, [bid(198, 10), ask(202, 10)]),
  ControlTimeEvent: { type: 'control.time', reason: 'rate' },
  OrderSubmittedEvent: { type: 'order.submitted' },
  OrderCanceledEvent: { type: 'order.canceled', exchTime: 1 },
  OrderRejectedEvent: { type: 'order.rejected', exchTime: 1, reason: '' },
  OrderExpiredEvent: { type: 'order.expired', exchTime: 1, reason: '' },
  FillEvent: { type: 'order.filled', ...FILLED },
  OrderExecutionFeedbackEvent: { type: 'account.updated', exchTime: 1 },
}

function acceptsEvent(base: string, fields: Record<string, unknown>): boolean {
  // The reference leaves an instrument unresolved; for us an unknown one is none of ours.
  const { named = 0, ...rest } = fields
  if (named !== 0) return false
  try {
    core.validate(0, { ...TYPES[base], ...rest } as CoreEvent)
    return true
  } catch (cause) {
    if (refusedField(cause) === null) throw cause
    return false
  }
}

function acceptsConfig(fields: Record<string, unknown>): boolean {
  const config: Record<string, Record<string, unknown>> = { risk: {}, rateLimits: {}, control: {} }
  for (const [path, value] of Object.entries(fields)) {
    const [section, field] = path.split('.') as [string, string]
    if (value !== undefined) config[section]![field] = value
  }
  const { rollingAmount, rollingWindow, ...risk } = config.risk!
  if (rollingAmount !== undefined && rollingWindow !== undefined) {
    risk.maxRollingLoss = { amount: rollingAmount, windowSeconds: rollingWindow }
  }
  return sessionSchema.safeParse({ ...config, name: 'x', instruments: {}, risk }).success
}
