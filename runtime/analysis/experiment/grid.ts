import { compare, parseDecimal } from '@escapement/core'
import {
  byText,
  criterionOf,
  type ParameterValue,
  type RunResult,
  requireCriterion,
} from './run-result.ts'

/**
 * The runs that share the values of one or two parameters. `missing` of a cell that no run is in,
 * `failed` of one whose runs all failed, `unknown` of one that did not fail and has no value.
 */
export type Cell = {
  readonly status: 'done' | 'unknown' | 'failed' | 'missing'
  /** In order of id. */
  readonly runs: readonly string[]
  readonly failed: number
  /** Of the criterion over the runs that have it: other parameters are averaged out. */
  readonly mean: number | null
  readonly min: number | null
  readonly max: number | null
}

/** One criterion over two parameters: `cells[i][j]` has `rows[i]` and `columns[j]`. */
export type Pivot = {
  readonly rows: readonly ParameterValue[]
  readonly columns: readonly ParameterValue[]
  readonly cells: readonly (readonly Cell[])[]
}

/**
 * Every combination of the values that two parameters have somewhere. Runs without one of them are
 * in no cell.
 * @throws ESC_STATISTICS for an unknown metric
 */
export function pivot(
  runs: readonly RunResult[],
  rowParameter: string,
  columnParameter: string,
  criterion: string,
): Pivot {
  requireCriterion(runs, criterion)
  const rows = valuesOf(runs, rowParameter)
  const columns = valuesOf(runs, columnParameter)
  const cells = rows.map((row) =>
    columns.map((column) =>
      cellOf(
        runs.filter(
          ({ parameters }) =>
            parameters[rowParameter] === row && parameters[columnParameter] === column,
        ),
        criterion,
      ),
    ),
  )
  return { rows, columns, cells }
}

/** One criterion over one parameter, all others averaged out; in order of its values. */
export type Sensitivity = {
  readonly parameter: string
  readonly points: readonly (Cell & { readonly value: ParameterValue })[]
  /** Largest less smallest mean; null below two means. */
  readonly range: number | null
}

/** @throws ESC_STATISTICS for an unknown metric */
export function sensitivity(
  runs: readonly RunResult[],
  parameter: string,
  criterion: string,
): Sensitivity {
  requireCriterion(runs, criterion)
  const points = valuesOf(runs, parameter).map((value) => ({
    value,
    ...cellOf(
      runs.filter(({ parameters }) => parameters[parameter] === value),
      criterion,
    ),
  }))
  const means = points.map(({ mean }) => mean).filter((mean) => mean !== null)
  const range = means.length < 2 ? null : Math.max(...means) - Math.min(...means)
  return { parameter, points, range }
}

function cellOf(some: readonly RunResult[], criterion: string): Cell {
  const runs = [...some].sort((a, b) => byText(a.id, b.id))
  const values = runs.map((run) => criterionOf(run, criterion)).filter((value) => value !== null)
  const failed = runs.filter(({ status }) => status === 'failed').length
  const isKnown = values.length > 0
  return {
    status: statusOf(runs.length, failed, isKnown),
    runs: runs.map(({ id }) => id),
    failed,
    mean: isKnown ? values.reduce((sum, value) => sum + value, 0) / values.length : null,
    min: isKnown ? Math.min(...values) : null,
    max: isKnown ? Math.max(...values) : null,
  }
}

function statusOf(runs: number, failed: number, isKnown: boolean): Cell['status'] {
  if (isKnown) return 'done'
  if (runs === 0) return 'missing'
  return failed === runs ? 'failed' : 'unknown'
}

/** The values of a parameter, each once: numbers, then decimals, both by size, then other texts, then booleans. */
function valuesOf(runs: readonly RunResult[], parameter: string): readonly ParameterValue[] {
  const found = new Set<ParameterValue>()
  for (const { parameters } of runs) {
    const value = parameters[parameter]
    if (value !== undefined) found.add(value)
  }
  return [...found].sort(byValue)
}

function byValue(a: ParameterValue, b: ParameterValue): number {
  const [kind, other] = [kindOf(a), kindOf(b)]
  if (kind !== other) return kind - other
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (kind === DECIMAL) {
    const order = compare(parseDecimal(String(a)), parseDecimal(String(b)))
    if (order !== 0) return order
  }
  return byText(String(a), String(b))
}

const [NUMBER, DECIMAL, TEXT, BOOLEAN] = [0, 1, 2, 3]

function kindOf(value: ParameterValue): number {
  if (typeof value === 'number') return NUMBER
  if (typeof value === 'boolean') return BOOLEAN
  return /^-?\d+(\.\d+)?$/.test(value) ? DECIMAL : TEXT
}
