import { assert, CodedError, type Dispatch } from '@escapement/core'
import { type Actor, type ActorContext, actor, Priority } from './actor.ts'
import { eventOf } from './feedback/event-of.ts'
import { HandedKeys, type HandedKeysBounds, handedKeysBounds } from './feedback/handed-keys.ts'
import { wrongRecordField } from './feedback/wrong-field.ts'
import {
  type ExecutionFeedbackRecord,
  type ExecutionFeedbackRecordSource,
  endsOrder,
  isOrderRecord,
} from './feedback-record.ts'
import type { VenueReport } from './ports.ts'

export type FeedbackPorts = {
  in: {
    /** What the Core lets go: from here its key counts as handed to the Venue. */
    request: Dispatch
    /** The Venue's source has something. */
    records: ExecutionFeedbackRecordSource
  }
  out: { event: VenueReport }
}

/**
 * Feedback: the one place where what a Venue yields becomes Events.
 *
 * in  request  what the Core lets go; tells which keys the Venue was given
 *     records  the Venue's source, whenever it holds something; it is emptied at once
 * out event    the canonical Event of each record, in the order of the source
 *
 * A record that breaks the contract of its source stops the run: nothing is repaired, dropped or
 * passed over. What a lawful record says of an order is the Core's to judge.
 * Both ports come before everything else of their time, so that a record takes its place among
 * the Events when it is received, and a key is known before its Venue can speak of it.
 */
export const feedbackActor = (bounds: Partial<HandedKeysBounds> = {}): Actor<FeedbackPorts> => {
  const { endedKept, openMost } = { ...handedKeysBounds, ...bounds }
  return actor<FeedbackPorts>()(
    'feedback',
    {
      in: { request: Priority.baton, records: Priority.baton },
      out: ['event'],
      needs: ['executionFeedback'],
    },
    (context) => new Ingress(context, new HandedKeys({ endedKept, openMost })),
    `${endedKept},${openMost}`,
  )
}

class Ingress {
  readonly #context: ActorContext<FeedbackPorts>
  readonly #handed: HandedKeys
  #source: ExecutionFeedbackRecordSource | null = null
  #last = 0

  constructor(context: ActorContext<FeedbackPorts>, handed: HandedKeys) {
    this.#context = context
    this.#handed = handed
  }

  request = ({ kind, key }: Dispatch): void => this.#handed.hand(kind, key)

  records = (source: ExecutionFeedbackRecordSource): void => {
    this.#source ??= source
    assert(this.#source === source, `${source.name} is a second source of one feedback actor`)
    for (const record of source.drain()) {
      this.#check(record)
      this.#last = record.sourceSequence
      this.#context.emit('event', eventOf(record))
      if (isOrderRecord(record) && endsOrder(record)) this.#handed.end(record.key)
    }
  }

  /** @throws ESC_FEEDBACK_RECORD for the first thing wrong with a record */
  #check(record: ExecutionFeedbackRecord): void {
    const wrong = wrongRecordField(record)
    if (wrong !== null) throw this.#refuse(record, wrong.field, wrong.found, wrong.needed)
    const { sourceSequence, time } = record
    if (!(Number.isSafeInteger(sourceSequence) && sourceSequence > this.#last)) {
      const needed = `an integer of more than ${this.#last}`
      throw this.#refuse(record, 'sourceSequence', sourceSequence, needed)
    }
    const { now } = this.#context
    if (time > now) throw this.#refuse(record, 'time', time, `a time of receipt, up to ${now}`)
    if (isOrderRecord(record) && !this.#handed.has(record.key)) {
      throw this.#refuse(record, 'key', record.key, 'a key that was handed to this Venue')
    }
  }

  #refuse(
    record: ExecutionFeedbackRecord,
    field: string,
    found: unknown,
    needed: string,
  ): CodedError {
    const where = `${this.#source!.name}, record ${record?.sourceSequence}, ${field}`
    return new CodedError('ESC_FEEDBACK_RECORD', { field: where, found: String(found), needed })
  }
}
