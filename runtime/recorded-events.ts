import {
  ByteReader,
  type CoreEvent,
  type EventStreamEntry,
  type MarketView,
  readEvent,
} from '@escapement/core'
import { logRecords } from './event-log-records.ts'

const NO_ROWS = { length: 0 } as MarketView

/** The Events of a log, in order, market rows left out. */
export function* recordedEvents(log: Uint8Array): IterableIterator<CoreEvent> {
  for (const { event } of recordedEntries(log)) yield event
}

/** The same with their positions. */
export function* recordedEntries(log: Uint8Array): IterableIterator<EventStreamEntry> {
  for (const { isEvent, payload, position, to } of logRecords(log)) {
    if (!isEvent) continue
    const event = readEvent(new ByteReader(log.subarray(payload, to)), () => NO_ROWS)
    yield { position, event }
  }
}
