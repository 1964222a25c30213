import { Core } from '@escapement/core'
import { Priority } from '../../actors/actor.ts'
import { clockActor } from '../../actors/clock.actor.ts'
import { coreActor } from '../../actors/core.actor.ts'
import { feedActor } from '../../actors/feed.actor.ts'
import { feedbackActor } from '../../actors/feedback.actor.ts'
import { fillSimulator } from '../../actors/fill-simulator.actor.ts'
import { gateActor } from '../../actors/gate.actor.ts'
import { queueActor } from '../../actors/queue.actor.ts'
import { schedulerActor } from '../../actors/scheduler.actor.ts'
import type { BacktestDefinition } from '../../runtime/backtest.ts'
import { EventLog } from '../../runtime/event-log/event-log.ts'
import { startTopology } from '../../runtime/run-topology.ts'
import { topology } from '../../runtime/topology.ts'
import { wire } from '../../runtime/wire.ts'

/**
 * The standard session without its observers, wired by hand: no recorder, no monitor, and nobody
 * who listens to summaries. Gives the hash of the log.
 */
export function bareLogHash(definition: BacktestDefinition): string {
  const { configuration, strategies, origin, feed, seed } = definition
  const core = new Core(configuration, strategies)
  const log = new EventLog()
  const venue = fillSimulator(definition.venue)
  const bare = topology('bare', {
    actors: {
      clock: clockActor(seed),
      feed: feedActor(feed),
      core: coreActor(core, log),
      queue: queueActor(),
      gate: gateActor(),
      scheduler: schedulerActor(),
      venue,
      feedback: feedbackActor(),
    },
    wires: ({ clock, feed, core, queue, gate, scheduler, venue, feedback }) => [
      wire(clock.out.event, core.in.event, { priority: Priority.execution }),
      wire(feed.out.snapshot, core.in.event, { priority: Priority.execution }),
      wire(feed.out.local, core.in.market),
      wire(feed.out.exchange, venue.in.market),
      wire(feed.out.ended, clock.in.drain),
      wire(core.out.step, queue.in.step),
      wire(queue.out.step, gate.in.step),
      wire(gate.out.step, core.in.step),
      wire(core.out.request, venue.in.request),
      wire(core.out.request, feedback.in.request),
      wire(venue.out.records, feedback.in.records),
      wire(feedback.out.event, core.in.event, { priority: Priority.execution }),
      wire(core.out.obligation, scheduler.in.obligation),
      wire(scheduler.out.event, core.in.control),
    ],
  })
  const system = startTopology(bare, { origin })
  system.run()
  system.post('clock', 'close', { reason: 'endOfData' })
  system.run()
  return log.hash()
}
