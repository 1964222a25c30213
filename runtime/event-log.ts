import { createHash } from 'node:crypto'
import { ByteWriter, type CoreEvent, type Digest, writeEvent } from '@escapement/core'
import type { Journal } from '../actors/ports.ts'

/** Records in a link of the hash chain. */
export const RECORDS_PER_LINK = 1024
/** Kinds of records, in the byte after the length. */
export const EVENT = 1
const RESULT = 2

/** Where encoded records go besides the hash; a throw stops the run. The bytes are not kept. */
export type LogSink = {
  write(bytes: Uint8Array): void
}

/**
 * The Event Stream as bytes and as one hash.
 *
 * Layout: each record is its length (int32), its kind, its position (float64) and its payload: an
 * Event's canonical bytes before it is applied, and after it the digest of the StepResult and, at
 * decisions and every n-th position, of State. Little endian.
 * The hash is a chain: link k is SHA-256 of link k-1 and the next 1,024 records. It covers the
 * records alone, so equal rows from any file format give an equal hash.
 */
export class EventLog implements Journal {
  readonly #sink: LogSink | null
  /** Records since the last link. */
  readonly #block = new ByteWriter()
  #link: Uint8Array = new Uint8Array(32)
  #records = 0
  #position = -1

  constructor(sink: LogSink | null = null) {
    this.#sink = sink
  }

  /** Records written so far: two for each Event. */
  get records(): number {
    return this.#records
  }

  /** Of the Event appended last; -1 before the first. */
  get position(): number {
    return this.#position
  }

  append(position: number, event: CoreEvent): void {
    this.#position = position
    const block = this.#block
    const start = block.length
    block.i32(0).u8(EVENT).f64(position)
    writeEvent(event, block)
    this.#seal(start)
  }

  commit(position: number, step: Digest, state: Digest | null): void {
    const block = this.#block
    const start = block.length
    block.i32(0).u8(RESULT).f64(position).i32(step.low()).i32(step.high())
    block.u8(state === null ? 0 : 1)
    if (state !== null) block.i32(state.low()).i32(state.high())
    this.#seal(start)
  }

  /** Hands the records of the open block to the sink; nothing may follow. */
  close(): void {
    this.#sink?.write(this.#block.written())
  }

  /** The hash of everything so far, as 64 hexadecimal digits. */
  hash(): string {
    return this.#chain().toString('hex')
  }

  /** Fills in a record's length and closes a full block. */
  #seal(start: number): void {
    const block = this.#block
    block.setI32(start, block.length - start - 4)
    this.#records++
    if (this.#records % RECORDS_PER_LINK !== 0) return
    this.#link = this.#chain()
    this.#sink?.write(block.written())
    block.reset()
  }

  #chain(): Buffer {
    return createHash('sha256').update(this.#link).update(this.#block.written()).digest()
  }
}
