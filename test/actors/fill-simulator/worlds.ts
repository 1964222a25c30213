import { BUY, type Dispatch, RowKind, SELL, type Side, WHOLE_SIDE } from '@escapement/core'
import { fc } from '@fast-check/vitest'
import { eventOf } from '../../../actors/feedback/event-of.ts'
import type { QueueConfig } from '../../../actors/fill-simulator/queue-model.ts'
import { type QuirkPreset, quirkPreset } from '../../../actors/fill-simulator/quirks.ts'
import { fillSimulator } from '../../../actors/fill-simulator.actor.ts'
import type { VenueReport } from '../../../actors/ports.ts'
import { probe as kernelProbe } from '../../kit/probe.ts'
import { dispatch, type Row, VenueProbe, venueConfig, viewOf } from './probe.ts'

/** Random worlds: a feed of twelve prices and a few hundred nanoseconds, and requests into it. */

const side = fc.constantFrom<Side>(BUY, SELL)
const price = fc.integer({ min: 95, max: 106 })
const rowKind = fc.constantFrom(RowKind.DEPTH, RowKind.DEPTH, RowKind.DEPTH, RowKind.TRADE)
const plainRow = fc.record({
  step: fc.integer({ min: 0, max: 3 }),
  kind: fc.oneof(
    { weight: 30, arbitrary: rowKind },
    { weight: 1, arbitrary: fc.constant(RowKind.CLEAR) },
  ),
  side,
  price,
  qty: fc.integer({ min: 0, max: 9 }),
})
export const feed = fc.array(plainRow, { minLength: 5, maxLength: 120 }).map((rows): Row[] => {
  let time = 1
  return rows.map(({ step, ...row }) => {
    time += step
    // A trade has a size; a clear of an odd quantity takes the whole side.
    if (row.kind === RowKind.TRADE) return { ...row, time, qty: row.qty + 1 }
    if (row.kind === RowKind.CLEAR && row.qty % 2 === 1) return { ...row, time, price: WHOLE_SIDE }
    return { ...row, time }
  })
})

type Request = { readonly time: number; readonly terms: Partial<Dispatch> }
const terms = fc.record({
  side,
  price,
  qty: fc.integer({ min: 1, max: 9 }),
  orderType: fc.constantFrom('limit', 'limit', 'limit', 'limit', 'market' as const),
  timeInForce: fc.constantFrom('GTC', 'GTC', 'IOC', 'FOK', 'postOnly' as const),
})
const requests = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.nat(5), fc.nat(20), terms), { maxLength: 40 })
  .map((drawn): Request[] => {
    let [time, key] = [1, 0]
    return drawn.map(([step, kind, which, order]) => {
      time += step
      const old = key === 0 ? 99 : 1 + (which % key)
      if (kind === 4) return { time, terms: { ...order, kind: 'replace', key: old } }
      if (kind === 5) return { time, terms: { ...order, kind: 'cancel', key: old } }
      return { time, terms: { ...order, kind: 'new', key: ++key } }
    })
  })
const queue = fc.constantFrom<QueueConfig>(
  { model: 'riskAverse' },
  { model: 'log' },
  { model: 'log2' },
  { model: 'power', n: 2 },
  { model: 'power2', n: 3 },
  { model: 'power3', n: 3 },
)
export const world = fc.record({
  rows: feed,
  asked: requests,
  queue,
  partialFills: fc.boolean(),
  entryNs: fc.integer({ min: -2, max: 9 }),
  responseNs: fc.nat(9),
  preset: fc.constantFrom<QuirkPreset>('none', 'none', 'partialfixed'),
  cuts: fc.array(fc.nat(119), { maxLength: 5 }),
})
export type World = typeof world extends fc.Arbitrary<infer T> ? T : never

/** Plays a world on the plain mailbox of the probe; `cuts` splits its feed into several batches. */
export function play(drawn: World, cuts: readonly number[] = []): VenueReport[] {
  const { rows, asked, preset } = drawn
  const probe = new VenueProbe(venueConfig({ ...drawn, quirks: quirkPreset(preset) }))
  const edges = [0, ...cuts.filter((cut) => cut < rows.length).sort((a, b) => a - b), rows.length]
  for (let part = 1; part < edges.length; part++) {
    if (edges[part]! > edges[part - 1]!) probe.market(rows.slice(edges[part - 1], edges[part]))
  }
  for (const { time, terms } of asked) probe.request(time, terms)
  probe.run()
  return probe.reports
}

/** Plays a world on the mailbox that runs in production. */
export function playOnKernel({ rows, asked, preset, ...options }: World): VenueReport[] {
  const subject = fillSimulator(venueConfig({ ...options, quirks: quirkPreset(preset) }))
  const view = viewOf(rows)
  const probe = kernelProbe(subject)
  probe.send(view.time[0]!, 'market', { instrument: 0, view, next: 0, end: view.length })
  for (const { time, terms } of asked) probe.send(time, 'request', dispatch(terms))
  // One source for the whole run: whoever drains it first has everything.
  return probe.run().flatMap(([, , source]) => source.drain().map(eventOf))
}
