import { type Instrument, parseDecimal } from '@escapement/core'
import fc from 'fast-check'
import type { QueueConfig } from '../../../actors/fill-simulator/queue-model.ts'
import { noQuirks, type Quirks, quirkPreset } from '../../../actors/fill-simulator/quirks.ts'
import type { Row } from '../../actors/fill-simulator/probe.ts'
import { drawnFeeds } from './drawn-feed.ts'
import { drawnOrderFeeds } from './drawn-orders.ts'
import { type Asked, drawnRequests } from './drawn-requests.ts'
import type { NaiveRules } from './naive-desk.ts'

/** A short day at the venue: its rules, its feeds, and what was asked of it. */
export type ExchangeSession = {
  readonly instruments: readonly NaiveRules[]
  readonly quirks: Quirks
  /** Latencies by time, modulo the length; a negative entry loses the request. */
  readonly entries: readonly number[]
  readonly responses: readonly number[]
  /** By instrument. */
  readonly feeds: readonly (readonly Row[])[]
  readonly asked: readonly Asked[]
}

const names = Object.keys(noQuirks) as (keyof Quirks)[]

/** Our default, each quirk of the reference alone, and its presets. */
export const QUIRK_PROFILES: Readonly<Record<string, Quirks>> = {
  none: noQuirks,
  ...Object.fromEntries(names.map((name) => [name, { ...noQuirks, [name]: true }])),
  partialfixed: quirkPreset('partialfixed'),
  hftbacktest: quirkPreset('hftbacktest'),
}

const linear: Instrument = {
  symbol: 'LIN',
  kind: 'linear',
  tickSize: parseDecimal('0.5'),
  lotSize: parseDecimal('1'),
  contractSize: parseDecimal('1'),
  quote: 'USD',
  quoteDecimals: 4,
  qtyDecimals: 0,
}
/** Displays tenths of a lot, so that quantities of the book are hardly ever whole lots. */
const fine: Instrument = {
  ...linear,
  symbol: 'FINE',
  lotSize: parseDecimal('0.01'),
  quoteDecimals: 5,
  qtyDecimals: 3,
}
const inverse: Instrument = {
  ...linear,
  symbol: 'INV',
  kind: 'inverse',
  contractSize: parseDecimal('10'),
  quote: 'BTC',
  quoteDecimals: 8,
}
const FEES = { maker: parseDecimal('-0.00015'), taker: parseDecimal('0.00055') }
/** The instruments there are, with units per lot. */
export const LISTED = {
  linear: { instrument: linear, lotUnits: 1, fees: FEES },
  fine: { instrument: fine, lotUnits: 10, fees: FEES },
  inverse: { instrument: inverse, lotUnits: 1, fees: FEES },
} as const

const queue = fc.constantFrom<QueueConfig>(
  { model: 'riskAverse' },
  { model: 'riskAverse' },
  { model: 'log' },
  { model: 'log2' },
  ...(['power', 'power2', 'power3'] as const).flatMap((model) =>
    [1, 2, 3, 7].map((n) => ({ model, n })),
  ),
)
/** Market by order: mostly the queue that it is for, now and then a depth model. */
const byOrder = fc.oneof(
  { weight: 5, arbitrary: fc.constant<QueueConfig>({ model: 'l3Fifo' }) },
  { weight: 1, arbitrary: queue },
)
const rulesOf = (queues: fc.Arbitrary<QueueConfig>): fc.Arbitrary<NaiveRules> =>
  fc
    .record({
      listed: fc.constantFrom(...Object.values(LISTED)),
      queue: queues,
      partialFills: fc.constantFrom(true, true, false),
    })
    .map(({ listed, ...rest }) => ({ ...listed, ...rest }))

/** One latency always, or several by time, so that one message might overtake another. */
const latencies = (min: number): fc.Arbitrary<number[]> =>
  fc.oneof(
    fc.nat(9).map((n) => [n]),
    fc.array(fc.integer({ min, max: 12 }), { minLength: 1, maxLength: 5 }),
  )

/** Wild and calm days of at most `size` rows an instrument and half as many requests. */
export const exchangeSessions = (quirks: Quirks, size = 80): fc.Arbitrary<ExchangeSession> =>
  fc.boolean().chain((isCalm) => sessionsOf(isCalm, quirks, size, queue, drawnFeeds))

/** The same on markets that are told order by order. */
export const orderSessions = (quirks: Quirks, size = 80): fc.Arbitrary<ExchangeSession> =>
  fc.boolean().chain((isCalm) => sessionsOf(isCalm, quirks, size, byOrder, drawnOrderFeeds))

function sessionsOf(
  isCalm: boolean,
  quirks: Quirks,
  size: number,
  queues: fc.Arbitrary<QueueConfig>,
  feeds: typeof drawnFeeds,
): fc.Arbitrary<ExchangeSession> {
  return fc
    .record({
      instruments: fc.array(rulesOf(queues), { minLength: 1, maxLength: 2 }),
      entries: latencies(-3),
      responses: latencies(0),
      first: feeds(isCalm, size),
      second: feeds(isCalm, size),
      requests: drawnRequests(isCalm, size / 2),
    })
    .map(({ instruments, first, second, requests, entries, responses }) => ({
      instruments,
      quirks,
      entries,
      responses,
      feeds: instruments.map(({ lotUnits }, index) => [first, second][index]!(lotUnits)),
      asked: requests(instruments.length),
    }))
}
