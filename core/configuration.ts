import { type Decimal, formatDecimal, parseDecimal } from './decimal.ts'
import type { Instrument } from './instrument.ts'
import type { PlainData } from './plain-data.ts'

/**
 * Everything the Core obeys besides the Event Stream. Versioned, fingerprinted, and never changed
 * silently: a change is a `control.configurationChanged` Event. Amounts are exact decimals.
 */
export type CoreConfiguration = {
  readonly version: string
  readonly instruments: readonly Instrument[]
  /** One namespace of order keys a strategy, in order of evaluation. */
  readonly namespaces: readonly string[]
  readonly risk: RiskLimits
  readonly rateLimits: RateLimits
  readonly control: ControlRules
}

/** Absent means no limit. Reaching a limit exactly is allowed, except for the two losses. */
export type RiskLimits = {
  /** Largest absolute position of one instrument, in contracts, counting open orders as filled. */
  readonly maxPosition?: Decimal
  readonly maxSingleOrderNotional?: Decimal
  readonly maxGrossNotional?: Decimal
  readonly maxActiveQuotes?: number
  readonly maxGrossQuoteNotional?: Decimal
  readonly maxNetQuoteNotional?: Decimal
  /** Largest loss against the first known equity, as a positive amount. */
  readonly maxDrawdown?: Decimal
  /** Largest loss within the window, as a positive amount. */
  readonly maxRollingLoss?: { readonly amount: Decimal; readonly windowNs: number }
  readonly minOrderNotional?: Decimal
  /** What happens to a post-only order that would trade: denied, or dropped without a reason. */
  readonly postOnlyMode?: 'reject' | 'drop'
}

/** Requests a second; absent means unlimited, 0 means never. */
export type RateLimits = {
  /** NEW and REPLACE. */
  readonly orders?: Decimal
  readonly cancels?: Decimal
}

/** How the Core behaves where no rule of the market says so. */
export type ControlRules = {
  readonly tradingEnabled: boolean
  /** Lets a CANCEL leave while another request of its order is under way (EC5 excepted). */
  readonly cancelsPassInflight: boolean
  readonly onStrategyFailure: 'halt' | 'disable'
  readonly onAnomaly: 'record' | 'halt'
  /** Terminal orders kept in State before the oldest leaves. */
  readonly terminalOrdersKept: number
  /** State is digested at every decision and at every n-th position. */
  readonly digestEvery: number
}

/** What a `control.configurationChanged` Event may change. */
export type ConfigurationChanges = {
  readonly risk?: RiskLimits
  readonly rateLimits?: RateLimits
}

/** What holds where a configuration says nothing. */
export const defaultControlRules: ControlRules = {
  tradingEnabled: true,
  cancelsPassInflight: false,
  onStrategyFailure: 'halt',
  onAnomaly: 'record',
  terminalOrdersKept: 256,
  digestEvery: 10_000,
}

const AMOUNTS = [
  'maxPosition',
  'maxSingleOrderNotional',
  'maxGrossNotional',
  'maxGrossQuoteNotional',
  'maxNetQuoteNotional',
  'maxDrawdown',
  'minOrderNotional',
] as const

/** Changes as plain data with decimals as text, for State and for the fingerprint. */
export function changesToPlain(changes: ConfigurationChanges): PlainData {
  const plain: Record<string, PlainData> = {}
  if (changes.risk !== undefined) plain.risk = riskToPlain(changes.risk)
  if (changes.rateLimits !== undefined) plain.rateLimits = ratesToPlain(changes.rateLimits)
  return plain
}

/**
 * The inverse of {@link changesToPlain}.
 * @throws ESC_CONFIG_DECIMAL for an amount that is no plain decimal.
 */
export function changesFromPlain(plain: PlainData): ConfigurationChanges {
  const { risk, rateLimits } = plain as { risk?: PlainData; rateLimits?: PlainData }
  return {
    ...(risk === undefined ? {} : { risk: riskFromPlain(risk) }),
    ...(rateLimits === undefined ? {} : { rateLimits: ratesFromPlain(rateLimits) }),
  }
}

/** Risk limits as plain data, amounts as decimal text; absent limits stay absent. */
export function riskToPlain(risk: RiskLimits): PlainData {
  const plain: Record<string, PlainData> = {}
  for (const name of AMOUNTS) {
    const amount = risk[name]
    if (amount !== undefined) plain[name] = formatDecimal(amount)
  }
  if (risk.maxActiveQuotes !== undefined) plain.maxActiveQuotes = risk.maxActiveQuotes
  if (risk.maxRollingLoss !== undefined) {
    const { amount, windowNs } = risk.maxRollingLoss
    plain.maxRollingLoss = { amount: formatDecimal(amount), windowNs }
  }
  if (risk.postOnlyMode !== undefined) plain.postOnlyMode = risk.postOnlyMode
  return plain
}

function riskFromPlain(plain: PlainData): RiskLimits {
  const from = plain as Record<string, PlainData>
  const risk: Record<string, unknown> = { ...from }
  for (const name of AMOUNTS) {
    if (from[name] !== undefined) risk[name] = parseDecimal(String(from[name]), name)
  }
  const rolling = from.maxRollingLoss as { amount: string; windowNs: number } | undefined
  if (rolling !== undefined) {
    risk.maxRollingLoss = { amount: parseDecimal(rolling.amount), windowNs: rolling.windowNs }
  }
  return risk as RiskLimits
}

/** Rate limits as plain data, requests a second as decimal text; absent limits stay absent. */
export function ratesToPlain(limits: RateLimits): PlainData {
  const plain: Record<string, PlainData> = {}
  if (limits.orders !== undefined) plain.orders = formatDecimal(limits.orders)
  if (limits.cancels !== undefined) plain.cancels = formatDecimal(limits.cancels)
  return plain
}

function ratesFromPlain(plain: PlainData): RateLimits {
  const { orders, cancels } = plain as { orders?: string; cancels?: string }
  return {
    ...(orders === undefined ? {} : { orders: parseDecimal(orders) }),
    ...(cancels === undefined ? {} : { cancels: parseDecimal(cancels) }),
  }
}
