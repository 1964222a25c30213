import { z } from 'zod'

/** Decimals are quoted, so that no binary float stands between the file and the exact value. */
const decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .describe('A plain decimal in quotes, such as "0.01".')
const positive = z
  .string()
  .regex(/^\d*\.?\d*[1-9]\d*(\.\d+)?$/)
  .regex(/^\d+(\.\d+)?$/)
  .describe('A plain decimal above 0 in quotes, such as "0.01".')
const amount = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .describe('A plain decimal of 0 or more in quotes.')
const symbol = z.string().min(1).describe('Symbol of an instrument defined under `instruments`.')
const count = z.int().min(0)
/** A day: a message that takes longer is a mistake in the unit. */
const latencyNs = z.int().min(0).max(86_400_000_000_000)
const epoch = z
  .string()
  .regex(/^(\d+|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z)$/)
  .describe('Epoch nanoseconds, or ISO 8601 in UTC with up to nine decimals, in quotes.')

const rateLimits = z
  .strictObject({ ordersPerSecond: amount.optional(), cancelsPerSecond: amount.optional() })
  .describe('Requests a second; absent is unlimited, "0" is never.')

const instrument = z
  .strictObject({
    tickSize: positive,
    lotSize: positive,
    contractSize: positive.default('1'),
    kind: z.enum(['linear', 'inverse']).default('linear'),
    quote: z.string().min(1).describe('Currency of cash and fees; for inverse contracts the base.'),
    quoteDecimals: z.int().min(0).max(18).default(8).describe('Money counts 10^-quoteDecimals.'),
    rateLimits: rateLimits
      .optional()
      .describe('A rate of its own, apart from the one that the other instruments share.'),
  })
  .describe('One tradable instrument.')

const synthetic = z
  .strictObject({
    seed: z.int().min(0).max(0xffffffff).default(1),
    durationSeconds: z.number().positive().default(60),
    rowsPerSecond: z.number().positive().default(1500),
    midTicks: z.int().positive().optional(),
    depthTicks: z.int().positive().optional(),
    orderLots: z.int().positive().optional(),
    volatilityTicks: z.number().min(0).optional(),
    driftTicks: z.number().optional(),
    latencyNs: z.int().min(0).optional(),
    jitterNs: z.int().min(0).optional(),
  })
  .describe('A market that the project generates itself; a seed gives the same rows anywhere.')

const data = z.union([
  z.strictObject({
    path: z.string().min(1).describe('npz, npy, raw capture or dataset; relative to this file.'),
    instrument: symbol,
    symbol: z.string().min(1).optional().describe('Symbol within the file, if it is another one.'),
    stitch: z
      .boolean()
      .optional()
      .describe('Raw captures: repair a snapshot older than its diffs.'),
  }),
  z.strictObject({ synthetic, instrument: symbol }),
])

const latency = z.union([
  z.strictObject({
    entryNs: latencyNs.describe('From our sending to the arrival at the Venue.'),
    responseNs: latencyNs.describe('From the Venue to our receipt.'),
  }),
  z.strictObject({
    table: z
      .string()
      .min(1)
      .describe('CSV of measured requests with the columns req_ts, exch_ts, resp_ts in epoch ns.'),
    offsetNs: z.int().optional(),
  }),
])

const power = z.int().min(1).max(16)
const queue = z
  .union([
    z.strictObject({ model: z.enum(['riskAverse', 'log', 'log2', 'l3Fifo']) }),
    z.strictObject({ model: z.enum(['power', 'power2', 'power3']), n: power }),
  ])
  .describe('How the queue ahead of a resting order is thought to shrink.')

const venue = z
  .strictObject({
    latency: latency.default({ entryNs: 10_000_000, responseNs: 10_000_000 }),
    queue: queue.default({ model: 'power3', n: 3 }),
    partialFills: z.boolean().default(true),
    fees: z.strictObject({ maker: decimal, taker: decimal }).default({ maker: '0', taker: '0' }),
    compat: z.enum(['none', 'hftbacktest', 'partialfixed']).default('none'),
  })
  .describe('The simulated Venue.')

const strategy = z.strictObject({
  module: z
    .string()
    .min(1)
    .describe('`builtin:market-maker`, or a module exporting `strategy`; relative to this file.'),
  params: z.record(z.string(), z.unknown()).default({}),
})

