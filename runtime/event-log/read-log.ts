import {
  ByteReader,
  CodedError,
  type CoreEvent,
  digestHex,
  LogKind,
  type MarketUpdated,
  type MarketView,
  type ReadRecord,
  readEvent,
} from '@escapement/core'
import { describeFields } from '../replay/describe-event.ts'
import type { RecordedStep } from '../replay/recorded-step.ts'
import { CopiedRows } from './market-rows-record.ts'
import { MarketRun, type RowRange } from './market-run.ts'

/** Gives the local view that ranges of rows refer to, by instrument. */
export type ViewOf = (instrument: number) => MarketView

type Digests = { readonly stepDigest?: string; readonly stateDigest?: string }

/** Market Events in a row as they were kept; the digests are of the last. */
export type RecordedRun = { readonly run: MarketRun } & Digests

/**
 * The positions of an event log, in order, with what was recorded of each. Market Events that were
 * kept as one run come one by one; of those only the last has digests.
 * @throws ESC_STATE_RESTORE, ESC_LOG_DAMAGED where a record's payload is not what it must be
 */
export function* recordedSteps(
  records: Iterable<ReadRecord>,
  viewOf: ViewOf,
): IterableIterator<RecordedStep> {
  for (const entry of recordedEntries(records, viewOf)) {
    if ('run' in entry) yield* stepsOf(entry, viewOf)
    else yield entry
  }
}

/**
 * The same with runs as they were kept, which takes no rows: `viewOf` may give empty views.
 * @throws ESC_STATE_RESTORE where a record's payload is not what it must be
 */
export function* recordedEntries(
  records: Iterable<ReadRecord>,
  viewOf: ViewOf,
): IterableIterator<RecordedStep | RecordedRun> {
  let open: { readonly position: number; readonly event: CoreEvent } | null = null
  for (const { bytes, record } of records) {
    const { kind, position } = record
    const reader = new ByteReader(bytes.subarray(record.payload, record.to))
    if (kind === LogKind.RESULT) {
      if (open !== null) yield { ...open, ...readDigests(reader) }
      open = null
      continue
    }
    if (kind !== LogKind.EVENT && kind !== LogKind.RUN) continue
    // Its step was not seen to the end.
    if (open !== null) yield open
    open = null
    if (kind === LogKind.EVENT) open = { position, event: readEvent(reader, viewOf) }
    else yield { run: MarketRun.read(position, reader), ...readDigests(reader) }
  }
  if (open !== null) yield open
}

/** The Events of a run in the order of time, then of instrument. */
function* stepsOf(
  { run, ...digests }: RecordedRun,
  viewOf: ViewOf,
): IterableIterator<RecordedStep> {
  const ahead = run.ranges.map((range) => new RangeEvents(range, viewOf(range.instrument)))
  ahead.sort((a, b) => a.instrument - b.instrument)
  for (let position = run.first; position <= run.last; position++) {
    let next = ahead[0]!
    for (const one of ahead) if (one.time < next.time) next = one
    if (next.time === Number.POSITIVE_INFINITY) throw shortRun(run, position)
    const event = next.take()
    yield position === run.last ? { position, event, ...digests } : { position, event }
  }
}

const shortRun = ({ first, last, ranges }: MarketRun, position: number): CodedError =>
  new CodedError('ESC_LOG_DAMAGED', {
    field: `positions ${first} to ${last}`,
    found: `Market Events for ${position - first} of them in ${describeFields(ranges)}`,
    needed: 'the rows that the run had',
  })

/** The Events that a range of rows is made of. */
class RangeEvents {
  readonly instrument: number
  readonly #view: MarketView
  readonly #end: number
  #from: number

  constructor({ instrument, from, to }: RowRange, view: MarketView) {
    this.instrument = instrument
    this.#view = view
    this.#from = from
    this.#end = Math.min(to, view.length)
  }

  /** Of the next Event; Infinity when there is none. */
  get time(): number {
    return this.#from < this.#end ? this.#view.time[this.#from]! : Number.POSITIVE_INFINITY
  }

  take(): MarketUpdated {
    const { instrument, time } = this
    const from = this.#from
    let to = from + 1
    while (to < this.#end && this.#view.time[to] === time) to++
    this.#from = to
    return { type: 'market.updated', time, instrument, view: this.#view, from, to }
  }
}

function readDigests(reader: ByteReader): Digests {
  const has = reader.u8()
  const digest = () => {
    const low = reader.i32()
    return digestHex(reader.i32(), low)
  }
  return {
    ...(has & 1 ? { stepDigest: digest() } : {}),
    ...(has & 2 ? { stateDigest: digest() } : {}),
  }
}

/**
 * The views whose rows a log holds itself, by instrument, read from the log as a whole.
 * @throws ESC_LOG_DAMAGED where rows are missing
 */
export function copiedViews(records: Iterable<ReadRecord>): ReadonlyMap<number, MarketView> {
  const copies = new Map<number, CopiedRows>()
  for (const { bytes, record } of records) {
    if (record.kind !== LogKind.ROWS) continue
    const reader = new ByteReader(bytes.subarray(record.payload, record.to))
    const instrument = reader.f64()
    const rows = copies.get(instrument) ?? new CopiedRows()
    copies.set(instrument, rows)
    const from = reader.f64()
    rows.take(reader, from, reader.i32())
  }
  return new Map([...copies].map(([instrument, { view }]) => [instrument, view]))
}
