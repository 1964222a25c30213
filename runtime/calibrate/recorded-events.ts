import { ByteReader, type CoreEvent, type MarketView, readEvent } from '@escapement/core'
import { logRecords } from '../event-log-records.ts'

const NO_ROWS = { length: 0 } as MarketView

/** The Events of a log, in order, market rows left out. */
export function* recordedEvents(log: Uint8Array): IterableIterator<CoreEvent> {
  for (const { isEvent, payload, to } of logRecords(log)) {
    if (!isEvent) continue
    yield readEvent(new ByteReader(log.subarray(payload, to)), () => NO_ROWS)
  }
}
