import { Core, type CoreEvent, type Intent, parseDecimal } from '@escapement/core'
import type { Actor } from '../../../actors/actor.ts'
import { constantLatency } from '../../../actors/fill-simulator/latency-model.ts'
import { queueModel } from '../../../actors/fill-simulator/queue-model.ts'
import { fillSimulator } from '../../../actors/fill-simulator.actor.ts'
import { newCounters } from '../../../actors/monitor.actor.ts'
import type { Journal } from '../../../actors/ports.ts'
import type { VenuePorts } from '../../../runtime/environment.ts'
import { startTopology } from '../../../runtime/run-topology.ts'
import { session } from '../../../runtime/session.ts'
import { configuration, linear } from '../configuration.ts'
import { testContext } from '../context.ts'
import { puppet, saying } from '../core-puppet.ts'
import { ask, type Row, viewOf } from '../market.ts'
import { fakeLiveVenue } from './fake-live-venue.ts'

/** What a strategy says and when, and what the market does; we see rows 20 ns after the Venue. */
export type Trace = {
  readonly rows: readonly (Row & { readonly time: number })[]
  readonly said: readonly (readonly [time: number, ...intents: Intent[]])[]
}
const SEEN_AFTER = 20
/** The feed lasts longer than what is said: when it ends, a strategy is asked no more. */
const LAST_ROW = { ...ask(200, 1), time: 1_000 }

/** 10 ns to the Venue and 5 ns back, no fees, no queue that matters: both agree on all that. */
export const tracedVenues: Readonly<Record<string, () => Actor<VenuePorts>>> = {
  'fill simulator': () =>
    fillSimulator({
      instruments: [
        {
          instrument: linear,
          lotUnits: 1,
          fees: { maker: parseDecimal('0'), taker: parseDecimal('0') },
          queue: queueModel({ model: 'riskAverse' }),
          partialFills: true,
        },
      ],
      latency: constantLatency({ entryNs: 10, responseNs: 5 }),
    }),
  'live Venue': () =>
    fakeLiveVenue({
      seed: 1,
      entryNs: [10, 10],
      responseNs: [5, 5],
      readNs: 0,
      refusesOneIn: 0,
    }),
}

/**
 * The whole session with one of the Venues: its Event Stream, a digest a step, and its Core.
 * `events` is filled as they are appended, also when the run stops halfway.
 */
export function runTrace(
  venue: Actor<VenuePorts>,
  { rows, said }: Trace,
  events: CoreEvent[] = [],
) {
  const core = new Core(configuration(), [puppet()])
  const digests: string[] = []
  const journal: Journal = {
    append: (_position, event) => void events.push(event),
    commit: (_position, step) => void digests.push(step.hex()),
  }
  const exchange = viewOf([...rows, LAST_ROW])
  const local = { ...exchange, time: exchange.time.map((time) => time + SEEN_AFTER) }
  const feed = [{ instrument: 0, exchange, local, localFrom: 0 }]
  const parts = { name: 'trace', core, seed: 1, context: testContext() }
  const value = session(
    { origin: 0n, feed, venue, journal },
    { ...parts, recording: { fills: [], equity: [] }, counters: newCounters() },
  )
  const system = startTopology(value)
  for (const [time, ...intents] of said) {
    system.post('core', 'event', saying(time, intents), time)
  }
  system.run()
  return { core, events, digests }
}
