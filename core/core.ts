import type { CoreConfiguration } from './configuration.ts'
import { type Decided, decide } from './decide.ts'
import { type Anomaly, type CoreEvent, eventCategory } from './events.ts'
import { admit, draftWork, type WorkDraft } from './execution-control/admission.ts'
import { type Release, release } from './execution-control/release.ts'
import { intake } from './intake.ts'
import { orderCounter, orderNamespace } from './orders.ts'
import { freezeDeep, freezePlainData } from './plain-data.ts'
import { reduceControl } from './reduce/reduce-control.ts'
import {
  reduceDispatched,
  reduceDispatchFailed,
  reduceReport,
  reduceSubmitted,
} from './reduce/reduce-execution.ts'
import { reduceMarket } from './reduce/reduce-market.ts'
import { reduceStatement, sampleEquity } from './risk/loss.ts'
import { NEVER } from './state/control-state.ts'
import { State } from './state/state.ts'
import { digestResult } from './step-digest.ts'
import type { Closure, Obligation, StepFailure, StepResult } from './step-result.ts'
import type { StrategyInstance } from './strategy.ts'
import { StateView } from './view.ts'

/**
 * One step on its way through the stages. Stages write here and into `draft`; State itself
 * changes in `reduce` (what the Event says) and in `commit` (what was decided), nowhere else.
 */
export type StepBaton = {
  /** State travels with the step: whoever holds the baton owns it. */
  readonly state: State
  readonly position: number
  readonly event: CoreEvent
  readonly closures: Closure[]
  readonly anomalies: Anomaly[]
  decided: Decided
  draft: WorkDraft | null
  released: Release
  failure: StepFailure | null
}

const NOTHING_RELEASED: Release = { dispatches: [], rateDue: null }

/**
 * The Core: State, Configuration and strategies, and the one step that moves them.
 *
 * `step` is the composition of the stages `begin` (intake, reduce, decide), `admitStage`,
 * `releaseStage` and `commit`; the standard topology runs the same stages in its core, queue and gate actors.
 */
export class Core {
  readonly state: State
  readonly #strategies: readonly StrategyInstance[]
  readonly #view: StateView

  /** `state` continues from a restored one; without it the Core starts before position 0. */
  constructor(
    configuration: CoreConfiguration,
    strategies: readonly StrategyInstance[],
    state: State = State.initial(configuration, firstMemories(configuration, strategies)),
  ) {
    this.state = state
    this.#strategies = strategies
    this.#view = new StateView(state, configuration.instruments)
  }

  /** What a strategy sees; reading it changes nothing. */
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

  /** Reduces a validated Event and asks the strategies and Risk. */
  begin(position: number, event: CoreEvent): StepBaton {
    const closures: Closure[] = []
    const anomalies: Anomaly[] = []
    reduce(this.state, event, closures, anomalies)
    const decided = decide(this.state, this.#strategies, this.#view, event)
    const { failure } = decided
    return {
      state: this.state,
      position,
      event,
      closures,
      anomalies,
      decided,
      draft: null,
      released: NOTHING_RELEASED,
      failure,
    }
  }

  /** Writes what was decided into State, all of it or nothing, and gives the result. */
  commit(baton: StepBaton): StepResult {
    const { state } = this
    const { draft, decided, released, failure, position, closures, anomalies } = baton
    if (failure === null) {
      for (const { strategy, memory, wakeAt, counter } of decided.changes) {
        const slot = state.control.strategies[strategy]!
        slot.memory = memory
        slot.wakeAt = wakeAt
        slot.counter = counter
      }
      if (draft !== null) this.#commitDraft(draft, released, closures)
    }
    state.control.nextPosition = position + 1
    const dispatches = failure === null ? released.dispatches : []
    const denials = failure === null ? decided.denials : []
    const obligation = this.#obligation(failure === null ? released.rateDue : null)
    const result = {
      position,
      decided: decided.asked,
      dispatches,
      denials,
      closures,
      anomalies,
      obligation,
      failure,
      digestLow: 0,
      digestHigh: 0,
    }
    digestResult(state, baton.event, result)
    return result
  }

  #commitDraft(draft: WorkDraft, released: Release, closures: Closure[]): void {
    const { execution, control } = this.state
    const { queue, rates, nextSequence } = draft
    execution.work = { queue, rates, nextSequence }
    for (const command of released.dispatches) {
      const { key, kind } = command
      const unrecorded = kind === 'new' ? command : null
      const passed = execution.inflight.get(key)?.kind ?? null
      execution.inflight.set(key, { key, kind, time: control.clock, passed, unrecorded })
    }
    for (const key of draft.used) {
      const slot = control.strategies[orderNamespace(key)]
      if (slot !== undefined) slot.issued = Math.max(slot.issued, orderCounter(key))
    }
    closures.push(...draft.closures)
  }

  /** f(State): the earlier of rate recovery and the next wake-up; a wake-up wins a tie. */
  #obligation(rateDue: number | null): Obligation | null {
    let wake = NEVER
    for (const { wakeAt } of this.state.control.strategies) if (wakeAt < wake) wake = wakeAt
    if (rateDue !== null && rateDue < wake) return { due: rateDue, reason: 'rate' }
    return wake === NEVER ? null : { due: wake, reason: 'wakeUp' }
  }
}

/** Without an Intent and with nothing queued there is nothing to admit or release. */
export function needsExecutionControl({ state, decided }: StepBaton): boolean {
  return decided.allowed.length > 0 || state.execution.work.queue.size > 0
}

/** The queue's stage: admission of what Risk allowed. */
export function admitStage(baton: StepBaton): void {
  contain(baton, () => {
    baton.draft = draftWork(baton.state)
    admit(baton.state, baton.draft, baton.decided.allowed)
  })
}

/** The gate's stage: what leaves now. */
export function releaseStage(baton: StepBaton): void {
  contain(baton, () => {
    if (baton.draft !== null) baton.released = release(baton.state, baton.draft)
  })
}

/** A throw in a stage of Execution Control drops the draft: no dispatch, work stays pending. */
function contain(baton: StepBaton, stage: () => void): void {
  if (baton.failure !== null) return
  try {
    stage()
  } catch (cause) {
    baton.draft = null
    baton.released = NOTHING_RELEASED
    baton.failure = { stage: 'executionControl', strategy: -1, cause }
  }
}

/** State <- State + Event. A throw here is our own mistake and halts the run. */
function reduce(state: State, event: CoreEvent, closures: Closure[], anomalies: Anomaly[]): void {
  if (event.time > state.control.clock) state.control.clock = event.time
  switch (event.type) {
    case 'market.updated':
    case 'market.snapshot':
      reduceMarket(state, event)
      break
    case 'order.submitted':
      reduceSubmitted(state, event)
      break
    case 'intent.dispatched':
      reduceDispatched(state, event)
      break
    case 'dispatch.failed':
      reduceDispatchFailed(state, event)
      break
    case 'intent.rejected':
      break
    case 'account.updated':
      reduceStatement(state, event, anomalies)
      break
    default:
      if (eventCategory(event) === 'execution') {
        reduceReport(state, event as never, anomalies)
      } else {
        reduceControl(state, event as never, closures)
      }
  }
  sampleEquity(state)
}

function firstMemories(configuration: CoreConfiguration, strategies: readonly StrategyInstance[]) {
  const { instruments } = freezeDeep(configuration)
  return strategies.map(({ strategy, params }) =>
    freezePlainData(strategy.init(params, instruments)),
  )
}
