import { CodedError, type OrderKey, orderKey } from '@escapement/core'
import { type BacktestResult, RunFailed } from '../backtest.ts'
import { type Explained, explainOrder } from '../explain/explain-order.ts'
import { describeOrder } from './describe-order.ts'
import { LogComparison, lastPosition } from './log-comparison.ts'
import { failureReport, type Output } from './output.ts'
import type { PreparedBacktest } from './prepare-backtest.ts'
import { type RecordedRun, readRecordedRun } from './recorded-run.ts'
import { differs, prepareRepeat, type RepeatedRun } from './repeat-run.ts'
import { progressBar } from './terminal.ts'

export type ExplainFlags = { readonly rows?: string; readonly base?: string }

/** `escapement explain <run> <order>`: repeats a run and tells why an order was filled, or not. */
export async function explainCommand(
  folder: string,
  order: string,
  flags: ExplainFlags,
  output: Output,
): Promise<void> {
  const rowsShown = parseRows(flags.rows)
  const run = readRecordedRun(folder)
  const prepared = await prepareRepeat(run, flags.base)
  const key = parseOrder(order, prepared.definition.configuration.namespaces)
  const { explanation, outcome } = explainRepeated(run, prepared, key)
  const repeated: RepeatedRun = {
    directory: run.path,
    name: prepared.config.name,
    outcome: run.outcome,
    ...(outcome instanceof RunFailed ? failed(run, outcome) : done(run, outcome)),
  }
  const value = { schema: 'escapement/explain-1', status: 'done', run: repeated, ...explanation }
  output.result(value, () => describeOrder(explanation, repeated, rowsShown))
}

const failed = ({ log }: RecordedRun, { cause }: RunFailed) => {
  const { code, message } = failureReport(cause)
  const failure = { code, message }
  return { events: lastPosition(log) + 1, eventLogHash: null, stateHash: null, failure }
}

function done({ outcome, log }: RecordedRun, { events, eventLogHash, stateHash }: BacktestResult) {
  if (outcome === 'done') return { events, eventLogHash, stateHash, failure: null }
  return { events: lastPosition(log) + 1, eventLogHash: null, stateHash: null, failure: null }
}

/** @throws ESC_RUN_DIFFERS when the run comes out otherwise than it was recorded */
function explainRepeated(run: RecordedRun, prepared: PreparedBacktest, key: OrderKey): Explained {
  const comparison = new LogComparison(run.log)
  const progress = progressBar(prepared.rows, 'rows')
  const last = run.outcome === 'done' ? Number.POSITIVE_INFINITY : lastPosition(run.log)
  let explained: Explained
  try {
    explained = explainOrder(prepared.definition, key, {
      sink: comparison,
      last,
      onProgress: (share) => progress.update(share),
    })
  } catch (cause) {
    // An order that is not there is no news in a run that is another one.
    if (comparison.difference === null) throw cause
    throw otherRecord(run, comparison.difference)
  } finally {
    progress.stop()
  }
  checkOutcome(run, explained.outcome, comparison)
  return explained
}

const otherRecord = (run: RecordedRun, position: number): CodedError =>
  differs(run, `event log, position ${position}`, 'another record', 'the record of that position')

function checkOutcome(
  run: RecordedRun,
  outcome: Explained['outcome'],
  comparison: LogComparison,
): void {
  const { difference, isWhole } = comparison
  if (difference !== null) throw otherRecord(run, difference)
  if (run.hashes === null) {
    if (isWhole) return
    throw differs(run, 'event log', 'a run that ended earlier', 'a longer one')
  }
  if (outcome instanceof RunFailed) {
    throw differs(run, 'outcome', outcome.message, 'a run that ended')
  }
  const { eventLogHash, stateHash } = run.hashes
  if (outcome.eventLogHash !== eventLogHash) {
    throw differs(run, 'eventLogHash', outcome.eventLogHash, eventLogHash)
  }
  if (!isWhole) throw differs(run, 'event log', 'more records than the run has', 'its own')
  if (outcome.stateHash !== stateHash) {
    throw differs(run, 'stateHash', outcome.stateHash, stateHash)
  }
}

/** `small-12` as files and logs print it, or the key itself. */
function parseOrder(text: string, namespaces: readonly string[]): OrderKey {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text)
  const [, name, counter] = /^(.+)-(\d+)$/.exec(text) ?? []
  const index = namespaces.indexOf(name ?? '')
  if (index >= 0 && Number(counter) < 2 ** 40) return orderKey(index, Number(counter))
  throw new CodedError('ESC_ORDER_UNKNOWN', {
    found: text,
    needed: `${namespaces.map((known) => `${known}-<n>`).join(' or ')}, or the key as an integer`,
  })
}

const DEFAULT_ROWS = 12

function parseRows(text: string | undefined): number {
  if (text === undefined) return DEFAULT_ROWS
  if (text === 'all') return Number.POSITIVE_INFINITY
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new CodedError('ESC_USAGE', { field: '--rows', found: text, needed: 'all or a number' })
}
