import type { CodedError, CoreEvent, Dispatch } from '@escapement/core'
import { type Actor, actor, Priority } from '../../../actors/actor.ts'
import { feedbackActor } from '../../../actors/feedback.actor.ts'
import type { MarketBatch } from '../../../actors/ports.ts'
import type { VenuePorts } from '../../../runtime/environment.ts'
import type { HandlerFailed } from '../../../runtime/handler-failed.ts'
import { startTopology } from '../../../runtime/run-topology.ts'
import { topology } from '../../../runtime/topology.ts'
import { wire } from '../../../runtime/wire.ts'
import { Desk, flagged } from '../core-desk.ts'
import { viewOf } from '../market.ts'
import type { VenueScript } from './venue-play.ts'

/**
 * Plays a script to a Venue with the Runtime's ingress and a Core behind it. Gives the anomalies of
 * orders that were sent, and last the code of what stopped the run, if anything did.
 */
export function ingested(venue: Actor<VenuePorts>, script: VenueScript): string[] {
  const found: string[] = []
  const behind = topology('ingress', {
    actors: { world: world(script), venue, feedback: feedbackActor(), core: judge(found) },
    wires: ({ world, venue, feedback, core }) => [
      wire(world.out.market, venue.in.market),
      wire(world.out.request, venue.in.request),
      wire(world.out.request, feedback.in.request),
      wire(venue.out.records, feedback.in.records),
      wire(feedback.out.event, core.in.event),
    ],
  })
  try {
    startTopology(behind).run()
  } catch (thrown) {
    found.push(((thrown as HandlerFailed).cause as CodedError).code)
  }
  return found
}

type WorldPorts = { in: { ask: Dispatch }; out: { market: MarketBatch; request: Dispatch } }
const world = ({ rows, requests }: VenueScript): Actor<WorldPorts> =>
  actor<WorldPorts>()(
    'world',
    { in: { ask: Priority.control }, out: ['market', 'request'], optional: ['ask'] },
    (context) => {
      const view = viewOf(rows)
      context.emit('market', { instrument: 0, view, next: 0, end: view.length })
      for (const { time, dispatch } of requests) context.schedule(time, 'ask', dispatch)
      return { ask: (dispatch) => context.emit('request', dispatch) }
    },
  )

type JudgePorts = { in: { event: CoreEvent }; out: Record<never, never> }
const judge = (found: string[]): Actor<JudgePorts> =>
  actor<JudgePorts>()('judge', { in: { event: Priority.execution }, out: [] }, () => {
    const desk = new Desk().start()
    const sent = new Set<number>()
    return {
      event(event) {
        const odd = flagged(desk.step(event))
        if (event.type === 'order.submitted') sent.add(event.key)
        if ('key' in event && sent.has(event.key)) found.push(...odd)
      },
    }
  })
