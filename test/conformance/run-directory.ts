import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { judgeMapper, MAPPER_RULES, type MapperCase } from './functions/config-mapper.ts'
import {
  type BucketCase,
  type CombineCase,
  judgeBuckets,
  judgeCombinations,
  judgeMerges,
  type MergeCase,
} from './functions/execution-control.ts'
import { type GridCase, judgeGrid } from './functions/grid-rounding.ts'
import {
  type FingerprintCase,
  type I64Case,
  judgeFingerprints,
  judgeI64Ids,
  judgeSlotIds,
  type SlotCase,
} from './functions/identities.ts'
import { judgeTraces, TRACE_RULES } from './functions/runtime-trace.ts'
import { judgeSchema, SCHEMA_RULES, type SchemaFile } from './functions/schema.ts'
import type { TraceCase } from './functions/trace-format.ts'
import { describeFailure, type RuleCounts, Tally } from './report.ts'
import type { Vector } from './steps/format.ts'
import { judgeSteps } from './steps/judge.ts'
import { RULES } from './steps/rules.ts'

type Kind = (file: never, counts: RuleCounts) => Tally
const steps = (file: { vectors: readonly Vector[] }, counts: RuleCounts) =>
  judgeSteps(file.vectors, counts)
/** Files of cases, whose judge knows their type by the kind the file states. */
const cases =
  <Case>(judge: (cases: readonly Case[], counts: RuleCounts) => Tally) =>
  (file: { cases: readonly Case[] }, counts: RuleCounts): Tally =>
    judge(file.cases, counts)

const KINDS: { readonly [kind: string]: Kind } = {
  steps,
  schema: (file: SchemaFile, counts: RuleCounts) => judgeSchema(file, counts),
  'token-bucket': cases<BucketCase>(judgeBuckets),
  'queue-merge': cases<MergeCase>(judgeMerges),
  combine: cases<CombineCase>(judgeCombinations),
  'grid-rounding': cases<GridCase>(judgeGrid),
  'slot-order-id': cases<SlotCase>(judgeSlotIds),
  'i64-order-id': cases<I64Case>(judgeI64Ids),
  'config-fingerprint': cases<FingerprintCase>(judgeFingerprints),
  'config-mapper': cases<MapperCase>(judgeMapper),
  'runtime-trace': cases<TraceCase>(judgeTraces),
}

const RULINGS = new Map<string, string>([
  ...RULES.map(({ id, ruling }) => [id, ruling] as const),
  ...Object.entries(TRACE_RULES),
  ...Object.entries(MAPPER_RULES),
  ...Object.entries(SCHEMA_RULES),
])

export type DirectoryReport = {
  readonly lines: readonly string[]
  readonly passed: number
  readonly failed: number
  readonly counts: RuleCounts
}

/** Runs every JSON file of a directory of the corpus' format. */
export function runDirectory(directory: string): DirectoryReport {
  const lines: string[] = []
  const counts: RuleCounts = new Map()
  let passed = 0
  let failed = 0
  const names = readdirSync(directory).filter((name) => name.endsWith('.json'))
  for (const name of names.sort()) {
    const tally = runFile(join(directory, name), counts)
    const { waived, skipped } = tally
    lines.push(
      `${name}: ${tally.passed} passed, ${tally.failed} failed, ${waived} waived, ${skipped} not compared`,
    )
    for (const failure of tally.failures) lines.push(...describeFailure(name, failure))
    passed += tally.passed + waived
    failed += tally.failed
  }
  lines.push('', 'rules, and the steps each waived:')
  for (const [id, ruling] of RULINGS) {
    const fired = counts.get(id) ?? 0
    lines.push(`  ${fired === 0 ? 'never fired' : String(fired)}  ${id}: ${ruling}`)
  }
  const waived = [...counts.values()].reduce((sum, count) => sum + count, 0)
  lines.push('', `waived by rule: ${waived}`, `${passed} passed, ${failed} failed`)
  return { lines, passed, failed, counts }
}

function runFile(path: string, counts: RuleCounts): Tally {
  const name = path.slice(path.lastIndexOf('/') + 1)
  try {
    const file = JSON.parse(readFileSync(path, 'utf8')) as { readonly kind: string }
    const run = KINDS[file.kind]
    if (run === undefined) throw new Error(`unknown kind ${file.kind}`)
    return run(file as never, counts)
  } catch (cause) {
    const tally = new Tally()
    const found = cause instanceof Error ? cause.message : String(cause)
    const differences = [{ path: 'file', expected: 'a file of the format', found }]
    tally.fail({ name, step: '-', differences })
    return tally
  }
}