/** Limits that the account and a single strategy can have. */
const limits = {
  maxPosition: amount.optional(),
  maxSingleOrderNotional: amount.optional(),
  maxGrossNotional: amount.optional(),
  maxActiveQuotes: count.optional(),
  maxGrossQuoteNotional: amount.optional(),
  maxNetQuoteNotional: amount.optional(),
  maxDrawdown: positive.optional().describe('Largest loss against the first known equity.'),
  maxRollingLoss: z
    .strictObject({ amount: positive, windowSeconds: z.number().positive() })
    .optional(),
  minOrderNotional: amount.optional(),
}

const risk = z
  .strictObject({
    currency: z.string().min(1).optional().describe('Must be the quote of every instrument.'),
    ...limits,
    postOnlyMode: z.enum(['reject', 'drop']).optional(),
  })
  .describe('Policy limits; an absent one does not limit.')

const name = z
  .string()
  .regex(/^[A-Za-z0-9._-]+$/)
  .max(100)

/** What one of several strategies has besides what it does. */
const ownSchema = z.strictObject({
  name: name.describe('Namespace of its orders; each name once.'),
  risk: z
    .strictObject(limits)
    .default({})
    .describe('Further limits, held against what this strategy has open and has traded.'),
})

/** An order key has room for this many namespaces. */
const MOST_STRATEGIES = 8_192
const listOf = <Entry extends z.ZodType>(entry: Entry) => z.array(entry).min(1).max(MOST_STRATEGIES)

const namedStrategy = z.strictObject({
  name: ownSchema.shape.name,
  ...strategy.shape,
  risk: ownSchema.shape.risk,
})

/** The same of all of them, in order of evaluation, as a program states it. */
export const ownListSchema = z.strictObject({ strategies: listOf(ownSchema) })

const control = z.strictObject({
  order: z
    .enum(['executionFirst', 'marketFirst'])
    .default('executionFirst')
    .describe('Which of two Events due at the same time the Core sees first.'),
  tradingEnabled: z.boolean().default(true),
  cancelsPassInflight: z.boolean().default(false),
  onStrategyFailure: z.enum(['halt', 'disable']).default('halt'),
  onAnomaly: z.enum(['record', 'halt']).default('record'),
  terminalOrdersKept: count.default(256),
  digestEvery: z.int().min(1).default(10_000),
})

/** What decides a session besides its data and its strategy. */
export const sessionSchema = z.strictObject({
  name,
  instruments: z.record(z.string().min(1), instrument),
  venue: venue.prefault({}),
  risk: risk.default({}),
  rateLimits: rateLimits.default({}),
  control: control.prefault({}),
  seed: z.int().min(0).max(0xffffffff).default(1),
  window: z.strictObject({ start: epoch.optional(), end: epoch.optional() }).optional(),
})

/** A backtest's configuration file; every field that decides anything is here. */
export const backtestSchema = sessionSchema.extend({
  $schema: z.string().optional(),
  data: z.array(data).min(1),
  strategy: strategy.optional(),
  strategies: listOf(namedStrategy)
    .optional()
    .describe('Several, in order of evaluation; in place of `strategy`.'),
})

/** As a person writes it, and as it is once checked and filled with defaults. */
export type SessionInput = z.input<typeof sessionSchema>
export type SessionConfig = z.output<typeof sessionSchema>
export type BacktestConfig = z.output<typeof backtestSchema>
export type DataConfig = BacktestConfig['data'][number]
export type RateLimitsConfig = z.output<typeof rateLimits>
/** Name and limits of one of several strategies, as a person writes them and as checked. */
export type OwnInput = z.input<typeof ownSchema>
export type OwnConfig = z.output<typeof ownSchema>

/** The strategies in order of evaluation; a single one has the run's name and no limits. */
export function strategiesOf({ name, strategy, strategies = [] }: BacktestConfig) {
  return strategy === undefined ? strategies : [{ name, ...strategy, risk: {} }]
}

/** The JSON Schema that editors use; published in docs/backtest.schema.json. */
export function backtestJsonSchema(): unknown {
  const oneOf = [{ required: ['strategy'] }, { required: ['strategies'] }]
  return { ...z.toJSONSchema(backtestSchema, { io: 'input' }), oneOf }
}
