import { CodedError, type Core } from '@escapement/core'
import { Priority } from '../actors/actor.ts'
import { clockActor } from '../actors/clock.actor.ts'
import { coreActor } from '../actors/core.actor.ts'
import { feedActor } from '../actors/feed.actor.ts'
import { feedbackActor } from '../actors/feedback.actor.ts'
import { gateActor } from '../actors/gate.actor.ts'
import { type Counters, monitorActor } from '../actors/monitor.actor.ts'
import { queueActor } from '../actors/queue.actor.ts'
import { type Recording, recorderActor } from '../actors/recorder.actor.ts'
import { schedulerActor } from '../actors/scheduler.actor.ts'
import type { Environment } from './environment.ts'
import { checkCapabilities, type ProcessingContext } from './processing-context.ts'
import { topology } from './topology.ts'
import { wire } from './wire.ts'

export type SessionParts = {
  readonly name: string
  readonly core: Core
  readonly seed: number
  readonly context: ProcessingContext
  readonly recording: Recording
  readonly counters: Counters
}

/**
 * The whole system: a session in an environment is a topology. The environment is the only
 * difference between backtest, paper and live.
 * @throws ESC_TOPOLOGY when an actor asks for a capability that the context lacks, or the context
 * refers to another Configuration than the Core's
 */
export function session(environment: Environment, parts: SessionParts) {
  const { core, seed, context, recording, counters } = parts
  checkConfiguration(core, context)
  const swapped = context.mergePolicy === 'marketFirst'
  const execution = { priority: swapped ? Priority.market : Priority.execution }
  const market = { priority: swapped ? Priority.execution : Priority.market }
  const whole = topology(parts.name, {
    actors: {
      clock: clockActor(seed),
      feed: feedActor(environment.feed),
      core: coreActor(core, environment.journal),
      queue: queueActor(),
      gate: gateActor(),
      scheduler: schedulerActor(),
      venue: environment.venue,
      feedback: feedbackActor(),
      recorder: recorderActor(core.view, recording),
      monitor: monitorActor(counters),
    },
    wires: ({ clock, feed, core, queue, gate, scheduler, venue, feedback, recorder, monitor }) => [
      wire(clock.out.event, core.in.event, { priority: Priority.execution }),
      // What the strategy's side sees, and what the Venue sees, of the same rows.
      wire(feed.out.snapshot, core.in.event, { priority: Priority.execution }),
      wire(feed.out.local, core.in.market, market),
      wire(feed.out.exchange, venue.in.market),
      wire(feed.out.ended, clock.in.drain),
      // The step is a baton: three messages of one turn, nothing delivered in between.
      wire(core.out.step, queue.in.step),
      wire(queue.out.step, gate.in.step),
      wire(gate.out.step, core.in.step),
      // What leaves, and what comes back: records, of which the Runtime makes Events.
      wire(core.out.request, feedback.in.request),
      wire(core.out.request, venue.in.request),
      wire(venue.out.records, feedback.in.records),
      wire(feedback.out.event, core.in.event, execution),
      // Time is a message.
      wire(core.out.obligation, scheduler.in.obligation),
      wire(scheduler.out.event, core.in.control),
      // Observers.
      wire(core.out.summary, recorder.in.summary),
      wire(core.out.summary, monitor.in.summary),
    ],
  })
  checkCapabilities(whole, context)
  return whole
}

function checkConfiguration(core: Core, { configuration }: ProcessingContext): void {
  const { version } = core.state.configuration
  if (configuration.version === version) return
  throw new CodedError('ESC_TOPOLOGY', {
    field: 'context.configuration.version',
    found: configuration.version,
    needed: `${version}, as the Core has it`,
  })
}
