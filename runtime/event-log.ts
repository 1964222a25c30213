import { createHash } from 'node:crypto'
import { ByteWriter, type CoreEvent, type StepResult, writeEvent } from '@escapement/core'
import type { Journal } from '../actors/ports.ts'

/** Records in a link of the hash chain. */
const RECORDS_PER_LINK = 1024
/** Kinds of records, in the byte after the length. */
const EVENT = 1
const RESULT = 2

/** Where encoded records go besides the hash; a throw stops the run. */
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
  readonly #record = new ByteWriter()
  readonly #length = new ByteWriter()
  #block = createHash('sha256')
  #link = new Uint8Array(32)
  #records = 0
  #inBlock = 0

  constructor(sink: LogSink | null = null) {
    this.#sink = sink
    this.#block.update(this.#link)
  }

  /** Records written so far: two for each Event. */
  get records(): number {
    return this.#records
  }

  append(position: number, event: CoreEvent): void {
    const record = this.#record.reset().u8(EVENT).f64(position)
    writeEvent(event, record)
    this.#write()
  }

  commit(position: number, result: StepResult, stateDigest: string | null): void {
    const record = this.#record.reset().u8(RESULT).f64(position)
    record.i32(result.digestLow).i32(result.digestHigh)
    record.u8(stateDigest === null ? 0 : 1)
    if (stateDigest !== null) record.text(stateDigest)
    this.#write()
  }

  /** The hash of everything so far, as 64 hexadecimal digits. */
  hash(): string {
    return this.#block.copy().digest('hex')
  }

  #write(): void {
    const bytes = this.#record.written()
    const length = this.#length.reset().i32(bytes.length).written()
    this.#block.update(length).update(bytes)
    if (this.#sink !== null) {
      this.#sink.write(length)
      this.#sink.write(bytes)
    }
    this.#records++
    this.#inBlock++
    if (this.#inBlock === RECORDS_PER_LINK) this.#close()
  }

  #close(): void {
    this.#link = this.#block.digest()
    this.#block = createHash('sha256').update(this.#link)
    this.#inBlock = 0
  }
}
