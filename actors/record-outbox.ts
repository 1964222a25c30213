import { CodedError } from '@escapement/core'
import type { ExecutionFeedbackRecord, ExecutionFeedbackRecordSource } from './feedback-record.ts'

const UNDRAINED_MOST = 1_000_000
const NOTHING: readonly ExecutionFeedbackRecord[] = Object.freeze([])

/**
 * The records of one adapter between its receiving them and the Runtime's taking them, in the
 * order in which they were put in and numbered 1, 2, 3, ...
 */
export class RecordOutbox implements ExecutionFeedbackRecordSource {
  readonly name: string
  readonly #undrainedMost: number
  #records: ExecutionFeedbackRecord[] = []
  #numbered = 0

  constructor(name: string, undrainedMost: number = UNDRAINED_MOST) {
    this.name = name
    this.#undrainedMost = undrainedMost
  }

  /**
   * Numbers a record and keeps it until it is drained; it belongs to the outbox from here on.
   * @throws ESC_LIMIT_REACHED when `undrainedMost` records wait already
   */
  push(record: ExecutionFeedbackRecord): void {
    if (this.#records.length >= this.#undrainedMost) this.#overflow()
    ;(record as { sourceSequence: number }).sourceSequence = ++this.#numbered
    this.#records.push(record)
  }

  drain(): readonly ExecutionFeedbackRecord[] {
    if (this.#records.length === 0) return NOTHING
    const drained = this.#records
    this.#records = []
    return drained
  }

  #overflow(): never {
    throw new CodedError('ESC_LIMIT_REACHED', {
      field: `${this.name}.undrainedMost`,
      found: `record ${this.#numbered + 1}, with ${this.#records.length} not drained`,
      needed: `at most ${this.#undrainedMost}`,
      hint: 'look for a Venue that does not wake the Runtime, or raise the limit',
    })
  }
}
