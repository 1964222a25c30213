import type { CoreConfiguration } from './configuration.ts'
import {
  type Agent,
  type Decided,
  decide,
  type SlotChange,
  strategiesQuietUntil,
} from './decide.ts'
import { type CoreEvent, isMarketEvent, type MarketUpdated } from './events.ts'
import { admit } from './execution-control/admission.ts'
import { type Release, release } from './execution-control/release.ts'
import { closeTouched } from './execution-control/validity.ts'
import { WorkDraft } from './execution-control/work-draft.ts'
import { intake } from './intake.ts'
import type { OrderKey } from './orders.ts'
import { equityQuietUntil, sampleEquity } from './reduce/reduce-equity.ts'
import { reduceEvent, type StepNotes } from './reduce/reduce-event.ts'
import { reduceMarket } from './reduce/reduce-market.ts'
import { overlayOf, RiskEngine } from './risk/risk-engine.ts'
import { NEVER } from './state/control-state.ts'
import { expectSame } from './state/fit.ts'
import { State } from './state/state.ts'
import type { Obligation, StepFailure, StepResult } from './step-result.ts'
import { firstMemories, type StrategyInstance } from './strategy.ts'
import type { Nanos } from './units.ts'
import { OBSERVER, StateView } from './view.ts'

/**
 * One step on its way through the stages. Stages write here and into `draft`; State itself
 * changes in `reduce` (what the Event says) and in `commit` (what was decided), nowhere else.
 */
export type StepBaton = {
  /** State travels with the step: whoever holds the baton owns it. */
  readonly state: State
  readonly position: number
  readonly event: CoreEvent
  /** What reduction closed, and what it found amiss. */
  readonly notes: StepNotes
  /** Execution Control's draft, of whatever step was last; `admitStage` begins it anew. */
  readonly scratch: WorkDraft
  decided: Decided
  draft: WorkDraft | null
  released: Release
  failure: StepFailure | null
}

/** Frozen, so that no step can write to what all share. */
const NONE = Object.freeze([]) as readonly never[] as never[]
/** Market Events have none, and are most of all Events. */
const NO_NOTES: StepNotes = { closures: NONE, anomalies: NONE }
const NOTHING_RELEASED: Release = { dispatches: [], rateDue: null }

/**
 * The Core: State, Configuration and strategies, and the one step that moves them.
 *
 * `step` is the composition of the stages `begin` (intake, reduce, decide), `admitStage`,
 * `releaseStage` and `commit`; the standard topology runs the same stages in its core, queue and gate actors.
 */
export class Core {
  /** State as of the last committed step; of a step under way, reduced and not decided yet. */
  readonly state: State
  readonly #agents: readonly Agent[]
  readonly #view: StateView
  readonly #risk: RiskEngine
  readonly #draft: WorkDraft
  /** Handed out again while it is the same: most steps change no obligation. */
  #lastObligation: Obligation | null = null

