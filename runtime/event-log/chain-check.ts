import { createHash } from 'node:crypto'
import { LogKind, type LogRecord } from '@escapement/core'
import { RECORDS_PER_LINK } from './event-log.ts'

/** Follows the chain of event-log.ts through records that were read. */
export class ChainCheck {
  #link: Uint8Array = new Uint8Array(32)
  #open = createHash('sha256').update(this.#link)
  #records = 0

  /** Records of the chain so far: neither links nor copies of rows. */
  get records(): number {
    return this.#records
  }

  /** The hash that a LINK record must hold now. */
  get link(): Uint8Array {
    return this.#link
  }

  /** Whether the record taken last was the last of its link. */
  get isLinkDue(): boolean {
    return this.#records > 0 && this.#records % RECORDS_PER_LINK === 0
  }

  take(bytes: Uint8Array, record: LogRecord): void {
    if (!isChained(record)) return
    this.#open.update(bytes.subarray(record.from, record.to))
    this.#records++
    if (!this.isLinkDue) return
    this.#link = this.#open.digest()
    this.#open = createHash('sha256').update(this.#link)
  }

  /** The hash of all so far, as an END record holds it. */
  hash(): Buffer {
    return this.#open.copy().digest()
  }
}

export const isChained = ({ kind }: LogRecord): boolean =>
  kind === LogKind.EVENT || kind === LogKind.RESULT || kind === LogKind.RUN
