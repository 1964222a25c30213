import type { Position, ReadRecord } from '@escapement/core'
import type { LogLink } from '../../actors/ports.ts'
import { commonLinks } from '../diff/common-links.ts'
import { differingRecords } from '../diff/differing-records.ts'
import { firstDifference, type StreamDifference } from '../diff/first-difference.ts'
import { recordedSteps } from '../event-log/read-log.ts'
import type { RecordedStep } from '../replay/recorded-step.ts'
import { type DiffSide, hasSameMarket } from './diff-side.ts'
import { expectWhole } from './recorded-run.ts'

/**
 * The first position at which the event logs of two runs differ, or null. A difference in how
 * records are cut is none.
 * @throws ESC_LOG_DAMAGED when the log of a run that is done is not whole as far as it is read
 */
export function logDifference(a: DiffSide, b: DiffSide): StreamDifference | null {
  // A fork's log may begin where the fork does.
  const first = Math.max(beginOf(a), beginOf(b))
  // References to rows of other data may be equal and mean something else.
  if (first > 0 || !hasSameMarket(a, b)) {
    const from = (side: DiffSide) => stepsFrom(first, recordedSteps(recordsOf(side), side.viewOf))
    return firstDifference(from(a), from(b))
  }
  // The result of an Event may stand behind the link that the Event stands before.
  const shared = commonLinks(a.log.index, b.log.index) - 1
  const link = shared < 1 ? null : a.log.index.entry(shared - 1)
  const differing = differingRecords(recordsOf(a, link), recordsOf(b, link))
  if (differing === null) return null
  return firstDifference(recordedSteps(differing.a, a.viewOf), recordedSteps(differing.b, b.viewOf))
}

const beginOf = ({ log }: DiffSide): Position => log.header.parent?.position ?? 0

function* stepsFrom(first: Position, steps: Iterable<RecordedStep>): Generator<RecordedStep> {
  for (const step of steps) if (step.position >= first) yield step
}

/** The records behind a link that both logs have; where one of them cannot go to it, it is read up to there. */
function* recordsOf({ run, log }: DiffSide, link: LogLink | null = null): Generator<ReadRecord> {
  const begin = link === null ? 0 : link.position + 1
  let last = 0
  for (const read of log.records(begin)) {
    last = read.record.kind
    if (read.record.position >= begin) yield read
  }
  if (run.outcome === 'done') expectWhole(log, last)
}
