import { createHash } from 'node:crypto'
import {
  type Book,
  Core,
  type CoreConfiguration,
  type CoreEvent,
  firstMemories,
  messageOf,
  State,
  type StepBaton,
  type StepResult,
  type StrategyInstance,
} from '@escapement/core'
import { codedOf } from '../actors/coded.ts'
import type { FillSimulatorConfig } from '../actors/fill-simulator/venue-config.ts'
import { fillSimulator } from '../actors/fill-simulator.actor.ts'
import { type Counters, newCounters } from '../actors/monitor.actor.ts'
import type { FeedChannel, LogSink } from '../actors/ports.ts'
import type { Recording } from '../actors/recorder.actor.ts'
import { coreOf } from './core-of.ts'
import { EventLog, type EventLogOptions } from './event-log/event-log.ts'
import { type Fork, forkedLatency } from './fork/fork.ts'
import { HandlerFailed } from './handler-failed.ts'
import type { MailboxLimits } from './mailbox-limits.ts'
import type { ProcessingContext } from './processing-context.ts'
import { startTopology } from './run-topology.ts'
import { session } from './session.ts'

/** What a backtest needs, all of it decided: no file is read and no default is taken here. */
export type BacktestDefinition = {
  readonly name: string
  readonly configuration: CoreConfiguration
  readonly strategies: readonly StrategyInstance[]
  readonly seed: number
  readonly context: ProcessingContext
  readonly origin: bigint
  readonly feed: readonly FeedChannel[]
  /** Its instruments are those of the configuration, in their order. */
  readonly venue: FillSimulatorConfig
  readonly limits?: Partial<MailboxLimits>
  /** Where the run leaves the way of its parent, which is what the rest of this defines. */
  readonly fork?: Fork
}

/** Books in place of empty ones of their own, by instrument: the strategy's view, the Venue's. */
export type MarketBooks = { readonly local: readonly Book[]; readonly exchange: readonly Book[] }

export type BacktestOptions = {
  readonly sink?: LogSink
  readonly log?: EventLogOptions
  readonly books?: MarketBooks
  /** Called about a hundred times with the share of session time that has passed, 0 to 1. */
  readonly onProgress?: (share: number) => void
  /**
   * Called with each step once it is committed, State as the step left it, but for Market Events
   * that change the market alone. It must change nothing of what it is shown; no hash depends on it.
   */
  readonly onStep?: (baton: StepBaton, result: StepResult) => void
}

export type BacktestResult = {
  readonly state: State
  readonly recording: Recording
  readonly counters: Counters
  /** Positions used: the length of the Event Stream. */
  readonly events: number
  readonly eventLogHash: string
  readonly stateHash: string
  readonly topologyHash: string
  readonly mermaid: string
}

/** A failed run names where it stood: the position in work. The log up to there is whole. */
export class RunFailed extends Error {
  readonly position: number
  readonly log: EventLog
  constructor(position: number, log: EventLog, cause: unknown) {
    super(messageOf(cause), { cause })
    this.name = 'RunFailed'
    this.position = position
    this.log = log
  }
}

/**
 * Runs a session in simulated time until the data, the messages and the rate obligations are
 * exhausted. Strategy wake-ups do not prolong it.
 * @throws RunFailed when a handler throws or a bound is reached
 */
