import type { PlannedRun } from './plan.ts'
import type { RunResult } from './run-result.ts'

/** A cell of a table of results; money is exact decimal text. */
export type Cell = string | number | boolean | null

export type RunStatus = 'done' | 'failed' | 'missing'

/** One line of the table of results. */
export type ResultRow = {
  readonly run: string
  readonly group: string
  readonly sweep: string
  readonly status: RunStatus
  /** By swept key, as written; lists and objects as JSON. */
  readonly parameters: Readonly<Record<string, Cell>>
  /** By name; all null of a run without a result. */
  readonly metrics: Readonly<Record<string, Cell>>
}

/** The measured columns, in their order. */
const METRICS = [
  'events',
  'decisions',
  'orders',
  'fills',
  'positionLots',
  'balance',
  'fee',
  'equity',
  'eventLogHash',
  'stateHash',
] as const satisfies readonly (keyof RunResult)[]

/** The line of one planned run: its parameters, and what was measured where it was run. */
export function resultRow(
  { id, group, sweep }: PlannedRun,
  parameters: Readonly<Record<string, unknown>>,
  status: RunStatus,
  result: RunResult | null,
): ResultRow {
  return {
    run: id,
    group,
    sweep,
    status,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([key, value]) => [key, cellOf(value)]),
    ),
    metrics: Object.fromEntries(METRICS.map((name) => [name, result?.[name] ?? null])),
  }
}

const cellOf = (value: unknown): Cell =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Cell)

/** Comma-separated, one line a row: run, group, sweep, status, parameters, metrics. */
export function resultsCsv(keys: readonly string[], rows: readonly ResultRow[]): string {
  const head = ['run', 'group', 'sweep', 'status', ...keys, ...METRICS]
  const lines = rows.map(({ run, group, sweep, status, parameters, metrics }) => [
    run,
    group,
    sweep,
    status,
    ...keys.map((key) => parameters[key] ?? null),
    ...METRICS.map((name) => metrics[name] ?? null),
  ])
  return [head, ...lines].map((cells) => `${cells.map(csvCell).join(',')}\n`).join('')
}

const csvCell = (value: Cell): string => {
  const text = value === null ? '' : String(value)
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
