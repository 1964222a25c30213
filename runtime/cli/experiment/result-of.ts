import { accountEquity } from '@escapement/core'
import type { BacktestResult } from '../../backtest.ts'
import type { RunDefinition } from '../../experiment/definition.ts'
import type { RunResult } from '../../experiment/run-result.ts'
import { segmentResults } from '../../experiment/segment-results.ts'
import type { PreparedBacktest } from '../prepare-backtest.ts'
import type { manifestOf } from '../run-manifest.ts'
import { type RunSummary, summarise } from '../summary.ts'

/** What of a summary tells of the machine and the day, and not of the run. */
type Circumstances =
  | 'schema'
  | 'status'
  | 'name'
  | 'runDirectory'
  | 'wallSeconds'
  | 'loadSeconds'
  | 'rowsPerSecond'
  | 'peakRssBytes'
  | 'runHash'
  | 'reproducible'
  | 'notReproducible'

type Written = {
  readonly manifest: ReturnType<typeof manifestOf>
  readonly wallSeconds: number
  readonly folder: string
}

/** The result of one run, and the summary that `backtest` would have given of it. */
export function resultOf(
  run: RunDefinition,
  { definition, rows }: PreparedBacktest,
  result: BacktestResult,
  { manifest, wallSeconds, folder }: Written,
): { readonly found: RunResult; readonly summary: RunSummary } {
  const measured = { ...manifest, rows, wallSeconds, loadSeconds: 0 }
  const { state } = result
  const summary = summarise(definition, result, { ...measured, runDirectory: folder })
  const found: RunResult = {
    schema: 'escapement/run-result-1',
    experiment: run.experiment,
    run: run.id,
    group: run.group,
    sweep: run.sweep,
    identity: run.identity,
    parameters: { ...run.parameters },
    ...reproducible(summary),
    segments: segmentResults(
      run.segments,
      result.recording,
      definition.configuration.instruments,
      state.execution.accounts.map((account, i) => {
        return { position: account.position, equity: accountEquity(state, i, account) }
      }),
      definition.origin,
    ).map((segment) => ({ ...segment, positionLots: [...segment.positionLots] })),
  }
  return { found, summary }
}

function reproducible(summary: RunSummary): Omit<RunSummary, Circumstances> {
  const {
    schema: _schema,
    status: _status,
    name: _name,
    runDirectory: _folder,
    wallSeconds: _wall,
    loadSeconds: _load,
    rowsPerSecond: _speed,
    peakRssBytes: _memory,
    runHash: _hash,
    reproducible: _reproducible,
    notReproducible: _reason,
    ...rest
  } = summary
  return rest
}
