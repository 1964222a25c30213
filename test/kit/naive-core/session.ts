import {
  type ConfigurationChanges,
  type CoreConfiguration,
  defaultControlRules,
  type RateLimits,
  type RiskLimits,
} from '@escapement/core'
import fc from 'fast-check'
import { configuration, inverse, linear } from '../configuration.ts'
import { changes, fitted, ownRatesOf, ownRiskOf, rates, risks } from './limits.ts'
import type { Action, ActionName, Line, Script, TriggerName } from './script.ts'

/** One thing that happens outside the Core; its numbers are read modulo what there is to choose from. */
export type Move = {
  readonly op: Op
  readonly wait: number
  readonly pick: number
  readonly how: number
  readonly much: number
}
export type Op = 'market' | 'venue' | 'order' | 'unlawful' | 'tick' | 'control' | 'change'
export type Session = {
  readonly profile: ProfileName
  readonly configuration: CoreConfiguration
  readonly changes: readonly ConfigurationChanges[]
  readonly scripts: readonly Script[]
  readonly moves: readonly Move[]
  /** Per cent of requests the Venue refuses, and of dispatches that fail. */
  readonly refusals: number
  readonly failures: number
  /** Dispatch records enter after the next Event only. */
  readonly lateRecords: boolean
  /** Denials and anomalies are written back into the stream. */
  readonly audits: boolean
}

type Weights = Partial<Readonly<Record<Op, number>>>
type Profile = {
  readonly ops: Weights
  readonly waits: readonly number[]
  readonly actions?: Partial<Readonly<Record<ActionName, number>>>
  readonly risk?: boolean
  readonly rates?: boolean
  /** Limits of single strategies, rates of single instruments. */
  readonly ownRisk?: boolean
  readonly ownRates?: boolean
  readonly refusals?: number
  readonly burst?: number
  readonly instruments?: number
  readonly strategies?: number
}
const MS = 1_000_000
const LIVELY: Weights = { market: 4, venue: 5, order: 3, tick: 3, control: 0, unlawful: 0 }

const ACTIONS = { new: 8, replace: 4, cancel: 3, sameKey: 1, unknownKey: 1, badTerms: 1 }

/** With keys and chance from the view; failures are rare, since each ends a strategy. */
const OWN_ACTIONS = {
  new: 40,
  replace: 30,
  cancel: 20,
  sameKey: 5,
  unknownKey: 5,
  badTerms: 5,
  freshKey: 40,
  wasteKey: 10,
  draw: 10,
  foreignKey: 1,
  throw: 1,
}

export const PROFILES = {
  quiet: { ops: { ...LIVELY, market: 2 }, waits: [MS, 50 * MS, 400 * MS] },
  bursty: { ops: LIVELY, waits: [0, 0, 0, 1, 1000], burst: 6 },
  rejecting: { ops: LIVELY, waits: [0, MS], refusals: 60 },
  killSwitch: { ops: { ...LIVELY, control: 4 }, waits: [0, MS], rates: true },
  rateLimited: { ops: { ...LIVELY, tick: 6 }, waits: [0, 1, 77 * MS], rates: true, burst: 4 },
  limited: { ops: LIVELY, waits: [0, MS, 30 * MS], risk: true, burst: 3 },
  manyOrders: { ops: LIVELY, waits: [0, 1000], burst: 8, risk: true },
  replaceStorm: {
    ops: LIVELY,
    waits: [0, 1000, MS],
    burst: 6,
    rates: true,
    actions: { new: 2, replace: 8, cancel: 2 },
  },
  unlawful: { ops: { ...LIVELY, unlawful: 6 }, waits: [0, 1000] },
  changing: { ops: { ...LIVELY, change: 3 }, waits: [0, MS, 90 * MS], risk: true, rates: true },
  twoInstruments: { ops: LIVELY, waits: [0, MS], instruments: 2, risk: true, burst: 3 },
  ownLimits: {
    ops: { ...LIVELY, change: 1 },
    waits: [0, MS, 30 * MS],
    strategies: 3,
    instruments: 2,
    risk: true,
    ownRisk: true,
    burst: 3,
  },
  ownRates: {
    ops: { ...LIVELY, tick: 6, change: 1 },
    waits: [0, 1, 77 * MS],
    strategies: 2,
    instruments: 3,
    rates: true,
    ownRates: true,
    burst: 4,
    actions: { new: 6, replace: 6, cancel: 4 },
  },
  ownKeys: {
    ops: { ...LIVELY, control: 1 },
    waits: [0, MS],
    strategies: 3,
    actions: OWN_ACTIONS,
  },
  twoStrategies: { ops: { ...LIVELY, control: 1 }, waits: [0, MS], strategies: 2, rates: true },
  everything: {
    ops: { ...LIVELY, control: 1, unlawful: 1, change: 1 },
    waits: [0, 1, MS, 60 * MS],
    instruments: 2,
    strategies: 2,
    risk: true,
    rates: true,
    ownRisk: true,
    ownRates: true,
    refusals: 20,
    burst: 3,
    actions: OWN_ACTIONS,
  },
} satisfies Readonly<Record<string, Profile>>
export type ProfileName = keyof typeof PROFILES
export const PROFILE_NAMES = Object.keys(PROFILES) as readonly ProfileName[]

