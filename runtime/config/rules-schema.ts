import { z } from 'zod'
import { amount, positive } from './texts.ts'

const atLeastOne = z.int().min(1)
const around = z.enum(['mid', 'lastTrade'])

/** Rules of the exchange; see actors/fill-simulator/rules/venue-rules.ts. */
export const rules = z
  .strictObject({
    requestLimits: z
      .array(
        z.strictObject({
          kinds: z.array(z.enum(['new', 'replace', 'cancel'])).min(1),
          requests: atLeastOne.max(1_000_000),
          windowSeconds: z.number().positive().max(9_000_000),
        }),
      )
      .min(1)
      .optional(),
    tickMultiple: atLeastOne.optional(),
    lotMultiple: atLeastOne.optional(),
    minQty: positive.optional(),
    maxQty: positive.optional(),
    minNotional: positive.optional(),
    priceBand: z
      .union([
        z.strictObject({ around, ticks: z.int().min(0) }),
        z.strictObject({ around, percent: amount }),
      ])
      .optional(),
    postOnly: z.enum(['expire', 'reject', 'slide']).optional(),
    selfTrade: z.enum(['none', 'cancelNewest', 'cancelOldest', 'cancelBoth']).optional(),
  })
  .describe('Rules of the exchange; what is absent is no rule.')
