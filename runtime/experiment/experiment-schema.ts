import { z } from 'zod'
import { backtestSchema } from '../config/schema.ts'
import { epoch } from '../config/texts.ts'

const pathName = z
  .string()
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/)
  .max(100)
const written = z.union([z.number(), z.string()])

const random = z
  .strictObject({
    samples: z.int().min(1),
    seed: z.int().min(0).max(0xffffffff).default(1),
    of: z.record(
      z.string().min(1),
      z.strictObject({
        from: written,
        to: written,
        step: written.optional().describe('Values are whole steps from `from`.'),
        log: z.boolean().default(false).describe('Equal chance for equal ratios.'),
      }),
    ),
  })
  .describe('Points drawn by chance, each combined with each point of `sweeps`.')

const segments = z.strictObject({
  policy: z
    .enum(['continuous', 'independent'])
    .default('continuous')
    .describe('One run through all segments, or a fresh run for each.'),
  count: z.int().min(1).optional().describe('Equal parts of the window.'),
  boundaries: z
    .array(epoch)
    .optional()
    .describe('Local times that end one segment and begin the next.'),
})

const splits = z.strictObject({
  periods: z
    .int()
    .min(1)
    .optional()
    .describe('Equal parts of the window, each a period of its own.'),
  windows: z
    .record(pathName, z.strictObject({ start: epoch, end: epoch }))
    .optional()
    .describe('Periods by name, such as `in-sample` and `out-of-sample`.'),
})

/** What an experiment has besides the backtest that it varies. */
export const experimentBlock = z.strictObject({
  version: z.literal(1),
  id: pathName.describe('Name of the experiment and of its folder.'),
  description: z.string().default(''),
  sweeps: z.record(z.string().min(1), z.unknown()).default({}),
  random: random.optional(),
  segments: segments.prefault({}),
  splits: splits.optional(),
  warmUpSeconds: z
    .number()
    .min(0)
    .default(0)
    .describe(
      'Time before each fresh run in which the strategy sees the market and does not trade.',
    ),
})

/** The JSON Schema of an experiment's file: that of a backtest with one more block. */
export function experimentJsonSchema(): unknown {
  const oneOf = [{ required: ['strategy'] }, { required: ['strategies'] }]
  const schema = backtestSchema.extend({ experiment: experimentBlock })
  return { ...z.toJSONSchema(schema, { io: 'input' }), oneOf }
}

export type ExperimentBlock = z.output<typeof experimentBlock>
export type RandomSearch = NonNullable<ExperimentBlock['random']>
