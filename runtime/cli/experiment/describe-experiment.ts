import type { ExperimentOutcome } from '../../experiment/finalize.ts'
import type { PlanSummary } from '../../experiment/plan-summary.ts'
import type { Cell, ResultRow } from '../../experiment/result-row.ts'
import { table } from '../terminal.ts'

/** A plan as text. */
export function describePlan(plan: PlanSummary): string {
  const { id, points, groups, segments, runs, markets, keys, warnings, planHash } = plan
  const rows = table([
    ['swept', keys.length === 0 ? 'nothing' : keys.join(', ')],
    ['points', String(points)],
    ['groups', `${groups}, of ${segments} segments`],
    ['markets', String(markets)],
    ['plan', planHash],
  ])
  return [`${id}: ${runs} runs`, rows, ...warnings.map((text) => `  warning: ${text}`)].join('\n')
}

/** How an experiment ended, as text. */
export function describeOutcome({
  id,
  status,
  expected,
  completed,
  failed,
  groups,
  directory,
}: ExperimentOutcome & { readonly directory: string }): string {
  const head = `${id}: ${status}, ${completed} of ${expected} runs done, ${failed} failed`
  const rows =
    groups.length < 2
      ? []
      : groups.map((group) => {
          return [group.id, `${group.status}, ${group.completed} of ${group.expected}`] as const
        })
  return [
    head,
    ...(rows.length === 0 ? [] : [table(rows)]),
    `  results in ${directory}/results`,
  ].join('\n')
}

/** Rows that a terminal is shown; the file has all. */
const MOST_ROWS = 50

/** Results as text: parameters by the last part of their keys, and what most look at first. */
export function describeRows(keys: readonly string[], rows: readonly ResultRow[]): string {
  const metrics = ['orders', 'fills', 'positionLots', 'fee', 'equity']
  const head = ['run', 'status', ...keys.map((key) => key.split('.').at(-1)!), ...metrics]
  const lines = rows
    .slice(0, MOST_ROWS)
    .map((row) => [
      row.run,
      row.status,
      ...keys.map((key) => textOf(row.parameters[key] ?? null)),
      ...metrics.map((name) => textOf(row.metrics[name] ?? null)),
    ])
  const widths = head.map((name, i) =>
    Math.max(name.length, ...lines.map((line) => line[i]!.length)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd()
  const more = rows.length - lines.length
  return [
    line(head),
    ...lines.map(line),
    ...(more > 0 ? [`… ${more} more in results.csv`] : []),
  ].join('\n')
}

const textOf = (cell: Cell): string => (cell === null ? '' : String(cell))
