import {
  AssertionFailure,
  assert,
  brokenInvariant,
  CodedError,
  type ControlTime,
  type Core,
  type CoreEvent,
  type Digest,
  type Dispatch,
  digestStep,
  type MarketUpdated,
  messageOf,
  type Nanos,
  needsExecutionControl,
  type Obligation,
  type Position,
  type StepBaton,
  type StepFailure,
  type StepResult,
  sameObligation,
  stretchOf,
} from '@escapement/core'
import { type Actor, type ActorContext, actor, Priority } from './actor.ts'
import { codedOf } from './coded.ts'
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
      needs: ['orderSubmission'],
    },
    (context) => new CoreTurn(core, journal, context),
    core.state.configuration.version,
  )

/** What a step comes to that nobody is interested in. */
const NOTHING: Omit<StepResult, 'position' | 'obligation'> = {
  decided: false,
  dispatches: [],
  denials: [],
  closures: [],
  anomalies: [],
  failures: [],
}

class CoreTurn {
  readonly #core: Core
  readonly #journal: Journal
  readonly #context: ActorContext<CorePorts>
  #obligation: Obligation | null = null
  /** Replaced while its Control-Time Event may have been on its way, and when. */
  #overtaken: Obligation | null = null
  #overtakenAt: Nanos = 0
  readonly #digestEvery: number
  /** Passed last, its digest not written yet. */
  #passed: MarketUpdated | null = null

  constructor(core: Core, journal: Journal, context: ActorContext<CorePorts>) {
    this.#core = core
    this.#journal = journal
    this.#context = context
    this.#digestEvery = core.state.configuration.control.digestEvery
  }

  market = (batch: MarketBatch): number | undefined => {
    const { end } = batch
    while (batch.next < end) {
      const now = batch.view.time[batch.next]!
      const { horizon } = this.#context
      if (now > horizon) return now
      const until = Math.min(horizon, this.#quietUntil())
      if (now <= until) this.#pass(batch, until)
      else this.#take(batch, now)
    }
    return undefined
  }

  /** A Journal that wants each Event is given each. */
  #quietUntil(): Nanos {
    return this.#journal.pass === undefined ? -1 : this.#core.quietUntil()
  }

  /** Market Events up to `until`, in which nobody is interested: applied as one. */
  #pass(batch: MarketBatch, until: Nanos): void {
    const { view, end, instrument, next: from } = batch
    const { market, control } = this.#core.state
    const position = control.nextPosition
    // The run ends with a position whose State is digested.
    const most = this.#digestEvery - ((position + this.#digestEvery - 1) % this.#digestEvery)
    const { to, count } = stretchOf(market[instrument]!.book, view, from, end, until, most)
    const time = view.time[to - 1]!
    const event: MarketUpdated = { type: 'market.updated', time, instrument, view, from, to }
    batch.next = to
    this.#context.advance(time)
    try {
      this.#journal.pass!(position, count, event)
      this.#core.pass(position, event, count)
      this.#passed = event
      if (this.#isCheckpoint(position + count - 1)) this.#endPassing()
    } catch (cause) {
      throw named(position, cause)
    }
  }

  /** What was passed is written down with the digest of its last step, while State stands there. */
  #endPassing(): void {
    const event = this.#passed
    if (event === null) return
    this.#passed = null
    const { state } = this.#core
    const position = state.control.nextPosition - 1
    const result: StepResult = { ...NOTHING, position, obligation: this.#obligation }
    const stateDigest = this.#isCheckpoint(position) ? this.#checkpoint() : null
    this.#journal.commit(position, digestStep(state, event, result), stateDigest)
    if (stateDigest !== null) this.#journal.checkpoint?.(position, state)
  }

