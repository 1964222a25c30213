import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError, messageOf } from '@escapement/core'
import { z } from 'zod'

/**
 * `cases.json` of a parity directory, as far as a runner needs it; `../shared/parity/README.md` has
 * the rules. Further keys are notes and pass.
 */
const latency = z.union([
  z.object({ entryNs: z.int(), responseNs: z.int().min(0) }),
  z.object({ tables: z.union([z.array(z.string()).min(1), z.string()]) }),
])
const asset = z.object({ kind: z.enum(['linear', 'inverse']), contractSize: z.number().positive() })
const strategy = z.object({
  intervalNs: z.int().positive(),
  lots: z.int().positive(),
  levels: z.int().positive().optional(),
  takeEvery: z.int().positive().optional(),
  takeLots: z.int().positive().optional(),
})
const fees = z.object({ maker: z.number(), taker: z.number() })
const folder = z.object({
  data: z.array(z.string()).min(1),
  tick: z.number().positive(),
  lot: z.number().positive(),
  asset,
  interpolatedLatency: z.array(z.string()).optional(),
})
const synthetic = z.object({
  rows: z.int().positive(),
  checksum: z.string(),
  tick: z.number().positive(),
  lot: z.number().positive(),
  asset,
  fees,
  entryNs: z.int(),
  responseNs: z.int().min(0),
  strategy,
  columns: z.array(z.string()),
  files: z.array(z.string()),
  queues: z.record(z.string(), z.string()),
})

const schema = z.object({
  format: z.literal('parity-1'),
  fees,
  folders: z.record(z.string(), folder),
  latency: z.record(z.string(), latency),
  strategies: z.record(z.string(), strategy),
  queues: z.record(z.string(), z.string()),
  synthetic: synthetic.optional(),
})

export type Cases = z.infer<typeof schema>
export type FolderCase = z.infer<typeof folder>
export type LatencyCase = z.infer<typeof latency>
export type SyntheticCase = z.infer<typeof synthetic>
export type ParityStrategy = z.infer<typeof strategy>

/** One line of `runs.csv` by column name, all as text. */
export type RunRow = Readonly<Record<string, string>>

/** @throws ESC_CONFIG_READ when it cannot be read, ESC_CONFIG_INVALID for the first wrong field */
export function readCases(dir: string): Cases {
  const file = join(dir, 'cases.json')
  const parsed = schema.safeParse(json(file))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.') ?? ''
  throw new CodedError('ESC_CONFIG_INVALID', { file, field, needed: issue?.message ?? '' })
}

/** The runs of a directory, in the order of the file; none when there is only a synthetic pack. */
export function readRuns(dir: string): readonly RunRow[] {
  const [header = '', ...lines] = text(join(dir, 'runs.csv')).trimEnd().split('\n')
  const names = header.split(',')
  return lines.map((line) => {
    const cells = line.split(',')
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']))
  })
}

function json(file: string): unknown {
  try {
    return JSON.parse(text(file))
  } catch (cause) {
    if (cause instanceof CodedError) throw cause
    throw new CodedError('ESC_CONFIG_READ', { file, found: messageOf(cause) }, { cause })
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CodedError('ESC_CONFIG_READ', { file, found: messageOf(cause) }, { cause })
  }
}
