import {
  Core,
  type CoreConfiguration,
  defaultControlRules,
  type Instrument,
  type StrategyInstance,
  unitsPerLot,
} from '@escapement/core'
import { Priority } from '../../actors/actor.ts'
import { clockActor } from '../../actors/clock.actor.ts'
import { coreActor } from '../../actors/core.actor.ts'
import { feedActor } from '../../actors/feed.actor.ts'
import { feedbackActor } from '../../actors/feedback.actor.ts'
import type { FillSimulatorConfig } from '../../actors/fill-simulator/venue-config.ts'
import { fillSimulator } from '../../actors/fill-simulator.actor.ts'
import type { FeedChannel } from '../../actors/ports.ts'
import { schedulerActor } from '../../actors/scheduler.actor.ts'
import { EventLog } from '../../runtime/event-log/event-log.ts'
import { startTopology } from '../../runtime/run-topology.ts'
import { topology } from '../../runtime/topology.ts'
import { wire } from '../../runtime/wire.ts'
import { Observer } from './observer.ts'
import { passThrough, referenceTouch, untilDry } from './parity-actors.ts'

export type ParitySession = {
  readonly instrument: Instrument
  readonly origin: bigint
  readonly feed: FeedChannel
  readonly venue: FillSimulatorConfig
  readonly strategy: StrategyInstance
}

/**
 * Runs one case through clock, feed, Core, scheduler, simulator and feedback: the standard session
 * with a pass-through for queue and gate, the reference's book for the strategy's, and an end where
 * the reference has its own.
 */
export function runParity(parts: ParitySession): { core: Core; observer: Observer } {
  const { instrument, origin, feed, venue, strategy } = parts
  const core = new Core(configuration(instrument), [strategy])
  let system: { mailbox: { outstanding: number } } | null = null
  const isDry = () => system?.mailbox.outstanding === 0
  const whole = topology('parity', {
    actors: {
      clock: clockActor(0),
      feed: feedActor([feed]),
      touch: referenceTouch(unitsPerLot(instrument)),
      core: coreActor(core, new EventLog()),
      passThrough: passThrough(),
      scheduler: schedulerActor(),
      untilDry: untilDry(isDry),
      venue: fillSimulator(venue),
      feedback: feedbackActor(),
    },
    wires: ({ clock, feed, touch, core, passThrough, scheduler, untilDry, venue, feedback }) => [
      wire(clock.out.event, core.in.event, { priority: Priority.execution }),
      wire(feed.out.snapshot, core.in.event, { priority: Priority.execution }),
      wire(feed.out.local, touch.in.market),
      wire(touch.out.touch, core.in.event, { priority: Priority.market }),
      wire(feed.out.exchange, venue.in.market),
      wire(core.out.step, passThrough.in.step),
      wire(passThrough.out.step, core.in.step),
      wire(core.out.request, feedback.in.request),
      wire(core.out.request, venue.in.request),
      wire(venue.out.records, feedback.in.records),
      wire(feedback.out.event, core.in.event, { priority: Priority.execution }),
      wire(core.out.obligation, scheduler.in.obligation),
      wire(scheduler.out.event, untilDry.in.event),
      wire(untilDry.out.event, core.in.control),
    ],
  })
  const observer = new Observer(core, origin)
  const running = startTopology(whole, {
    origin,
    prepare: (ready) => ready.tap('core', 'summary').subscribe((summary) => observer.see(summary)),
  })
  system = running
  running.run()
  return { core, observer }
}

const configuration = (instrument: Instrument): CoreConfiguration => ({
  version: 'parity',
  instruments: [instrument],
  namespaces: ['parity'],
  risk: {},
  rateLimits: {},
  control: { ...defaultControlRules, onAnomaly: 'record' },
})
