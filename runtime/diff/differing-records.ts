import { LogKind, type ReadRecord } from '@escapement/core'
import { isChained } from '../event-log/chain-check.ts'

/** What two logs hold from where their records are no longer the same bytes. */
export type DifferingRecords = {
  readonly a: Iterable<ReadRecord>
  readonly b: Iterable<ReadRecord>
}

/**
 * Reads both as long as their records are equal, links and copies of rows aside. What comes back
 * begins with the records that differ, behind the Event that both are about; null when none does.
 */
export function differingRecords(
  a: Iterable<ReadRecord>,
  b: Iterable<ReadRecord>,
): DifferingRecords | null {
  const left = chained(a)
  const right = chained(b)
  let event: ReadRecord | null = null
  for (;;) {
    const [one, other] = [left.next(), right.next()]
    if (one.done === true && other.done === true) return null
    if (one.done === true || other.done === true || !isSame(one.value, other.value)) {
      return { a: rest(event, one, left), b: rest(event, other, right) }
    }
    event = one.value.record.kind === LogKind.EVENT ? kept(one.value) : null
  }
}

function* chained(records: Iterable<ReadRecord>): Generator<ReadRecord, void> {
  for (const read of records) if (isChained(read.record)) yield read
}

function* rest(
  event: ReadRecord | null,
  next: IteratorResult<ReadRecord, void>,
  records: Iterable<ReadRecord>,
): Generator<ReadRecord> {
  if (event !== null) yield event
  if (next.done === true) return
  yield next.value
  yield* records
}

const bytesOf = ({ bytes, record }: ReadRecord): Uint8Array =>
  bytes.subarray(record.from, record.to)

const isSame = (a: ReadRecord, b: ReadRecord): boolean =>
  Buffer.compare(bytesOf(a), bytesOf(b)) === 0

/** The bytes of a record may be gone when the next one is read. */
function kept(read: ReadRecord): ReadRecord {
  const { from, to, payload, ...record } = read.record
  const length = to - from
  return {
    bytes: bytesOf(read).slice(),
    record: { ...record, from: 0, to: length, payload: payload - from },
  }
}
