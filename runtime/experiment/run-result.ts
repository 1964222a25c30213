import { z } from 'zod'

const text = z.string().nullable()

const segment = z.object({
  id: z.string(),
  startNs: text,
  endNs: text,
  decisions: z.number(),
  fills: z.number(),
  positionLots: z.array(z.number()),
  equity: z.string(),
  change: z.string(),
})

/**
 * What one run of an experiment found. The same run gives the same bytes, whoever ran it and when:
 * times and machines stand in the manifest beside it.
 */
export const runResultSchema = z.looseObject({
  schema: z.literal('escapement/run-result-1'),
  experiment: z.string(),
  run: z.string(),
  group: z.string(),
  sweep: z.string(),
  identity: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  seed: z.number(),
  eventLogHash: z.string(),
  stateHash: z.string(),
  configFingerprint: z.string(),
  dataHash: z.string(),
  events: z.number(),
  decisions: z.number(),
  orders: z.number(),
  fills: z.number(),
  /** Null with several instruments, whose lots do not add up. */
  positionLots: z.number().nullable(),
  balance: z.string(),
  fee: z.string(),
  equity: text,
  segments: z.array(segment),
})

export type RunResult = z.output<typeof runResultSchema>
