import type { ReadRecord } from '@escapement/core'
import { commonLinks } from '../diff/common-links.ts'
import { differingRecords } from '../diff/differing-records.ts'
import { firstDifference, type StreamDifference } from '../diff/first-difference.ts'
import { recordedSteps } from '../event-log/read-log.ts'
import { type DiffSide, hasSameMarket } from './diff-side.ts'
import { expectWhole } from './recorded-run.ts'

/**
 * The first position at which the event logs of two runs differ, or null. A difference in how
 * records are cut is none.
 * @throws ESC_LOG_DAMAGED when the log of a run that is done is not whole as far as it is read
 */
export function logDifference(a: DiffSide, b: DiffSide): StreamDifference | null {
  // References to rows of other data may be equal and mean something else.
  if (!hasSameMarket(a, b)) {
    const all = (side: DiffSide) => recordedSteps(recordsFrom(side, 0), side.viewOf)
    return firstDifference(all(a), all(b))
  }
  // The result of an Event may stand behind the link that the Event stands before.
  const links = Math.max(0, commonLinks(a.log.index, b.log.index) - 1)
  const records = (side: DiffSide) =>
    recordsFrom(side, links === 0 ? 0 : side.log.index.byte(links - 1))
  const differing = differingRecords(records(a), records(b))
  if (differing === null) return null
  return firstDifference(recordedSteps(differing.a, a.viewOf), recordedSteps(differing.b, b.viewOf))
}

function* recordsFrom({ run, log }: DiffSide, byte: number): Generator<ReadRecord> {
  let last = 0
  for (const read of log.recordsFrom(byte)) {
    last = read.record.kind
    yield read
  }
  if (run.outcome === 'done') expectWhole(log, last)
}
