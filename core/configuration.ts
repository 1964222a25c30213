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
  /** Limits of the whole account. */
  readonly risk: RiskLimits
  /**
   * Further limits of single strategies, by namespace: each is held against what that strategy has
   * open and has traded. Null or absent: only the limits of the account.
   */
  readonly ownRisk?: readonly (OwnRiskLimits | null)[]
  /** Shared by every instrument without a rate of its own. */
  readonly rateLimits: RateLimits
  /** Rates of single instruments, apart from the shared one. Null or absent: the shared one. */
  readonly ownRates?: readonly (RateLimits | null)[]
  readonly control: ControlRules
}

/** Whether a post-only order that would trade is denied or dropped is one rule for the account. */
export type OwnRiskLimits = Omit<RiskLimits, 'postOnlyMode'>

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

/**
 * What a `control.configurationChanged` Event may change. Who has limits or a rate of his own is
 * fixed; a list names every namespace or instrument and null where there are none.
 */
export type ConfigurationChanges = Partial<
  Pick<CoreConfiguration, 'risk' | 'ownRisk' | 'rateLimits' | 'ownRates'>
>

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
  if (changes.ownRisk !== undefined) plain.ownRisk = listOf(changes.ownRisk, riskToPlain)
  if (changes.ownRates !== undefined) plain.ownRates = listOf(changes.ownRates, ratesToPlain)
  return plain
}

/**
 * The inverse of {@link changesToPlain}.
 * @throws ESC_CONFIG_DECIMAL for an amount that is no plain decimal.
 */
export function changesFromPlain(plain: PlainData): ConfigurationChanges {
  const { risk, rateLimits, ownRisk, ownRates } = plain as {
    readonly [K in keyof ConfigurationChanges]?: PlainData
  }
  return {
    ...(risk === undefined ? {} : { risk: riskFromPlain(risk) }),
    ...(rateLimits === undefined ? {} : { rateLimits: ratesFromPlain(rateLimits) }),
    ...(ownRisk === undefined ? {} : { ownRisk: listFrom(ownRisk, riskFromPlain) }),
    ...(ownRates === undefined ? {} : { ownRates: listFrom(ownRates, ratesFromPlain) }),
  }
}

const listOf = <T>(list: readonly (T | null)[], toPlain: (item: T) => PlainData): PlainData =>
  list.map((item) => (item === null ? null : toPlain(item)))

const listFrom = <T>(list: PlainData, fromPlain: (item: PlainData) => T): (T | null)[] =>
  (list as readonly PlainData[]).map((item) => (item === null ? null : fromPlain(item)))

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
