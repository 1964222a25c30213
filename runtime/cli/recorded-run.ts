import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CodedError, LogKind, messageOf } from '@escapement/core'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { LogReader } from '../../adapters/event-log/log-reader.ts'
import { DONE, EVENTS, FAILED, MANIFEST } from '../../adapters/run-directory/run-directory.ts'
import { logHash } from '../event-log/log-hash.ts'

const identified = { module: z.string(), identity: z.string() }

/** A path below the run directory. */
const inside = z
  .string()
  .regex(/^[\w.-]+(\/[\w.-]+)*$/)
  .refine((path) => !path.split('/').includes('..'))

/** What `manifest.json` must say for a run to be repeated. */
const manifestSchema = z.object({
  schema: z.literal('escapement/run-1'),
  software: z.string(),
  configFingerprint: z.string(),
  dataHash: z.string(),
  data: z.array(z.object({ name: z.string(), hash: z.string() })).min(1),
  strategy: z.object(identified).optional(),
  strategies: z.array(z.object({ name: z.string(), ...identified })).optional(),
  base: z.string().optional(),
  seed: z.number().optional(),
  status: z.enum(['running', 'done', 'failed']).optional(),
  runHash: z.string().optional(),
  code: z.object({ commit: z.string().nullable(), hash: z.string() }).optional(),
  dependencies: z.object({ hash: z.string() }).optional(),
  artifacts: z.array(z.object({ name: inside, size: z.number(), sha256: z.string() })).optional(),
  originNs: z.string().optional(),
})

const SUMMARY = 'summary.json'
const SUMMARY_SCHEMA = 'escapement/summary-1'
const summarySchema = z.object({
  schema: z.literal(SUMMARY_SCHEMA).optional(),
  eventLogHash: z.string(),
  stateHash: z.string(),
})

export type RunManifest = z.output<typeof manifestSchema>

/** A run directory as it was found, with nothing repeated or believed yet. */
export type RunFolder = {
  /** Absolute. */
  readonly path: string
  /** `open` is a run that neither ended nor failed: it was interrupted, or still goes on. */
  readonly outcome: 'done' | 'failed' | 'open'
  readonly configFile: string
  readonly manifest: RunManifest
  /** What the summary of a run that is done says; null of another. */
  readonly hashes: { readonly eventLogHash: string; readonly stateHash: string } | null
}

/** The same with its records, as far as they are whole. */
export type RecordedRun = RunFolder & { readonly log: Uint8Array }

/** @throws ESC_RUN_DIRECTORY naming the file that is missing or damaged, and how; ESC_LOG_DAMAGED */
export function readRecordedRun(folder: string): RecordedRun {
  const run = readRunFolder(folder)
  return { ...run, log: readRecords(join(run.path, EVENTS), run.outcome === 'done') }
}

/** Whether a run began to write itself down here, however far it came. */
export const isRunFolder = (folder: string): boolean => existsSync(join(folder, MANIFEST))

/** @throws ESC_RUN_DIRECTORY naming the file that is missing or damaged, and how */
export function readRunFolder(folder: string): RunFolder {
  const path = resolve(folder)
  const needed = 'a folder that escapement backtest wrote'
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new CodedError('ESC_RUN_DIRECTORY', { file: folder, found: 'no folder', needed })
  }
  if (!existsSync(join(path, MANIFEST))) {
    const found = `no ${MANIFEST} in it`
    throw new CodedError('ESC_RUN_DIRECTORY', { file: folder, found, needed })
  }
  const isDone = existsSync(join(path, DONE))
  const isFailed = existsSync(join(path, FAILED))
  return {
    path,
    outcome: isDone ? 'done' : isFailed ? 'failed' : 'open',
    configFile: join(path, 'config.json'),
    manifest: readJson(join(path, MANIFEST), manifestSchema),
    hashes: isDone ? readHashes(join(path, SUMMARY)) : null,
  }
}

/** @throws ESC_LOG_DAMAGED when the log of a run that is done is not whole */
function readRecords(folder: string, isDone: boolean): Uint8Array {
  const reader = LogReader.open(folder)
  const parts: Uint8Array[] = []
  let window: Uint8Array = new Uint8Array(0)
  let end = 0
  let last = 0
  for (const { bytes, record } of reader.records()) {
    if (bytes !== window) {
      parts.push(window.subarray(0, end))
      window = bytes
    }
    end = record.to
    last = record.kind
  }
  if (isDone) expectWhole(reader, last)
  parts.push(window.subarray(0, end))
  return Buffer.concat(parts)
}

/** @throws ESC_LOG_DAMAGED when what was read, `last` being its last kind, is no whole log */
export function expectWhole({ damage, folder }: LogReader, last: number): void {
  if (damage === null && last === LogKind.END) return
  const { file, byte, found } = damage ?? { file: folder, byte: null, found: 'no closing record' }
  throw new CodedError('ESC_LOG_DAMAGED', {
    file,
    ...(byte === null ? {} : { field: `byte ${byte}` }),
    found,
    needed: 'the whole log of a run that is done',
    hint: 'escapement log shows what can still be read',
  })
}

/** @throws ESC_RUN_DIRECTORY when the summary is none, or of another version */
export function expectSummary({ path }: RunFolder): void {
  readJson(join(path, SUMMARY), z.object({ schema: z.literal(SUMMARY_SCHEMA) }))
}

/** @throws ESC_RUN_DIRECTORY when the log of a run that is done is not the one it wrote */
export function requireOwnLog({ path, hashes, log }: RecordedRun): void {
  const found = logHash(log)
  if (hashes === null || hashes.eventLogHash === found) return
  const file = join(path, EVENTS)
  const needed = `${hashes.eventLogHash}, as summary.json says`
  throw new CodedError('ESC_RUN_DIRECTORY', { file, field: 'its hash', found, needed })
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new CodedError('ESC_RUN_DIRECTORY', { file, found: messageOf(cause) }, { cause })
  }
}

function readHashes(file: string): RunFolder['hashes'] {
  const { eventLogHash, stateHash } = readJson(file, summarySchema)
  return { eventLogHash, stateHash }
}

function readJson<T>(file: string, schema: z.ZodType<T>): T {
  const text = new TextDecoder().decode(readBytes(file))
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    const found = messageOf(cause)
    const facts = { file, line: lineOf(text), found, needed: 'valid JSON' }
    throw new CodedError('ESC_RUN_DIRECTORY', facts, { cause })
  }
  const parsed = schema.safeParse(value, { reportInput: true })
  if (parsed.success) return parsed.data
  const { path, input, message } = parsed.error.issues[0]!
  throw new CodedError('ESC_RUN_DIRECTORY', {
    file,
    field: path.join('.'),
    found: input === undefined ? 'nothing' : JSON.stringify(input).slice(0, 200),
    needed: `what the run wrote there (${message})`,
  })
}

/** The first line that is not JSON: engines do not agree on whether their errors say where. */
function lineOf(text: string): number {
  const lines = new LineCounter()
  const { errors } = parseDocument(text, { schema: 'json', lineCounter: lines })
  return lines.linePos(errors[0]?.pos[0] ?? text.trimEnd().length).line
}
