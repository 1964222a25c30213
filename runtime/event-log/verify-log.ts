import type { ReadRecord } from '@escapement/core'
import type { LogDamage, LogHeader } from '../../actors/ports.ts'
import { LogCheck, type LogContradiction, type LogKindName } from './log-check.ts'

/** A log that can be read from its first record on. */
export type LogSource = {
  readonly header: LogHeader
  records(): Iterable<ReadRecord>
  /** Known once all records were read. */
  readonly damage: LogDamage | null
}

export type LogVerdict = {
  /** Positions that the log tells of. */
  readonly events: number
  /** Records by kind. */
  readonly records: Readonly<Record<LogKindName, number>>
  /** The event log hash of these records, as 64 hexadecimal digits. */
  readonly hash: string
  /** Whether it ends with the record that closes a log. */
  readonly closed: boolean
  /** Closed, and nothing is wrong with it. */
  readonly whole: boolean
  /** Bytes that are no record. */
  readonly damage: LogDamage | null
  /** The first whole record that cannot stand where it does; nothing behind it was looked at. */
  readonly contradiction: LogContradiction | null
}

/**
 * Reads a log to its end and checks all that it says of itself. What it does not say nobody can
 * check: that a log without a closing record was not longer, and that the records behind the last
 * link are those that were written.
 */
export function verifyLog(source: LogSource): LogVerdict {
  const check = new LogCheck(source.header.parent?.position ?? 0)
  let contradiction: LogContradiction | null = null
  for (const read of source.records()) {
    contradiction = check.take(read)
    if (contradiction !== null) break
  }
  const { damage } = source
  const isSound = damage === null && contradiction === null
  return {
    events: check.events,
    records: check.kinds,
    hash: check.hash(),
    closed: check.isClosed,
    whole: isSound && check.isClosed,
    damage,
    contradiction,
  }
}
