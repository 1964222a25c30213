import type { MarketView, Position, ReadRecord } from '@escapement/core'
import { recordedEntries, recordedSteps, type ViewOf } from './read-log.ts'

/** One position of an Event Stream as a table has it, or several that were kept as one run. */
export type LogLine = {
  readonly position: Position
  /** Positions from `position` on. */
  readonly count: number
  /** Epoch ns of the last of them, in decimal. */
  readonly time_ns: string
  readonly type: string
  /** What else the Event says, market rows as ranges. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Digests in hexadecimal of the StepResult and of State, where they were taken. */
  readonly step: string | null
  readonly state: string | null
}

export type LogLinesOptions = {
  /** Epoch ns of session time 0. */
  readonly originNs: bigint
  readonly from: Position
  /** The last position; Infinity for all. */
  readonly until: Position
  /** The rows, where runs are to be told Event by Event. */
  readonly viewOf: ViewOf | null
}

const NO_ROWS = { length: 0 } as MarketView

/**
 * Positions `from` to `until` of a log; a run that is kept as one is told where any of it is among
 * them.
 * @throws ESC_STATE_RESTORE, ESC_LOG_DAMAGED where a record's payload is not what it must be
 */
export function* logLines(
  records: Iterable<ReadRecord>,
  { originNs, from, until, viewOf }: LogLinesOptions,
): IterableIterator<LogLine> {
  const entries =
    viewOf === null ? recordedEntries(records, () => NO_ROWS) : recordedSteps(records, viewOf)
  const timeNs = (time: number) => (originNs + BigInt(time)).toString()
  for (const entry of entries) {
    const digests = { step: entry.stepDigest ?? null, state: entry.stateDigest ?? null }
    const [first, last] =
      'run' in entry ? [entry.run.first, entry.run.last] : [entry.position, entry.position]
    if (first > until) return
    if (last < from) continue
    const place = { position: first, count: last - first + 1 }
    if ('run' in entry) {
      const { time, ranges } = entry.run
      const fields = { ranges }
      yield { ...place, time_ns: timeNs(time), type: 'market.updated', fields, ...digests }
    } else {
      const { type, time, ...fields } = entry.event
      yield { ...place, time_ns: timeNs(time), type, fields: plain(fields), ...digests }
    }
  }
}

/** Without columns of rows. */
const plain = (fields: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'view'))
