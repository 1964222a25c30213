import { createHash } from 'node:crypto'
import { LogKind, type LogRecord, logRecords } from '@escapement/core'
import { RECORDS_PER_LINK } from './event-log.ts'

/** Whether the hash chain covers a record: it does not cover links and copies of rows. */
export const isChained = ({ kind }: LogRecord): boolean =>
  kind === LogKind.EVENT || kind === LogKind.RESULT || kind === LogKind.RUN

/** Follows the chain of event-log.ts through records that were read. */
export class ChainCheck {
  #link: Uint8Array = new Uint8Array(32)
  #open = createHash('sha256').update(this.#link)
  #records = 0

  /** Records of the chain so far. */
  get records(): number {
    return this.#records
  }

  take(bytes: Uint8Array, record: LogRecord): void {
    if (!isChained(record)) return
    this.#open.update(bytes.subarray(record.from, record.to))
    this.#records++
    if (this.#records % RECORDS_PER_LINK !== 0) return
    this.#link = this.#open.digest()
    this.#open = createHash('sha256').update(this.#link)
  }

  /** The hash that a LINK record must hold now. */
  get link(): Uint8Array {
    return this.#link
  }

  /** The hash of all so far, as an END record holds it. */
  hash(): Buffer {
    return this.#open.copy().digest()
  }
}

/** What a log of these records hashes to, as 64 hexadecimal digits. */
export function logHash(bytes: Uint8Array): string {
  const chain = new ChainCheck()
  for (const record of logRecords(bytes)) chain.take(bytes, record)
  return chain.hash().toString('hex')
}
