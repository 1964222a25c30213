import { z } from 'zod'
import { fees } from './fees-schema.ts'
import { latency } from './latency-schema.ts'
import { rules } from './rules-schema.ts'
import { decimal, epoch, positive, symbol } from './texts.ts'

/** Eighths have exact roots: any engine computes the same power. */
const power = z.number().min(1).max(16).multipleOf(0.125)
const queue = z
  .union([
    z.strictObject({ model: z.enum(['riskAverse', 'log', 'log2', 'l3Fifo']) }),
    z.strictObject({ model: z.enum(['power', 'power2', 'power3']), n: power }),
  ])
  .describe('How the queue ahead of a resting order is thought to shrink.')

/**
 * The simulated Venue. What is absent here is absent in the configuration too, so that a file
 * that says nothing of a newer field keeps its fingerprint.
 */
export const venue = z
  .strictObject({
    latency: latency.default({ entryNs: 10_000_000, responseNs: 10_000_000 }),
    queue: queue.default({ model: 'power3', n: 3 }),
    partialFills: z.boolean().default(true),
    fees: fees.default({ maker: '0', taker: '0' }),
    rules: rules.optional(),
    funding: z
      .array(
        z.strictObject({
          instrument: symbol,
          time: epoch,
          rate: decimal,
          mark: positive.optional(),
        }),
      )
      .optional()
      .describe('Payments on the position that the Venue knows.'),
    compat: z.enum(['none', 'hftbacktest', 'partialfixed']).default('none'),
  })
  .describe('The simulated Venue.')

export type VenueConfig = z.output<typeof venue>
