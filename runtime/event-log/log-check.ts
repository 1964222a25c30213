import { createHash } from 'node:crypto'
import {
  ByteReader,
  CodedError,
  LogKind,
  type LogRecord,
  type Position,
  type ReadRecord,
} from '@escapement/core'
import { ChainCheck } from './chain-check.ts'
import { MarketRun } from './market-run.ts'

/** Whole records that cannot stand where they do: what is wrong is among these positions. */
export type LogContradiction = {
  readonly first: Position
  readonly last: Position
  readonly found: string
  readonly needed: string
}

export type LogKindName = keyof typeof LogKind

/**
 * Holds the records of an event log against each other, one after the other: positions without gaps
 * or repeats, a RESULT behind its Event, the hash chain at each link, the count and the hashes at the
 * end.
 */
export class LogCheck {
  readonly #first: Position
  readonly #chain = new ChainCheck()
  readonly #rowsHash = createHash('sha256')
  readonly kinds: Record<LogKindName, number> = {
    EVENT: 0,
    RESULT: 0,
    RUN: 0,
    ROWS: 0,
    LINK: 0,
    END: 0,
  }
  /** Position of the Event whose RESULT may follow. */
  #open: Position | null = null
  #next: Position
  /** First position that no link has covered yet. */
  #unlinked: Position
  #isLinked = true

  /** `first` is the position that the log begins with. */
  constructor(first: Position = 0) {
    this.#first = first
    this.#next = first
    this.#unlinked = first
  }

  /** Positions so far. */
  get events(): number {
    return this.#next - this.#first
  }

  get isClosed(): boolean {
    return this.kinds.END > 0
  }

  /** Of all records so far, as 64 hexadecimal digits. */
  hash(): string {
    return this.#chain.hash().toString('hex')
  }

  /** Takes the next record, or says what it contradicts. */
  take({ bytes, record }: ReadRecord): LogContradiction | null {
    const name = NAMES.find((one) => LogKind[one] === record.kind)!
    this.kinds[name]++
    try {
      return this.#takeNamed(name, bytes, record)
    } catch (cause) {
      if (!(cause instanceof CodedError)) throw cause
      return at(record.position, cause.message, `the payload of ${name}`)
    }
  }

  #takeNamed(name: LogKindName, bytes: Uint8Array, record: LogRecord): LogContradiction | null {
    if (this.isClosed && (name !== 'END' || this.kinds.END > 1)) {
      return at(record.position, `${name} behind the closing record`, 'nothing')
    }
    if (name === 'LINK') return this.#takeLink(bytes, record)
    if (!this.#isLinked) return at(record.position, name, 'the link that is due')
    if (name === 'END') return this.#compare(bytes, record, this.#chain.hash())
    this.#chain.take(bytes, record)
    if (name === 'ROWS') return this.#takeRows(bytes, record)
    this.#isLinked = !this.#chain.isLinkDue
    return this.#takePositions(name, bytes, record)
  }

  #takeRows(bytes: Uint8Array, { position, from, to }: LogRecord): LogContradiction | null {
    this.#rowsHash.update(bytes.subarray(from, to))
    if (position >= this.#next) return null
    return at(position, `rows of position ${position}`, `position ${this.#next} or later`)
  }

  #takePositions(name: LogKindName, bytes: Uint8Array, record: LogRecord): LogContradiction | null {
    const { position } = record
    const open = this.#open
    this.#open = null
    if (name === 'RESULT') {
      if (position === open) return null
      const needed = open === null ? 'no RESULT here' : `the RESULT of position ${open}`
      return at(position, `a RESULT of position ${position}`, needed)
    }
    if (position !== this.#next) {
      return at(this.#next, `${name} of position ${position}`, `position ${this.#next}`)
    }
    if (name === 'EVENT') {
      this.#open = position
      this.#next++
      return null
    }
    const payload = new ByteReader(bytes.subarray(record.payload, record.to))
    const { count } = MarketRun.read(position, payload)
    if (!(Number.isSafeInteger(count) && count > 0)) {
      return at(position, `a RUN of ${count} positions`, 'one or more')
    }
    this.#next += count
    return null
  }

  #takeLink(bytes: Uint8Array, record: LogRecord): LogContradiction | null {
    const contradiction = this.#compare(bytes, record, this.#chain.link)
    this.#isLinked = true
    this.#unlinked = this.#next
    return contradiction
  }

  /** Position, number of records, hash and hash of copied rows, as a LINK and the END have them. */
  #compare(bytes: Uint8Array, record: LogRecord, hash: Uint8Array): LogContradiction | null {
    const payload = new ByteReader(bytes.subarray(record.payload, record.to))
    const last = this.#next - 1
    const name = record.kind === LogKind.END ? 'the closing record' : 'the link'
    const facts: readonly (readonly [what: string, found: string, needed: string])[] = [
      ['position', String(record.position), String(last)],
      ['records', String(payload.f64()), String(this.#chain.records)],
      ['hash', hex(payload.raw(32)), hex(hash)],
      ['hash of rows', hex(payload.raw(32)), this.#rowsHash.copy().digest('hex')],
    ]
    for (const [what, stated, actual] of facts) {
      if (stated === actual) continue
      const found = `${what} ${actual}`
      return { first: this.#unlinked, last, found, needed: `${stated}, as ${name} says` }
    }
    return null
  }
}

const NAMES = Object.keys(LogKind) as readonly LogKindName[]

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const at = (position: Position, found: string, needed: string): LogContradiction => ({
  first: position,
  last: position,
  found,
  needed,
})