/** Sessions of one profile; `size` bounds the number of moves. */
export function sessionsOf(name: ProfileName, size: number): fc.Arbitrary<Session> {
  const profile: Profile = PROFILES[name]
  const instruments = profile.instruments ?? 1
  const strategies = profile.strategies ?? 1
  const parts = {
    profile: fc.constant(name),
    configuration: configurations(profile),
    changes: fc.array(changes(strategies, instruments), { minLength: 1, maxLength: 3 }),
    scripts: fc.array(scripts(profile, instruments), {
      minLength: strategies,
      maxLength: strategies,
    }),
    moves: fc.array(moves(profile), { maxLength: size, size: 'max' }),
    refusals: fc.constant(profile.refusals ?? 5),
    failures: fc.constantFrom(0, 0, 10),
    lateRecords: fc.boolean(),
    audits: fc.boolean(),
  }
  return fc.record(parts).map((session) => ({
    ...session,
    changes: session.changes.map((change) => fitted(change, session.configuration)),
  }))
}

function configurations(profile: Profile): fc.Arbitrary<CoreConfiguration> {
  const { instruments = 1, strategies = 1 } = profile
  return fc
    .record({
      first: fc.constantFrom(linear, inverse),
      risk: profile.risk ? risks() : fc.constant<RiskLimits>({}),
      rateLimits: profile.rates ? rates() : fc.constant<RateLimits>({}),
      ownRisk: profile.ownRisk ? ownRiskOf(strategies) : fc.constant(undefined),
      ownRates: profile.ownRates ? ownRatesOf(instruments) : fc.constant(undefined),
      cancelsPassInflight: fc.boolean(),
      terminalOrdersKept: fc.constantFrom(1, 3, 256),
    })
    .map(({ first, cancelsPassInflight, terminalOrdersKept, ownRisk, ownRates, ...limits }) => {
      const second = first === linear ? inverse : linear
      const all = [first, second, { ...first, symbol: 'THIRD' }].slice(0, instruments)
      const control = { ...defaultControlRules, cancelsPassInflight, terminalOrdersKept }
      const namespaces = ['a', 'b', 'c'].slice(0, strategies)
      return configuration({
        ...limits,
        instruments: all,
        control,
        namespaces,
        ...(ownRisk === undefined ? {} : { ownRisk }),
        ...(ownRates === undefined ? {} : { ownRates }),
      })
    })
}

function scripts(profile: Profile, instruments: number): fc.Arbitrary<Script> {
  return fc.record({
    lines: fc.array(lines(profile, instruments), { maxLength: 60, size: 'max' }),
    trigger: fc.constantFrom<TriggerName>(
      'none',
      'market',
      'market',
      'execution',
      'everyThird',
      'everyThird',
      'condition',
    ),
  })
}

function lines({ burst = 2, actions }: Profile, instruments: number): fc.Arbitrary<Line> {
  const weights = actions ?? ACTIONS
  const op = fc.oneof(
    ...Object.entries(weights).map(([name, weight]) => ({
      weight,
      arbitrary: fc.constant(name as ActionName),
    })),
  )
  const action: fc.Arbitrary<Action> = fc.record({
    op,
    which: fc.nat(5),
    instrument: fc.nat(instruments - 1),
    side: fc.constantFrom(1 as const, -1 as const),
    market: fc.nat(7).map((n) => n === 7),
    timeInForce: fc.constantFrom('GTC', 'GTC', 'postOnly', 'IOC', 'FOK'),
    price: fc.integer({ min: 990, max: 1010 }),
    qty: fc.integer({ min: 1, max: 20 }),
  })
  const wakeIn = fc.constantFrom(0, 1, 500, 2 * MS, 2 * MS, 100 * MS)
  return fc.record({ actions: fc.array(action, { maxLength: burst }), wakeIn })
}

function moves({ ops, waits }: Profile): fc.Arbitrary<Move> {
  const op = fc.oneof(
    ...Object.entries(ops)
      .filter(([, weight]) => weight > 0)
      .map(([name, weight]) => ({ weight, arbitrary: fc.constant(name as Op) })),
  )
  const wait = fc.constantFrom(...waits)
  return fc.record({ op, wait, pick: fc.nat(99), how: fc.nat(99), much: fc.nat(99) })
}
