import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Core, type Digest, digestStep } from '@escapement/core'
import { LogReader } from '../../adapters/event-log/log-reader.ts'
import { SegmentedLog } from '../../adapters/event-log/segmented-log.ts'
import { readRunFolder } from '../../runtime/cli/recorded-run.ts'
import { prepareRepeat } from '../../runtime/cli/repeat-run.ts'
import { RunHistory } from '../../runtime/cli/run-history.ts'
import { EventLog } from '../../runtime/event-log/event-log.ts'
import type { RecordedStep } from '../../runtime/replay/recorded-step.ts'

/** Every position of a run with both digests, which its log does not hold of all. */
export async function wholeSteps(run: string): Promise<readonly Required<RecordedStep>[]> {
  const { definition, ...prepared } = await prepareRepeat(readRunFolder(run))
  const history = new RunHistory(run, { definition, ...prepared })
  const core = new Core(definition.configuration, definition.strategies)
  return Array.from(history.steps(0), ({ position, event }) => {
    const result = core.step(position, event)
    const stepDigest = digestStep(core.state, event, result).hex()
    return { position, event, stepDigest, stateDigest: core.state.digest() }
  })
}

/**
 * The same run at `folder` with another log: `steps`, of whose market Events those that `isPassed` names become
 * runs, which end where `isCut` says. Segments are small.
 */
export function rewriteRun(
  run: string,
  folder: string,
  steps: readonly RecordedStep[],
  isPassed: (position: number) => boolean = () => false,
  isCut: (position: number) => boolean = () => true,
): void {
  cpSync(run, folder, { recursive: true })
  const events = join(folder, 'events')
  const { header } = LogReader.open(events)
  rmSync(events, { recursive: true })
  const sink = new SegmentedLog(events, header, { segmentBytes: 40_000 })
  const log = new EventLog(sink)
  for (const { position, event, stepDigest, stateDigest } of steps) {
    const isRun = event.type === 'market.updated' && isPassed(position)
    if (isRun) log.pass(position, 1, event)
    else log.append(position, event)
    if (stepDigest === undefined || (isRun && !isCut(position))) continue
    log.commit(position, digest(stepDigest), stateDigest === undefined ? null : digest(stateDigest))
  }
  log.close()
  sink.close()
}

/** What a log takes of a digest. */
const digest = (hex: string): Digest =>
  ({
    high: () => Number.parseInt(hex.slice(0, 8), 16) | 0,
    low: () => Number.parseInt(hex.slice(8), 16) | 0,
  }) as unknown as Digest
