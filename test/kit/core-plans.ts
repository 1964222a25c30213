import {
  type ConfigurationChanges,
  type ControlRules,
  type CoreConfiguration,
  type OwnRiskLimits,
  parseDecimal,
  type RateLimits,
  type RiskLimits,
  type Side,
} from '@escapement/core'
import { fc } from '@fast-check/vitest'
import { configuration, inverse, linear } from './configuration.ts'

/**
 * Random sessions. A session is a list of moves; playing them turns each into lawful Events, with
 * a Venue that answers what it was asked, in any order, late, or not at all.
 */
export type Move =
  | {
      readonly do: 'market'
      readonly instrument: number
      readonly bid: number
      readonly spread: number
    }
  | { readonly do: 'say'; readonly wishes: readonly Wish[]; readonly wake: number }
  | { readonly do: 'answer'; readonly pick: number; readonly how: number }
  | { readonly do: 'happen'; readonly pick: number; readonly how: number; readonly qty: number }
  | { readonly do: 'wait'; readonly ns: number }
  | { readonly do: 'trading'; readonly on: boolean }
  | { readonly do: 'configure'; readonly changes: FullChanges }
  /** The records of the next step come after the Events of one more move. */
  | { readonly do: 'lag' }
  /** The next request does not leave. */
  | { readonly do: 'fail' }

export type Wish = {
  readonly kind: 'new' | 'replace' | 'cancel'
  readonly pick: number
  readonly side: Side
  readonly price: number
  readonly qty: number
  readonly instrument: number
}

/** Limits for everybody; {@link fitted} takes those away that the Configuration does not give. */
type FullChanges = {
  readonly rateLimits?: RateLimits
  readonly ownRates?: readonly RateLimits[]
  readonly ownRisk?: readonly OwnRiskLimits[]
}

export type Plan = { readonly config: CoreConfiguration; readonly moves: readonly Move[] }
const small = fc.nat(1000)
const side = fc.constantFrom<Side>(1, -1)
const instrument = fc.constantFrom(0, 0, 1)
const rate = fc.constantFrom(undefined, '0', '0.3', '2', '1000')
const limits: fc.Arbitrary<RateLimits> = fc
  .record({ orders: rate, cancels: rate })
  .map(({ orders, cancels }) => ({
    ...(orders === undefined ? {} : { orders: parseDecimal(orders) }),
    ...(cancels === undefined ? {} : { cancels: parseDecimal(cancels) }),
  }))
const wish: fc.Arbitrary<Wish> = fc.record({
  kind: fc.constantFrom('new', 'new', 'new', 'replace', 'replace', 'cancel'),
  pick: small,
  side,
  price: fc.integer({ min: 990, max: 1010 }),
  qty: fc.integer({ min: 1, max: 9 }),
  instrument,
})
const risks: readonly RiskLimits[] = [
  {},
  {},
  { maxPosition: parseDecimal('0.02'), maxActiveQuotes: 4 },
  { maxRollingLoss: { amount: parseDecimal('0.004'), windowNs: 3_000_000_000 } },
]
const ownRisks: readonly OwnRiskLimits[] = [
  {},
  { maxPosition: parseDecimal('0.01'), maxActiveQuotes: 2 },
  { maxDrawdown: parseDecimal('0.003'), maxSingleOrderNotional: parseDecimal('0.7') },
]
/** One for each strategy or instrument, of which there are two. */
const both = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: 2, maxLength: 2 })
const changes: fc.Arbitrary<FullChanges> = fc.oneof(
  fc.record({ rateLimits: limits }),
  fc.record({ ownRates: both(limits) }),
  fc.record({ ownRisk: both(fc.constantFrom(...ownRisks)) }),
)

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('market' as const),
      instrument,
      bid: fc.integer({ min: 990, max: 1009 }),
      spread: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      wishes: fc.array(wish, { minLength: 1, maxLength: 5 }),
      wake: fc.constantFrom(0, 0, 0, 1, 10_000_000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('answer' as const), pick: small, how: fc.nat(9) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('happen' as const),
      pick: small,
      how: fc.nat(9),
      qty: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ns: fc.oneof(fc.constant(0), fc.nat(1000), fc.nat(5_000_000_000)),
    }),
  },
  fc.record({ do: fc.constant('trading' as const), on: fc.boolean() }),
  fc.record({ do: fc.constant('configure' as const), changes }),
  fc.record({ do: fc.constant('lag' as const) }),
  fc.record({ do: fc.constant('fail' as const) }),
)

export const plans = (control: Partial<ControlRules> = {}): fc.Arbitrary<Plan> =>
  fc.record({
    config: fc
      .record({
        limits,
        risk: fc.constantFrom(...risks),
        ownRisk: both(fc.option(fc.constantFrom(...ownRisks))),
        ownRates: both(fc.option(limits)),
        kept: fc.constantFrom(0, 2, 256),
      })
      .map(({ limits: rateLimits, risk, ownRisk, ownRates, kept }) =>
        configuration({
          instruments: [linear, { ...inverse, quoteDecimals: 8 }],
          namespaces: ['puppet', 'quoter'],
          risk,
          ownRisk,
          rateLimits,
          ownRates,
          control: { terminalOrdersKept: kept, ...control },
        }),
      ),
    moves: fc.array(move, { minLength: 5, maxLength: 60, size: 'max' }),
  })

/** The change for those who have limits or a rate of their own. */
export function fitted(
  { ownRates, ownRisk, ...shared }: FullChanges,
  config: CoreConfiguration,
): ConfigurationChanges {
  const owned = <T>(list: readonly T[], owners: readonly (object | null)[] = []) =>
    list.map((item, i) => ((owners[i] ?? null) === null ? null : item))
  return {
    ...shared,
    ...(ownRates === undefined ? {} : { ownRates: owned(ownRates, config.ownRates) }),
    ...(ownRisk === undefined ? {} : { ownRisk: owned(ownRisk, config.ownRisk) }),
  }
}
