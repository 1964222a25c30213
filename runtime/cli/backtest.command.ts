import { describeRun } from './describe-run.ts'
import { logFlags } from './log-header.ts'
import type { Output } from './output.ts'
import { type BacktestFlags, baseOf, prepareBacktest } from './prepare-backtest.ts'
import { writeRun } from './write-run.ts'

/** `escapement backtest [config] [--data FILE] [--out DIR]`: runs, writes a run directory, sums up. */
export async function backtestCommand(
  configPath: string | undefined,
  flags: BacktestFlags,
  output: Output,
): Promise<void> {
  const log = logFlags(flags)
  const loading = performance.now()
  const prepared = await prepareBacktest(configPath, flags)
  const loadSeconds = (performance.now() - loading) / 1_000
  const written = writeRun(prepared, { out: flags.out, base: baseOf(configPath), log, loadSeconds })
  if (written.outcome === 'failed') return output.failure(written.report)
  const { summary, recording } = written
  output.result(summary, () => describeRun(summary, recording))
}