  /** One Market Event that is a step of its own. */
  #take(batch: MarketBatch, time: Nanos): void {
    const { view, end, instrument, next: from } = batch
    let to = from + 1
    while (to < end && view.time[to] === time) to++
    batch.next = to
    this.#context.advance(time)
    this.#process({ type: 'market.updated', time, instrument, view, from, to })
  }

  event = (event: CoreEvent): void => this.#process(event)

  /** An Event of the same time may have replaced the obligation on the way: then it is over. */
  control = (event: ControlTime): void => {
    if (sameObligation(event, this.#obligation)) return this.#process(event)
    const { nextPosition } = this.#core.state.control
    const isOver = event.time === this.#overtakenAt && sameObligation(event, this.#overtaken)
    assert(isOver, `position ${nextPosition}: ${event.reason} due ${event.due} is not outstanding`)
    this.#overtaken = null
  }

  step = (baton: StepBaton): void => {
    try {
      this.#finish(baton.event, this.#core.commit(baton))
    } catch (cause) {
      throw named(baton.position, cause)
    }
  }

  #process(event: CoreEvent): void {
    const core = this.#core
    const position = core.state.control.nextPosition
    core.validate(position, event)
    try {
      this.#endPassing()
      this.#journal.append(position, event)
      const baton = core.begin(position, event)
      if (needsExecutionControl(baton)) this.#context.emit('step', baton)
      else this.#finish(event, core.commit(baton))
    } catch (cause) {
      throw named(position, cause)
    }
  }

  #finish(event: CoreEvent, result: StepResult): void {
    const context = this.#context
    const { state } = this.#core
    const isCheckpoint = this.#isCheckpoint(result.position)
    const stateDigest = isCheckpoint
      ? this.#checkpoint()
      : result.decided
        ? state.digestInto()
        : null
    this.#journal.commit(result.position, digestStep(state, event, result), stateDigest)
    if (isCheckpoint) this.#journal.checkpoint?.(result.position, state)
    if (context.observed('summary') && (result.decided || event.type !== 'market.updated')) {
      context.emit('summary', { event, result })
    }
    this.#oblige(event, result)
    this.#answer(result)
    for (const dispatch of result.dispatches) context.emit('request', dispatch)
  }

  #isCheckpoint(position: Position): boolean {
    return position % this.#digestEvery === 0
  }

  /** State is looked at as a whole and digested. */
  #checkpoint(): Digest {
    const broken = brokenInvariant(this.#core.state)
    assert(broken === null, String(broken))
    return this.#core.state.digestInto()
  }

  /** After a Control-Time Event always, since that consumes the obligation; else when it changed. */
  #oblige({ type }: CoreEvent, { obligation }: StepResult): void {
    const isRealised = type === 'control.time'
    if (!isRealised && sameObligation(obligation, this.#obligation)) return
    const { now } = this.#context
    if (!isRealised && this.#obligation !== null && this.#obligation.due <= now) {
      this.#overtaken = this.#obligation
      this.#overtakenAt = now
    }
    this.#obligation = obligation
    this.#context.emit('obligation', obligation)
  }

  /** Failures and anomalies become Events, or halt the run where Configuration says so. */
  #answer(result: StepResult): void {
    const { control, namespaces } = this.#core.state.configuration
    const { failures, anomalies } = result
    for (const failure of failures) {
      const { strategy } = failure
      if (control.onStrategyFailure === 'halt' || strategy < 0) {
        throw halted(result, failure, namespaces)
      }
      const reason = messageOf(failure.cause)
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

/** Says at which position something broke that has no code of its own. */
function named(position: Position, cause: unknown): unknown {
  if (cause instanceof CodedError || !(cause instanceof Error)) return cause
  const message = `position ${position}: ${cause.message}`
  if (cause instanceof AssertionFailure) return new AssertionFailure(message, { cause })
  return new Error(message, { cause })
}

/**
 * Says where and, of several, which strategy failed. What has the code already gets the place
 * added to its field, so that no message holds another one.
 */
function halted(
  { position }: StepResult,
  { stage, strategy, cause }: StepFailure,
  namespaces: readonly string[],
): CodedError {
  const name = namespaces.length > 1 ? namespaces[strategy] : undefined
  const at = `position ${position}, ${stage}${name === undefined ? '' : ` ${name}`}`
  const coded = codedOf(cause)
  if (coded?.code === 'ESC_STRATEGY_FAILED') {
    const { facts } = coded
    const field = facts.field === undefined ? at : `${at}, ${facts.field}`
    return new CodedError('ESC_STRATEGY_FAILED', { ...facts, field }, { cause })
  }
  const found = messageOf(cause)
  return new CodedError('ESC_STRATEGY_FAILED', { field: at, found }, { cause })
}
