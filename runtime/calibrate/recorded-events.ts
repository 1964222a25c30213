import {
  ByteReader,
  type CoreEvent,
  LogKind,
  logRecords,
  type MarketView,
  readEvent,
} from '@escapement/core'

const NO_ROWS = { length: 0 } as MarketView

/** The Events of a log, in order, market rows left out, and the runs of those as well. */
export function* recordedEvents(log: Uint8Array): IterableIterator<CoreEvent> {
  for (const { kind, payload, to } of logRecords(log)) {
    if (kind !== LogKind.EVENT) continue
    yield readEvent(new ByteReader(log.subarray(payload, to)), () => NO_ROWS)
  }
}
