import { z } from 'zod'

/** A day: a message that takes longer is a mistake in the unit. */
const ns = z.int().min(0).max(86_400_000_000_000)
const size = z.number().min(0).max(86_400_000_000_000)
const bounds = { minNs: ns.optional(), maxNs: ns.optional() }

/** How long messages of one kind take; see actors/fill-simulator/latency/delay-model.ts. */
const delay = z
  .discriminatedUnion('model', [
    z.strictObject({ model: z.enum(['constant']), ns }),
    z.strictObject({ model: z.enum(['normal']), meanNs: size, sdNs: size, ...bounds }),
    z.strictObject({
      model: z.enum(['lognormal']),
      medianNs: size,
      sigma: z.number().min(0).max(10),
      baseNs: size.optional(),
      ...bounds,
    }),
    z.strictObject({
      model: z.enum(['exponential']),
      meanNs: size,
      baseNs: size.optional(),
      ...bounds,
    }),
    z.strictObject({ model: z.enum(['samples']), samplesNs: z.array(ns).min(1), ...bounds }),
    z.strictObject({
      model: z.enum(['quantiles']),
      quantiles: z.array(z.strictObject({ p: z.number().min(0).max(1), ns })).min(2),
      ...bounds,
    }),
  ])
  .meta({ id: 'delay' })

const rows = z.int().min(0)
const load = z
  .strictObject({
    windowNs: ns.min(1),
    thresholdRows: rows,
    entryPerRowNs: ns.default(0),
    responsePerRowNs: ns.default(0),
  })
  .describe('What market rows of the instrument add while there are many of them.')

export const latency = z.union([
  z.strictObject({
    entryNs: ns.describe('From our sending to the arrival at the Venue.'),
    responseNs: ns.describe('From the Venue to our receipt.'),
    load: load.optional(),
  }),
  z.strictObject({
    table: z
      .string()
      .min(1)
      .describe('CSV of measured requests with the columns req_ts, exch_ts, resp_ts in epoch ns.'),
    offsetNs: z.int().optional(),
    load: load.optional(),
  }),
  z.strictObject({
    entry: z.union([delay, z.strictObject({ new: delay, replace: delay, cancel: delay })]),
    response: delay,
    load: load.optional(),
  }),
])
