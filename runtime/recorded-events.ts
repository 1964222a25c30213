import {
  ByteReader,
  type CoreEvent,
  type EventStreamEntry,
  LogKind,
  logRecords,
  type MarketView,
  readEvent,
} from '@escapement/core'

const NO_ROWS = { length: 0 } as MarketView

/** The Events of a log, in order, market rows left out, and the runs of those as well. */
export function* recordedEvents(log: Uint8Array): IterableIterator<CoreEvent> {
  for (const { event } of recordedEntries(log)) yield event
}

/** The same with their positions. */
export function* recordedEntries(log: Uint8Array): IterableIterator<EventStreamEntry> {
  for (const { kind, payload, position, to } of logRecords(log)) {
    if (kind !== LogKind.EVENT) continue
    const event = readEvent(new ByteReader(log.subarray(payload, to)), () => NO_ROWS)
    yield { position, event }
  }
}