  /**
   * `state` continues from a restored one; without it the Core starts before position 0.
   * @throws ESC_STATE_RESTORE when that State is one of another number of strategies
   */
  constructor(
    configuration: CoreConfiguration,
    strategies: readonly StrategyInstance[],
    state: State = State.initial(configuration, firstMemories(configuration, strategies)),
  ) {
    this.state = state
    expectSame('strategies', state.control.strategies.length, strategies.length)
    const { instruments } = configuration
    this.#agents = strategies.map((instance, index) => ({
      instance,
      view: new StateView(state, instruments, index),
    }))
    this.#view = new StateView(state, instruments, OBSERVER)
    this.#risk = new RiskEngine(state)
    this.#draft = new WorkDraft(state, overlayOf(this.#risk))
  }

  /** What an observer sees; reading it changes nothing. */
  get view(): StateView {
    return this.#view
  }

  /**
   * Applies one positioned Event and answers with what was decided.
   * @throws ESC_EVENT_REFUSED when the Event is not accepted; State is unchanged then.
   */
  step(position: number, event: CoreEvent): StepResult {
    this.validate(position, event)
    const baton = this.begin(position, event)
    if (needsExecutionControl(baton)) {
      admitStage(baton)
      releaseStage(baton)
    }
    return this.commit(baton)
  }

  /** Intake: throws for what `begin` must not see. */
  validate(position: number, event: CoreEvent): void {
    intake(this.state, position, event)
  }

  /**
   * The last time up to which a Market Event changes Market State, clock and position and nothing
   * else, whatever it says; -1 when the next one may be looked at by a strategy, by Execution
   * Control or by a loss limit. Known before the Event: a function of State.
   */
  quietUntil(): Nanos {
    const { state } = this
    if (state.execution.work.queue.size > 0) return -1
    return Math.min(strategiesQuietUntil(state, this.#agents), equityQuietUntil(state))
  }

  /**
   * Applies `count` Market Events in a row as one: `event` has the rows of all and the time of the
   * last. The same State as `count` steps, as long as none is later than `quietUntil`.
   * @throws ESC_EVENT_REFUSED when they are not accepted; State is unchanged then.
   */
  pass(position: number, event: MarketUpdated, count: number): void {
    const { state } = this
    intake(state, position, event)
    if (event.time > state.control.clock) state.control.clock = event.time
    reduceMarket(state, event)
    state.control.nextPosition = position + count
  }

  /** Reduces a validated Event and asks the strategies and Risk. */
  begin(position: number, event: CoreEvent): StepBaton {
    const { state } = this
    const isMarket = isMarketEvent(event)
    const notes = isMarket ? NO_NOTES : { closures: [], anomalies: [] }
    if (event.time > state.control.clock) state.control.clock = event.time
    if (isMarket) reduceMarket(state, event)
    else {
      this.#risk.forget()
      reduceEvent(state, event, notes)
    }
    sampleEquity(state)
    const decided = decide(state, this.#agents, this.#risk, event)
    const { failure } = decided
    return {
      state,
      position,
      event,
      notes,
      scratch: this.#draft,
      decided,
      draft: null,
      released: NOTHING_RELEASED,
      failure,
    }
  }

  /** Writes what was decided into State, all of it or nothing, and gives the result. */
  commit(baton: StepBaton): StepResult {
    const { state } = this
    const { draft, decided, released, failure, position, notes } = baton
    if (failure !== null) return this.#commitFailed(baton, failure)
    const { changes } = decided
    for (let i = 0; i < changes.length; i++) this.#commitSlot(changes[i]!)
    if (draft !== null) this.#commitDraft(draft, released)
    state.control.nextPosition = position + 1
    return {
      position,
      decided: decided.asked,
      dispatches: released.dispatches,
      denials: decided.denials,
      closures: draft === null ? notes.closures : joined(notes.closures, draft.closures),
      anomalies: notes.anomalies,
      obligation: this.#obligation(released.rateDue),
      failures: decided.failures,
    }
  }

  /** The Event counts, and nothing of what the step decided. */
  #commitFailed(baton: StepBaton, failure: StepFailure): StepResult {
    const { position, decided, notes } = baton
    const closures = [...notes.closures]
    closeTouched(this.state, keyOf(baton.event), closures)
    this.state.control.nextPosition = position + 1
    return {
      position,
      decided: decided.asked,
      dispatches: NONE,
      denials: NONE,
      closures,
      anomalies: notes.anomalies,
      obligation: this.#obligation(null),
      failures: [...decided.failures, failure],
    }
  }

  #commitSlot({ strategy, memory, wakeAt, counter, random, newKeys }: SlotChange): void {
    const slot = this.state.control.strategies[strategy]!
    slot.memory = memory
    slot.wakeAt = wakeAt
    slot.counter = counter
    if (random !== null) slot.random = random
    if (newKeys > 0) slot.handedOut = Math.max(slot.issued, slot.handedOut) + newKeys
  }

  #commitDraft(draft: WorkDraft, released: Release): void {
    const { execution, control } = this.state
    draft.commit()
    if (draft.isAsJudged) this.#risk.keep()
    else if (draft.pending.hasRemoved) this.#risk.forget()
    for (const command of released.dispatches) {
      const { key, kind } = command
      const before = execution.inflight.get(key)
      const asked = kind === 'cancel' ? (before?.asked ?? null) : command
      const passed = before?.kind ?? null
      execution.inflight.set(key, { key, kind, time: control.clock, passed, asked })
    }
  }

  /** f(State): the earlier of rate recovery and the next wake-up; a wake-up wins a tie. */
  #obligation(rateDue: number | null): Obligation | null {
    let due = NEVER
    for (const { wakeAt } of this.state.control.strategies) if (wakeAt < due) due = wakeAt
    let reason: Obligation['reason'] = 'wakeUp'
    if (rateDue !== null && rateDue < due) {
      due = rateDue
      reason = 'rate'
    }
    if (due === NEVER) return null
    const last = this.#lastObligation
    if (last !== null && last.due === due && last.reason === reason) return last
    this.#lastObligation = { due, reason }
    return this.#lastObligation
  }
}

/** Without an Intent and with nothing queued there is nothing to admit or release. */
export function needsExecutionControl({ state, decided }: StepBaton): boolean {
  return decided.allowed.length > 0 || state.execution.work.queue.size > 0
}

/** The queue's stage: admission of what Risk allowed. */
export function admitStage(baton: StepBaton): void {
  if (baton.failure !== null) return
  try {
    const { allowed } = baton.decided
    const draft = baton.scratch.begin(allowed)
    admit(draft, allowed)
    baton.draft = draft
  } catch (cause) {
    contain(baton, cause)
  }
}

/** The gate's stage: what leaves now. */
export function releaseStage(baton: StepBaton): void {
  if (baton.draft === null) return
  try {
    baton.released = release(baton.state, baton.draft, keyOf(baton.event))
  } catch (cause) {
    contain(baton, cause)
  }
}

const joined = <T>(first: readonly T[], then: readonly T[]): readonly T[] =>
  first.length === 0 ? then : [...first, ...then]

/** The order that an Event is about, or null. */
const keyOf = (event: CoreEvent): OrderKey | null =>
  !isMarketEvent(event) && 'key' in event ? event.key : null

/** A throw in a stage of Execution Control drops the draft: no dispatch, work stays pending. */
function contain(baton: StepBaton, cause: unknown): void {
  baton.draft = null
  baton.released = NOTHING_RELEASED
  baton.failure = { stage: 'executionControl', strategy: -1, cause }
}