export function runBacktest(
  definition: BacktestDefinition,
  options: BacktestOptions = {},
): BacktestResult {
  const { feed, origin } = definition
  const reached = { isReached: false, change: () => {} }
  const core = sessionCore(definition, options, () => {
    reached.isReached = true
    reached.change()
  })
  const log = new EventLog(options.sink ?? null, options.log)
  const recording: Recording = { fills: [], equity: [] }
  const counters = newCounters()
  const venue = fillSimulator(
    venueOf(definition, () => reached.isReached),
    options.books?.exchange,
  )
  const value = session(
    { origin, feed, venue, journal: log },
    {
      name: definition.name,
      core,
      seed: definition.seed,
      context: definition.context,
      recording,
      counters,
    },
  )
  try {
    options.sink?.begin?.({ hash: value.hash })
    const limits = definition.limits === undefined ? {} : { limits: definition.limits }
    const system = startTopology(value, { origin, ...limits })
    reached.change = () => {
      const event = changeOf(definition.fork, core.state)
      if (event !== null) system.post('core', 'event', event)
    }
    if (options.onProgress !== undefined) advance(system, lastTime(feed), options.onProgress)
    system.run()
    system.post('clock', 'close', { reason: 'endOfData' })
    system.run()
    log.close()
  } catch (cause) {
    throw failure(core, log, cause)
  }
  return {
    state: core.state,
    recording,
    counters,
    events: core.state.control.nextPosition,
    eventLogHash: log.hash(),
    stateHash: createHash('sha256').update(core.state.serialise()).digest('hex'),
    topologyHash: value.hash,
    mermaid: value.toMermaid(),
  }
}

function sessionCore(
  definition: BacktestDefinition,
  options: BacktestOptions,
  onReached: () => void,
): Core {
  const { configuration, strategies } = definition
  const { books, onStep } = options
  const memories = firstMemories(configuration, strategies)
  const state = State.initial(configuration, memories, books?.local ?? [])
  if (onStep === undefined) return coreOf(definition, state, onReached)
  return new WatchedCore(configuration, strategies, state, onStep)
}

/** The Venue of a run that forks has the other latencies from there on. */
function venueOf({ venue, fork }: BacktestDefinition, isReached: () => boolean) {
  if (fork === undefined || fork.latency === null) return venue
  const latency = forkedLatency(venue.latency, fork.latency, fork.position, isReached)
  return { ...venue, latency }
}

/** Other limits are the first thing of its own that a fork's stream holds. */
function changeOf(fork: Fork | undefined, { control }: State): CoreEvent | null {
  if (fork === undefined || fork.changes === null) return null
  const version = `${control.configurationVersion}-fork-${fork.position}`
  const { changes } = fork
  return { type: 'control.configurationChanged', time: control.clock, version, changes }
}

/** A Core that shows each step as it commits; a run that nobody watches does without. */
class WatchedCore extends Core {
  readonly #onStep: NonNullable<BacktestOptions['onStep']>

  constructor(
    configuration: CoreConfiguration,
    strategies: readonly StrategyInstance[],
    state: State,
    onStep: NonNullable<BacktestOptions['onStep']>,
  ) {
    super(configuration, strategies, state)
    this.#onStep = onStep
  }

  override commit(baton: StepBaton): StepResult {
    const result = super.commit(baton)
    this.#onStep(baton, result)
    return result
  }
}

/**
 * Names the Event in work when the run stopped: the one that was last appended, or the one that the
 * Core refused, which has no place in the log.
 */
function failure(core: Core, log: EventLog, cause: unknown): RunFailed {
  try {
    log.close()
  } catch {
    // The sink itself failed; what it took is readable, and the first cause says more.
  }
  const isRefusal =
    cause instanceof HandlerFailed && codedOf(cause.cause)?.code === 'ESC_EVENT_REFUSED'
  return new RunFailed(isRefusal ? core.state.control.nextPosition : log.position, log, cause)
}

const STEPS = 100

/** Cutting the run into pieces of time changes nothing: the order of messages is total. */
function advance(
  system: { run(until?: number): number },
  last: number,
  onProgress: (share: number) => void,
): void {
  for (let step = 1; step <= STEPS; step++) {
    system.run(Math.floor((last / STEPS) * step))
    onProgress(step / STEPS)
  }
}

function lastTime(feed: readonly FeedChannel[]): number {
  let last = 0
  for (const { local, exchange } of feed) {
    last = Math.max(last, local.time[local.length - 1] ?? 0)
    last = Math.max(last, exchange.time[exchange.length - 1] ?? 0)
  }
  return last
}
