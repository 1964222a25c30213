import {
  type ConfigurationChanges,
  type CoreConfiguration,
  type OwnRiskLimits,
  parseDecimal,
  type RateLimits,
  type RiskLimits,
} from '@escapement/core'
import fc from 'fast-check'

const MS = 1_000_000
const amount = (...texts: string[]) => fc.constantFrom(...texts).map((text) => parseDecimal(text))
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 2 })

/** Amounts around what the scripts trade: 1 to 20 lots near 1,000 ticks of either instrument. */
export function risks(): fc.Arbitrary<RiskLimits> {
  return fc
    .record({
      maxPosition: maybe(amount('0.005', '0.02', '0.0305', '5', '20', '40')),
      maxSingleOrderNotional: maybe(amount('0.01', '0.03', '0.5', '1', '1.5')),
      maxGrossNotional: maybe(amount('0.02', '0.1', '1', '3.3', '6')),
      maxActiveQuotes: maybe(fc.integer({ min: 0, max: 6 })),
      maxGrossQuoteNotional: maybe(amount('0.02', '0.1', '1', '4')),
      maxNetQuoteNotional: maybe(amount('0.02', '0.1', '1', '2.5')),
      maxDrawdown: maybe(amount('0', '0.0001', '0.01', '0.1')),
      maxRollingLoss: maybe(
        fc.record({
          amount: amount('0', '0.0001', '0.01', '0.1'),
          windowNs: fc.constantFrom(256, 5_000, 100 * MS, 1_000 * MS),
        }),
      ),
      minOrderNotional: maybe(amount('0.004', '0.1', '0.4')),
      postOnlyMode: maybe(fc.constantFrom('reject' as const, 'drop' as const)),
    })
    .map(withoutUndefined)
}

export function rates(): fc.Arbitrary<RateLimits> {
  return fc
    .record({
      orders: maybe(amount('0', '0.3', '1', '2.5', '7', '100')),
      cancels: maybe(amount('0', '0.7', '1', '3', '100')),
    })
    .map(withoutUndefined)
}

/** Limits without what only the account has. */
const ownRisks = (): fc.Arbitrary<OwnRiskLimits> =>
  risks().map(({ postOnlyMode: _, ...limits }) => limits)

/** Limits of single strategies: some have none of their own. */
export const ownRiskOf = (strategies: number) => listOf(strategies, fc.option(ownRisks()))

/** Rates of single instruments: some share theirs. */
export const ownRatesOf = (instruments: number) => listOf(instruments, fc.option(rates()))

const listOf = <T>(length: number, of: fc.Arbitrary<T>) =>
  fc.array(of, { minLength: length, maxLength: length })

/** Changes before anybody asked who has limits of his own; see {@link fitted}. */
export function changes(strategies: number, instruments: number) {
  return fc.record({
    parts: fc
      .record({
        risk: maybe(risks()),
        rateLimits: maybe(rates()),
        ownRisk: maybe(listOf(strategies, ownRisks())),
        ownRates: maybe(listOf(instruments, rates())),
      })
      .map(withoutUndefined),
    /** Left as it is, so that the boundary refuses it where somebody has none. */
    misfits: fc.nat(9).map((n) => n === 0),
  })
}
type Change = { readonly parts: ConfigurationChanges; readonly misfits: boolean }

/** The change with null wherever the Configuration has it. */
export function fitted(
  { parts, misfits }: Change,
  { ownRisk = [], ownRates = [] }: CoreConfiguration,
): ConfigurationChanges {
  if (misfits) return parts
  const nulled = <T>(list: readonly T[], fixed: readonly (object | null)[]) =>
    list.map((item, i) => ((fixed[i] ?? null) === null ? null : item))
  return {
    ...parts,
    ...(parts.ownRisk && { ownRisk: nulled(parts.ownRisk, ownRisk) }),
    ...(parts.ownRates && { ownRates: nulled(parts.ownRates, ownRates) }),
  }
}

/** Fast-check gives `undefined` for an absent part; the Configuration wants it absent. */
function withoutUndefined<T extends object>(parts: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const present = Object.entries(parts).filter(([, value]) => value !== undefined)
  return Object.fromEntries(present) as { [K in keyof T]?: NonNullable<T[K]> }
}
