import { createHash } from 'node:crypto'
import {
  ByteWriter,
  beginRecord,
  type CoreEvent,
  type Digest,
  isMarketEvent,
  LogKind,
  type MarketEvent,
  type MarketUpdated,
  type Position,
  type State,
  sealRecord,
  writeEvent,
} from '@escapement/core'
import type { Journal, LogSink } from '../../actors/ports.ts'
import { writeRows } from './market-rows-record.ts'
import { MarketRun } from './market-run.ts'

/** Records in a link of the hash chain. */
export const RECORDS_PER_LINK = 1024

export type EventLogOptions = {
  /**
   * Where market rows are: `reference` leaves them in the data that the header names, `full` writes
   * each once before the first record that needs it.
   */
  readonly market?: 'reference' | 'full'
  /** When the sink gets records: each at once, or a link's worth at a time. */
  readonly handOver?: 'record' | 'link'
  /** Called with State at every n-th position, to be read and not kept. */
  readonly onCheckpoint?: (position: Position, state: State) => void
}

/**
 * The Event Stream as bytes and as one hash.
 *
 * An Event is written before it is applied, and after it the digest of the StepResult and, at
 * decisions and every n-th position, of State. Market Events in a row that change the market alone
 * become one record with the digest of the last. Framing: core/log/log-record.ts; payloads:
 * docs/event-log.md.
 *
 * The hash is a chain: link k is SHA-256 of link k-1 and the next 1,024 records. It covers the
 * records alone, so equal rows from any file format give an equal hash; rows that are copied into the
 * log have a hash of their own beside it.
 */
export class EventLog implements Journal {
  readonly #sink: LogSink | null
  readonly #eager: boolean
  readonly #onCheckpoint: EventLogOptions['onCheckpoint']
  /** Where rows are copied; null where they are referred to. */
  readonly #rows: ByteWriter | null
  /** Over all copies of rows so far. */
  readonly #rowsHash = createHash('sha256')
  /** Records since the last link. */
  readonly #block = new ByteWriter()
  /** Bytes of the block that the sink has. */
  #handed = 0
  #link: Uint8Array = new Uint8Array(32)
  #records = 0
  #position = -1
  readonly #run = new MarketRun()
  /** Of the whole log, once it is closed. */
  #hash: Buffer | null = null

  constructor(sink: LogSink | null = null, options: EventLogOptions = {}) {
    this.#sink = sink
    this.#eager = options.handOver === 'record'
    this.#onCheckpoint = options.onCheckpoint
    this.#rows = options.market === 'full' && sink !== null ? new ByteWriter() : null
  }

  /** Records written so far, without links and copies of rows. */
  get records(): number {
    return this.#records
  }

  /** Of the Event appended or passed last; -1 before the first. */
  get position(): number {
    return this.#position
  }

  append(position: number, event: CoreEvent): void {
    this.#endRun(null, null)
    this.#position = position
    if (this.#rows !== null && isMarketEvent(event)) this.#copyRows(position, event)
    const block = this.#block
    const start = beginRecord(block, LogKind.EVENT, position)
    writeEvent(event, block)
    this.#seal(start)
  }

  pass(position: number, count: number, event: MarketUpdated): void {
    const run = this.#run
    if (run.count > 0 && !run.isContinuedBy(event)) this.#endRun(null, null)
    if (this.#rows !== null) this.#copyRows(position, event)
    this.#position = position + count - 1
    run.add(position, count, event)
  }

  commit(position: number, step: Digest, state: Digest | null): void {
    if (this.#run.count > 0) {
      this.#endRun(step, state)
      return
    }
    const block = this.#block
    const start = beginRecord(block, LogKind.RESULT, position)
    this.#digests(step, state)
    this.#seal(start)
  }

  checkpoint(position: Position, state: State): void {
    this.#onCheckpoint?.(position, state)
  }

  /** Ends the log: what is open goes to the sink, behind it the hash of everything. */
  close(): void {
    this.#endRun(null, null)
    const hash = this.#chain()
    this.#hash = hash
    const block = this.#block
    const start = beginRecord(block, LogKind.END, this.#position)
    block.f64(this.#records).raw(hash).raw(this.#rowsHash.copy().digest())
    sealRecord(block, start)
    this.#handOver()
  }

  /** The hash of everything so far, as 64 hexadecimal digits. */
  hash(): string {
    return (this.#hash ?? this.#chain()).toString('hex')
  }

  /** Writes the open run; without digests where its last step was not seen to the end. */
  #endRun(step: Digest | null, state: Digest | null): void {
    const run = this.#run
    if (run.count === 0) return
    const block = this.#block
    const start = beginRecord(block, LogKind.RUN, run.first)
    run.write(block)
    run.clear()
    this.#digests(step, state)
    this.#seal(start)
  }

  #digests(step: Digest | null, state: Digest | null): void {
    const block = this.#block
    block.u8((step === null ? 0 : 1) | (state === null ? 0 : 2))
    if (step !== null) block.i32(step.low()).i32(step.high())
    if (state !== null) block.i32(state.low()).i32(state.high())
  }

  /** Ends a record, and a block that is full with it. */
  #seal(start: number): void {
    sealRecord(this.#block, start)
    this.#records++
    if (this.#records % RECORDS_PER_LINK === 0) this.#endBlock()
    else if (this.#eager) this.#handOver()
  }

  #endBlock(): void {
    this.#link = this.#chain()
    const block = this.#block
    const start = beginRecord(block, LogKind.LINK, this.#position)
    block.f64(this.#records).raw(this.#link).raw(this.#rowsHash.copy().digest())
    sealRecord(block, start)
    this.#handOver()
    block.reset()
    this.#handed = 0
    this.#sink?.linked?.({ position: this.#position, records: this.#records, hash: this.#link })
  }

  #handOver(): void {
    const bytes = this.#block.written()
    if (bytes.length > this.#handed) this.#sink?.write(bytes.subarray(this.#handed))
    this.#handed = bytes.length
  }

  /** Rows go to the sink at once: they come before the record that refers to them. */
  #copyRows(position: number, event: MarketEvent): void {
    const rows = this.#rows!.reset()
    const start = beginRecord(rows, LogKind.ROWS, position)
    writeRows(rows, event)
    sealRecord(rows, start)
    this.#handOver()
    this.#sink!.write(rows.written())
    this.#rowsHash.update(rows.written())
  }

  #chain(): Buffer {
    return createHash('sha256').update(this.#link).update(this.#block.written()).digest()
  }
}
