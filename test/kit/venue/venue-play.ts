import { BUY, type Dispatch, RowKind, SELL, type Side } from '@escapement/core'
import { fc } from '@fast-check/vitest'
import { type Actor, actor, Priority } from '../../../actors/actor.ts'
import type { ExecutionFeedbackRecord } from '../../../actors/feedback-record.ts'
import type { ExecutionFeedbackRecordSource } from '../../../actors/ports.ts'
import type { VenuePorts } from '../../../runtime/environment.ts'
import { startTopology } from '../../../runtime/run-topology.ts'
import { topology } from '../../../runtime/topology.ts'
import type { UntypedActor } from '../../../runtime/topology-description.ts'
import { wire } from '../../../runtime/wire.ts'
import { type Row, viewOf } from '../market.ts'

export type TimedRequest = { readonly time: number; readonly dispatch: Dispatch }
/** What a Venue is told: rows of one instrument, and requests. */
export type VenueScript = {
  readonly rows: readonly (Row & { readonly time: number })[]
  readonly requests: readonly TimedRequest[]
}

/** A key that no NEW of a script has. */
const STRAY = 999
const LAST = 100_000

const side = fc.constantFrom<Side>(BUY, SELL)
const price = fc.integer({ min: 95, max: 106 })
const kind = fc.constantFrom(RowKind.DEPTH, RowKind.DEPTH, RowKind.DEPTH, RowKind.TRADE)
const rows = fc
  .array(fc.record({ step: fc.nat(3), kind, side, price, qty: fc.nat(9) }), {
    minLength: 5,
    maxLength: 100,
  })
  .map((drawn) => {
    let time = 1
    return drawn.map(({ step, qty, ...row }) => {
      time += step
      return { ...row, time, qty: row.kind === RowKind.TRADE ? qty + 1 : qty }
    })
  })

const terms = fc.record({
  side,
  price,
  qty: fc.integer({ min: 1, max: 9 }),
  orderType: fc.constantFrom('limit', 'limit', 'limit', 'limit', 'market' as const),
  timeInForce: fc.constantFrom('GTC', 'GTC', 'GTC', 'IOC', 'FOK', 'postOnly' as const),
})
/** NEWs of new keys, changes of any key so far or of a stray one; in the end all are canceled. */
const requests = fc
  .array(fc.tuple(fc.nat(6), fc.nat(5), fc.nat(20), terms), { minLength: 1, maxLength: 30 })
  .map((drawn): TimedRequest[] => {
    let [time, last, sequence] = [1, 0, 0]
    const made = drawn.map(([step, draw, which, order]): TimedRequest => {
      time += step
      const old = which % (last + 1) || STRAY
      const what = draw === 4 ? 'replace' : draw === 5 ? 'cancel' : 'new'
      const key = what === 'new' ? ++last : old
      const timeInForce = order.orderType === 'market' ? 'IOC' : order.timeInForce
      const dispatch = { ...order, timeInForce, kind: what, key, instrument: 0 } as const
      return { time, dispatch: { ...dispatch, sequence: sequence++ } }
    })
    const ends = Array.from({ length: last }, (_, index): TimedRequest => {
      const dispatch = { ...made[0]!.dispatch, kind: 'cancel', key: index + 1 } as const
      return { time: LAST, dispatch: { ...dispatch, sequence: sequence++ } }
    })
    return [...made, ...ends]
  })
export const venueScript: fc.Arbitrary<VenueScript> = fc.record({ rows, requests })

/** What was taken at one wake, and what a second drain gave right after. */
export type Wake = {
  readonly time: number
  readonly drained: unknown
  readonly again: unknown
}
export type Play = {
  readonly script: VenueScript
  readonly wakes: readonly Wake[]
  /** All that was taken at first drains. */
  readonly records: readonly ExecutionFeedbackRecord[]
}

/** Plays a script to a fresh Venue on the mailbox that runs in production. */
export function playVenue(venue: Actor<VenuePorts>, script: VenueScript): Play {
  const wakes: Wake[] = []
  const untyped = venue as unknown as UntypedActor
  const loose = { ...untyped, spec: { ...untyped.spec, optional: Object.keys(untyped.spec.in) } }
  const alone = topology('contract', {
    actors: { venue: loose, taker: taker(wakes) as unknown as UntypedActor },
    wires: ({ venue, taker }) => [wire(venue.out.records!, taker.in.records!)],
  })
  const system = startTopology(alone)
  const view = viewOf(script.rows)
  const batch = { instrument: 0, view, next: 0, end: view.length }
  system.post('venue', 'market', batch, view.time[0]!)
  for (const { time, dispatch } of script.requests) system.post('venue', 'request', dispatch, time)
  system.run()
  const lists = wakes.map(({ drained }) => drained).filter(Array.isArray)
  return { script, wakes, records: lists.flat() as ExecutionFeedbackRecord[] }
}

type TakerPorts = { in: { records: ExecutionFeedbackRecordSource }; out: Record<never, never> }
const taker = (wakes: Wake[]): Actor<TakerPorts> =>
  actor<TakerPorts>()('taker', { in: { records: Priority.baton }, out: [] }, (context) => ({
    records(source) {
      const drained = source.drain()
      wakes.push({ time: context.now, drained, again: source.drain() })
    },
  }))
