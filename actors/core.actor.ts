import {
  CodedError,
  type ControlTime,
  type Core,
  type CoreEvent,
  type Dispatch,
  digestStep,
  type MarketUpdated,
  needsExecutionControl,
  type Obligation,
  type StepBaton,
  type StepFailure,
  type StepResult,
} from '@escapement/core'
import { type Actor, type ActorContext, actor, Priority } from './actor.ts'
import type { Journal, MarketBatch } from './ports.ts'

/** What an observer may see of a step: the Event, what was decided, and where things stand. */
export type StepSummary = { readonly event: CoreEvent; readonly result: StepResult }

export type CorePorts = {
  in: {
    /** The local view; each run of rows with one time becomes one Event. */
    market: MarketBatch
    /** Reports of the Venue, signals of other actors, session boundaries. */
    event: CoreEvent
    /** Realised obligations, after everything else of their time. */
    control: ControlTime
    /** The step coming back from the gate. */
    step: StepBaton
  }
  out: {
    /** The step on its way to the queue. */
    step: StepBaton
    request: Dispatch
    /** The one obligation, whenever it changes; null clears it. */
    obligation: Obligation | null
    /** Every step except a market step without a decision. */
    summary: StepSummary
  }
}

/**
 * Core: the one place where Events meet State, in Processing Order.
 *
 * It appends each Event to the Journal, runs the stages of the step, and sends what was decided
 * once the step is committed. It decides nothing itself.
 */
export const coreActor = (core: Core, journal: Journal): Actor<CorePorts> =>
  actor<CorePorts>()(
    'core',
    {
      in: {
        market: Priority.market,
        event: Priority.execution,
        control: Priority.control,
        step: Priority.baton,
      },
      out: ['step', 'request', 'obligation', 'summary'],
      optional: ['summary', 'market'],
    },
    (context) => new CoreTurn(core, journal, context),
    core.state.configuration.version,
  )

class CoreTurn {
  readonly #core: Core
  readonly #journal: Journal
  readonly #context: ActorContext<CorePorts>
  #obligation: Obligation | null = null
  readonly #digestEvery: number

  constructor(core: Core, journal: Journal, context: ActorContext<CorePorts>) {
    this.#core = core
    this.#journal = journal
    this.#context = context
    this.#digestEvery = core.state.configuration.control.digestEvery
  }

  market = (batch: MarketBatch): number | undefined => {
    const { view, end, instrument } = batch
    const { time } = view
    let from = batch.next
    while (from < end) {
      const now = time[from]!
      if (now > this.#context.horizon) return now
      let to = from + 1
      while (to < end && time[to] === now) to++
      batch.next = to
      this.#context.advance(now)
      const event: MarketUpdated = {
        type: 'market.updated',
        time: now,
        instrument,
        view,
        from,
        to,
      }
      this.#process(event)
      from = to
    }
    return undefined
  }

  event = (event: CoreEvent): void => this.#process(event)

  control = (event: ControlTime): void => this.#process(event)

  step = (baton: StepBaton): void => this.#finish(baton.event, this.#core.commit(baton))

  #process(event: CoreEvent): void {
    const core = this.#core
    const position = core.state.control.nextPosition
    core.validate(position, event)
    this.#journal.append(position, event)
    const baton = core.begin(position, event)
    if (needsExecutionControl(baton)) this.#context.emit('step', baton)
    else this.#finish(event, core.commit(baton))
  }

  #finish(event: CoreEvent, result: StepResult): void {
    const context = this.#context
    const digested = result.decided || result.position % this.#digestEvery === 0
    const stateDigest = digested ? this.#core.state.digestInto() : null
    this.#journal.commit(result.position, digestStep(this.#core.state, event, result), stateDigest)
    if (context.observed('summary') && (result.decided || event.type !== 'market.updated')) {
      context.emit('summary', { event, result })
    }
    this.#answer(result)
    if (!sameObligation(result.obligation, this.#obligation)) {
      this.#obligation = result.obligation
      context.emit('obligation', result.obligation)
    }
    for (const dispatch of result.dispatches) context.emit('request', dispatch)
  }

  /** Failures and anomalies become Events, or halt the run where Configuration says so. */
  #answer(result: StepResult): void {
    const { control } = this.#core.state.configuration
    const { failures, anomalies } = result
    for (const failure of failures) {
      const { strategy } = failure
      if (control.onStrategyFailure === 'halt' || strategy < 0) throw halted(result, failure)
      const reason = failure.cause instanceof Error ? failure.cause.message : String(failure.cause)
      const time = this.#core.state.control.clock
      const disabled = { type: 'control.strategyDisabled', time, strategy, reason } as const
      this.#context.schedule(this.#context.now, 'event', disabled)
    }
    for (const anomaly of anomalies) {
      if (control.onAnomaly === 'halt') {
        throw new CodedError('ESC_ANOMALY', {
          field: `position ${result.position}`,
          found: anomaly.kind,
          hint: `order key ${anomaly.key}`,
        })
      }
      this.#context.schedule(this.#context.now, 'event', anomaly)
    }
  }
}

function halted({ position }: StepResult, { stage, cause }: StepFailure): CodedError {
  const found = cause instanceof Error ? cause.message : String(cause)
  const field = `position ${position}, ${stage}`
  return new CodedError('ESC_STRATEGY_FAILED', { field, found }, { cause })
}

function sameObligation(a: Obligation | null, b: Obligation | null): boolean {
  if (a === null || b === null) return a === b
  return a.due === b.due && a.reason === b.reason
}
