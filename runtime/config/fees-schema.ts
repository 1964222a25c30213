import { z } from 'zod'
import { amount, decimal } from './texts.ts'

const rates = { maker: decimal, taker: decimal }

/** One fee; see actors/fill-simulator/fees/fee-config.ts. */
const fee = z
  .discriminatedUnion('model', [
    z.strictObject({ model: z.enum(['value']).optional(), ...rates }),
    z.strictObject({ model: z.enum(['quantity']), ...rates, per: z.enum(['lot', 'unit']) }),
    z.strictObject({ model: z.enum(['flat']), ...rates, per: z.enum(['execution', 'order']) }),
    z.strictObject({
      model: z.enum(['directional']),
      buy: z.strictObject(rates),
      sell: z.strictObject(rates),
    }),
    z.strictObject({
      model: z.enum(['tiered']),
      windowSeconds: z.number().positive().max(9_000_000).optional(),
      tiers: z.array(z.strictObject({ from: amount, ...rates })).min(1),
    }),
  ])
  .meta({ id: 'fee' })

export const fees = z.union([fee, z.strictObject({ sum: z.array(fee).min(1) })])
