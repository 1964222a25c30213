import {
  type Closure,
  type CommandKind,
  type CoreEvent,
  commandKind,
  type Intent,
  isMarketEvent,
  messageOf,
  type Nanos,
  orderChart,
  type StepBaton,
  type StepResult,
  type TriggerReason,
} from '@escapement/core'
import type { Entry, FilledEntry, SentEntry } from './explanation.ts'
import type { Timeline } from './timeline.ts'
import type { VenueSide } from './venue-side.ts'

/**
 * Writes down what happens to one order on our side, step by step: what was decided, what Risk and
 * the queue made of it, what left, and which of the Venue's reports came in.
 */
export class CoreSide {
  readonly #timeline: Timeline
  readonly #venue: VenueSide
  /** Intents of strategies in the step under way. */
  #intents: { readonly intent: Intent; readonly reason: TriggerReason }[] = []
  /** What was last said of a command that waits. */
  #waiting = ''

  constructor(timeline: Timeline, venue: VenueSide) {
    this.#timeline = timeline
    this.#venue = venue
  }

  /** A strategy answered; what it wants of our order counts once the step commits. */
  decided(intents: readonly Intent[], reason: TriggerReason): void {
    for (const intent of intents) {
      this.#timeline.known.add(intent.key)
      if (intent.key === this.#timeline.key) this.#intents.push({ intent, reason })
    }
  }

  step = ({ state, event, position, released }: StepBaton, result: StepResult): void => {
    const timeline = this.#timeline
    timeline.reach(position)
    const { key } = timeline
    if (!timeline.concerns(key)) return
    const { clock } = state.control
    this.#event(event, position)
    this.#decisions(position, clock, result)
    for (const closure of result.closures) {
      if (closure.key === key) this.#closed(closure, position, clock, state, result)
    }
    const pending = state.execution.work.queue.get(key)
    const dispatch = result.dispatches.find((sent) => sent.key === key)
    if (this.#intents.length > 0) this.#admitted(position, clock, dispatch ?? pending)
    this.#intents = []
    if (dispatch !== undefined) {
      const { kind: command, sequence } = dispatch
      const words = timeline.about(dispatch.instrument)
      const [price, qty] = [words.price(dispatch.price), words.qty(dispatch.qty)]
      const sent = { command, sequence, price, qty, recordPosition: null }
      this.#push({ kind: 'sent', position, ...sent }, clock)
      this.#venue.sent(command, clock)
    }
    if (pending !== undefined) this.#waits(pending, position, clock, state, released.rateDue)
  }

  /** Dispatch records and reports name the order themselves. */
  #event(event: CoreEvent, position: number): void {
    if (isMarketEvent(event) || !('key' in event) || event.key !== this.#timeline.key) return
    switch (event.type) {
      case 'order.submitted':
      case 'intent.dispatched': {
        const isSent = (entry: Entry): entry is SentEntry => entry.kind === 'sent'
        const sent = this.#timeline.entries.findLast(isSent)
        if (sent !== undefined) sent.recordPosition ??= position
        return
      }
      case 'dispatch.failed': {
        const { kind: command, reason, time } = event
        return this.#push({ kind: 'notSent', position, command, reason }, time)
      }
      case 'order.disposed': {
        const { outcome, reason, time } = event
        return this.#push({ kind: 'disposed', position, outcome, reason }, time)
      }
      case 'control.anomaly':
        return this.#push({ kind: 'anomaly', position, anomaly: event.kind }, event.time)
      case 'intent.rejected':
        return
      default:
        this.#received(event.type.slice('order.'.length), position)
    }
  }

  /** Reports come home in the order in which they left: the oldest of its kind is this one. */
  #received(kind: string, position: number): void {
    const isIt = (entry: Entry): entry is FilledEntry =>
      entry.kind === kind && 'receivedNs' in entry && entry.position === null
    const report = this.#timeline.entries.find(isIt)
    if (report !== undefined) report.position = position
  }

  #decisions(position: number, clock: Nanos, { denials, failures }: StepResult): void {
    const { key } = this.#timeline
    const denied = denials.filter((denial) => denial.key === key)
    for (const { intent, reason } of this.#intents) {
      const words = this.#timeline.about(intent.instrument)
      const command = commandKind(intent)
      const terms = intent.type === 'intent.cancel' ? null : intent
      this.#push(
        {
          kind: 'decision',
          position,
          command,
          reason,
          price: terms === null ? null : words.price(terms.price),
          qty: terms === null ? null : words.qty(terms.qty),
        },
        clock,
      )
      const failure = failures.find(({ strategy }) => strategy < 0)
      if (failure !== undefined) {
        const { stage, cause } = failure
        this.#push({ kind: 'takenBack', position, stage, reason: messageOf(cause) }, clock)
        continue
      }
      const denial = denied.find(({ kind }) => kind === command)
      if (denial === undefined) {
        this.#push({ kind: 'risk', position, command, verdict: 'allowed' }, clock)
        continue
      }
      denied.splice(denied.indexOf(denial), 1)
      const { reason: why, scope } = denial
      this.#push({ kind: 'risk', position, command, verdict: 'denied', reason: why, scope }, clock)
    }
  }

  /** The one effective command of the step, whether it leaves at once or waits. */
  #admitted(
    position: number,
    clock: Nanos,
    command: { readonly kind: CommandKind; readonly sequence: number } | undefined,
  ): void {
    if (command === undefined) return
    const { kind, sequence } = command
    const isKnown = this.#timeline.entries.some(
      (entry) => entry.kind === 'admitted' && entry.sequence === sequence,
    )
    if (!isKnown) this.#push({ kind: 'admitted', position, command: kind, sequence }, clock)
  }

  #closed(
    { kind: command, reason, key }: Closure,
    position: number,
    clock: Nanos,
    state: StepBaton['state'],
    { dispatches }: StepResult,
  ): void {
    const effective =
      dispatches.find((sent) => sent.key === key) ?? state.execution.work.queue.get(key)
    const by = reason === 'superseded' ? (effective?.kind ?? 'cancel') : null
    this.#push({ kind: 'closed', position, command, reason, by }, clock)
  }

  /** Said once for each reason to wait, and not at every step in between. */
  #waits(
    { kind: command, sendAs, sequence, key }: NonNullable<ReturnType<PendingOf>>,
    position: number,
    clock: Nanos,
    { execution }: StepBaton['state'],
    rateDue: Nanos | null,
  ): void {
    const isUnknown = execution.orders.get(key)?.status === orderChart.state.submitted
    const waitsFor = execution.inflight.has(key)
      ? 'inflight'
      : sendAs === 'replace' && isUnknown
        ? 'acknowledgement'
        : 'rate'
    if (this.#waiting === `${sequence} ${waitsFor}`) return
    this.#waiting = `${sequence} ${waitsFor}`
    const { words } = this.#timeline
    const isRate = waitsFor === 'rate' && rateDue !== null
    const dueNs = isRate && words !== null ? words.time(rateDue) : null
    this.#push({ kind: 'waits', position, command, sequence, waitsFor, dueNs }, clock)
  }

  #push(entry: Untimed, time: Nanos): void {
    const { words } = this.#timeline
    // What is about the order comes after the Intent that names its instrument.
    if (words === null) return
    const { kind, ...rest } = entry
    this.#timeline.push({ kind, timeNs: words.time(time), ...rest } as Entry)
  }
}

type PendingOf = StepBaton['state']['execution']['work']['queue']['get']
type Untimed = Entry extends infer E ? (E extends Entry ? Omit<E, 'timeNs'> : never) : never
