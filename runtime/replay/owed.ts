import {
  type Anomaly,
  type ControlRules,
  type ControlTime,
  type CoreEvent,
  type Dispatch,
  type Nanos,
  type Obligation,
  type StepResult,
  type StrategyDisabled,
  sameObligation,
} from '@escapement/core'
import { describeEvent, describeFields } from './describe-event.ts'
import { type DispatchRecord, isAnswerTo, isDispatchRecord, records } from './dispatch-record.ts'

export type DifferenceKind =
  /** A position is repeated or left out. */
  | 'position'
  /** The Core does not accept the Event. */
  | 'refused'
  /** A Control-Time Event realises nothing that was outstanding. */
  | 'controlTime'
  /** An obligation fell due, and the stream went on without its Control-Time Event. */
  | 'missingControlTime'
  /** A dispatch record is not that of the next dispatch that was decided. */
  | 'dispatchRecord'
  /** A request was answered that the stream does not hold. */
  | 'missingDispatchRecord'
  /** An anomaly or a disabled strategy is recorded that the steps did not find. */
  | 'consequence'
  /** The steps found an anomaly or a failed strategy that the stream does not hold. */
  | 'missingConsequence'
  /** The stream goes on where the Configuration halts the run. */
  | 'halt'
  | 'stepDigest'
  | 'stateDigest'
  /** State at the end is not the one whose hash was recorded. */
  | 'stateHash'

export type Difference = {
  readonly kind: DifferenceKind
  /** Both as text for a person. */
  readonly recorded: string
  readonly recomputed: string
}

/** What the Core itself appends because of a step. */
type Consequence = Anomaly | StrategyDisabled

const NOTHING = 'nothing'

/**
 * What the steps so far have caused and the stream still owes: one obligation, the records of
 * dispatches, and the Events that the Core itself appends.
 */
export class Owed {
  #obligation: Obligation | null = null
  /** From here on nothing of a later time may come before the Control-Time Event. */
  #due: Nanos = 0
  readonly #dispatches: Dispatch[] = []
  readonly #consequences: { readonly event: Consequence; readonly since: Nanos }[] = []
  /** Why the run halted with the last step. */
  #halted: string | null = null
  readonly #rules: ControlRules
  readonly #latenessNs: Nanos

  constructor(rules: ControlRules, latenessNs: Nanos) {
    this.#rules = rules
    this.#latenessNs = latenessNs
  }

  /** Why `event` cannot come next, or null. */
  objection(event: CoreEvent): Difference | null {
    if (this.#halted !== null) return difference('halt', event, this.#halted)
    const first = this.#consequences[0]
    if (isConsequence(event)) return wrongConsequence(event, first?.event)
    if (first !== undefined && event.time > first.since) {
      return difference('missingConsequence', event, describeEvent(first.event))
    }
    if (event.type === 'control.time') return this.#wrongTime(event)
    if (this.#isPassedBy(event)) {
      return difference('missingControlTime', event, describeFields(this.#obligation!))
    }
    if (isDispatchRecord(event)) return this.#wrongRecord(event)
    const unrecorded = this.#dispatches.find((dispatch) => isAnswerTo(dispatch, event))
    if (unrecorded === undefined) return null
    return difference('missingDispatchRecord', event, describeFields(unrecorded))
  }

  /** Takes an Event that had no objection, and what its step caused. */
  take(event: CoreEvent, result: StepResult, clock: Nanos): void {
    if (isConsequence(event)) this.#consequences.shift()
    if (isDispatchRecord(event)) this.#dispatches.shift()
    this.#dispatches.push(...result.dispatches)
    this.#takeConsequences(result, clock)
    const { obligation } = result
    if (event.type === 'control.time' || !sameObligation(obligation, this.#obligation)) {
      // One that was due before it was installed fires at once.
      this.#due = Math.max(clock, obligation?.due ?? 0) + this.#latenessNs
    }
    this.#obligation = obligation
  }

  #takeConsequences({ failures, anomalies, position }: StepResult, clock: Nanos): void {
    for (const { strategy, stage } of failures) {
      if (this.#rules.onStrategyFailure === 'halt' || strategy < 0) {
        this.#halted ??= `a halt at position ${position}: ${stage} failed`
      }
      const event = { type: 'control.strategyDisabled', time: clock, strategy, reason: '' } as const
      this.#consequences.push({ event, since: clock })
    }
    for (const event of anomalies) {
      if (this.#rules.onAnomaly === 'halt') {
        this.#halted ??= `a halt at position ${position}: ${event.kind} of order ${event.key}`
      }
      this.#consequences.push({ event, since: clock })
    }
  }

  #wrongTime(event: ControlTime): Difference | null {
    const outstanding = this.#obligation
    if (outstanding === null) return difference('controlTime', event, NOTHING)
    if (sameObligation(event, outstanding) && event.time >= event.due) return null
    return difference('controlTime', event, describeFields(outstanding))
  }

  #isPassedBy({ type, time }: CoreEvent): boolean {
    if (this.#obligation === null) return false
    const isEnd = type === 'control.sessionDraining' || type === 'control.sessionEnded'
    return isEnd ? time >= this.#due : time > this.#due
  }

  #wrongRecord(event: DispatchRecord): Difference | null {
    const next = this.#dispatches[0]
    if (next === undefined) return difference('dispatchRecord', event, NOTHING)
    if (records(event, next)) return null
    return difference('dispatchRecord', event, describeFields(next))
  }
}

const isConsequence = (event: CoreEvent): event is Consequence =>
  event.type === 'control.anomaly' || event.type === 'control.strategyDisabled'

/** Reasons are words of an error and may differ from engine to engine. */
function wrongConsequence(event: Consequence, next: Consequence | undefined): Difference | null {
  if (next === undefined) return difference('consequence', event, NOTHING)
  const isIt =
    event.type === 'control.anomaly'
      ? next.type === event.type && next.kind === event.kind && next.key === event.key
      : next.type === event.type && next.strategy === event.strategy
  if (isIt && next.time === event.time) return null
  return difference('consequence', event, describeEvent(next))
}

const difference = (kind: DifferenceKind, event: CoreEvent, recomputed: string): Difference => ({
  kind,
  recorded: describeEvent(event),
  recomputed,
})
