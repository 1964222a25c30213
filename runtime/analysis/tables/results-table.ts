import type { Table } from '../../../actors/ports.ts'
import { deflatedSharpe, deflationOf } from '../experiment/deflated-sharpe.ts'
import { byText, criterionOf, type RunResult, requireUnique } from '../experiment/run-result.ts'
import { resultsSchema } from './schemas.ts'
import { tableOf } from './table.ts'

/**
 * Every metric of every run of a sweep, by id of the run: a row each, so that any sweep has the same
 * columns. A failed run has one row for each metric that any run has, without a value.
 * @throws ESC_STATISTICS for an id given twice
 */
export function resultsTable(runs: readonly RunResult[], trials = runs.length): Table {
  requireUnique(runs)
  const inOrder = [...runs].sort((a, b) => byText(a.id, b.id))
  const samples = inOrder.flatMap(({ status, sharpe }) =>
    status === 'done' && sharpe !== null ? [sharpe] : [],
  )
  const { variance } = deflationOf(samples, trials)
  const metrics = [...new Set(inOrder.flatMap((run) => Object.keys(run.metrics)))]
  const rows = inOrder.flatMap((run) => {
    const isKnown = run.status === 'done' && run.sharpe !== null
    const isDeflatable = isKnown && (variance !== null || trials === 1)
    const deflated = isDeflatable ? deflatedSharpe(run.sharpe!, trials, variance ?? 0) : null
    return metrics.map((metric) => ({
      run: run.id,
      status: run.status,
      parameters: parametersText(run),
      metric,
      value: criterionOf(run, metric),
      trials,
      deflated_sharpe: deflated,
    }))
  })
  return tableOf('results', resultsSchema, rows, { price: 0, qty: 0, money: 0 })
}

const parametersText = ({ parameters }: RunResult): string =>
  JSON.stringify(Object.fromEntries(Object.entries(parameters).sort(([a], [b]) => byText(a, b))))
