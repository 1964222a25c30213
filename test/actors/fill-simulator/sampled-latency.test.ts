import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { delayModel } from '../../../actors/fill-simulator/latency/delay-model.ts'
import { loadedLatency } from '../../../actors/fill-simulator/latency/loaded-latency.ts'
import {
  latencyRandom,
  MessageTimes,
} from '../../../actors/fill-simulator/latency/message-times.ts'
import { RowsSeen } from '../../../actors/fill-simulator/latency/rows-seen.ts'
import { sampledLatency } from '../../../actors/fill-simulator/latency/sampled-latency.ts'
import {
  constantLatency,
  type LatencySource,
} from '../../../actors/fill-simulator/latency-model.ts'
import { venueIdentity } from '../../../actors/fill-simulator/venue-config.ts'
import { bid, buy, cancel, replace, VenueProbe, venueConfig, viewOf } from './probe.ts'

/** Latencies at the venue. Goal: a generator each, the kind and the load as stated. */

const constant = (ns: number) => delayModel({ model: 'constant', ns })
const drawn = (meanNs: number) => delayModel({ model: 'exponential', meanNs })
const market = [bid(1, 10, 5), bid(50, 9, 5), bid(2_000, 8, 5)]

function probeOf(latency: LatencySource, seed = 1): VenueProbe {
  return new VenueProbe({ ...venueConfig(), latency, seed }).market(market)
}

describe('latencies by kind of request', () => {
  test('each kind and the reports have their own', () => {
    const entry = { new: constant(10), replace: constant(20), cancel: constant(30) }
    const probe = probeOf(sampledLatency({ entry, response: constant(7) }))
    probe
      .request(100, buy(1, 3, 9))
      .request(200, replace(1, 2, 9))
      .request(300, cancel(1))
    expect(probe.run()).toEqual([
      '100 #1 submitted',
      '117 #1 accepted',
      '200 #1 dispatched',
      '227 #1 replaced 2@9 leaves 2',
      '300 #1 dispatched',
      '337 #1 canceled',
    ])
  })

  /** The first entries of each kind and the first responses, as a session of `seed` draws them. */
  function times(entry: Parameters<typeof sampledLatency>[0]['entry'], seed = 1, instrument = 0) {
    const of = new MessageTimes(sampledLatency({ entry, response: drawn(400) }), seed, instrument)
    return Array.from({ length: 20 }, (_, i) => ({
      new: of.entry('new', i),
      cancel: of.entry('cancel', i),
      response: of.response(i),
    }))
  }
  const own = { new: drawn(100), replace: drawn(200), cancel: drawn(300) }

  test('a model of one direction moves no other', () => {
    const [a, b] = [times(own), times({ ...own, new: constant(1) })]
    for (const kind of ['cancel', 'response'] as const) {
      expect(a.map((at) => at[kind])).toEqual(b.map((at) => at[kind]))
    }
    expect(a).not.toEqual(b)
  })

  test('seed and instrument choose the generator, by the stated derivation', () => {
    expect(times(own)).toEqual(times(own))
    expect(times(own)).not.toEqual(times(own, 2))
    expect(times(own)).not.toEqual(times(own, 1, 1))
    const random = latencyRandom(1, 1, 'cancel')
    const model = drawn(300)
    expect(times(own, 1, 1).map((at) => at.cancel)).toEqual(
      Array.from({ length: 20 }, () => model.draw(random)),
    )
  })

  test('the seed is part of the identity of a venue that draws, and of no other', () => {
    const config = venueConfig()
    expect(venueIdentity({ ...config, seed: 1 })).toBe(venueIdentity({ ...config, seed: 2 }))
    const sampled = { ...config, latency: sampledLatency({ entry: own, response: drawn(1) }) }
    expect(venueIdentity({ ...sampled, seed: 1 })).not.toBe(venueIdentity({ ...sampled, seed: 2 }))
    const other = { ...config, latency: sampledLatency({ entry: drawn(1), response: drawn(1) }) }
    expect(venueIdentity(sampled)).not.toBe(venueIdentity(other))
  })

  test('nothing overtakes, however it is drawn', () => {
    const probe = probeOf(sampledLatency({ entry: drawn(500), response: drawn(500) }), 4)
    for (let key = 1; key <= 40; key++) probe.request(60 + key, buy(key, 1, 7))
    const accepted = probe.run().filter((line) => line.endsWith('accepted'))
    expect(accepted.map((line) => Number(line.split(/[# ]+/)[1]))).toEqual(
      Array.from({ length: 40 }, (_, i) => i + 1),
    )
  })
})

describe('a model of a user', () => {
  test('is told the kind of the request', () => {
    const latency: LatencySource = {
      identity: 'by-kind',
      create: () => ({ entry: (_, { kind }) => kind.length, response: () => 1 }),
    }
    const probe = probeOf(latency)
      .request(100, buy(1, 3, 9))
      .request(200, cancel(1))
    expect(probe.run().slice(1)).toEqual([
      '104 #1 accepted',
      '200 #1 dispatched',
      '207 #1 canceled',
    ])
  })

  test.each([
    [0.5, 1, /entry.*found 0.5.*an integer/],
    [Number.NaN, 1, /entry.*found NaN/],
    [1, -1, /response.*found -1.*at least 0/],
    [1, 1.5, /response.*found 1.5/],
  ])('that says %d and %d is refused', (entry, response, message) => {
    const latency = {
      identity: 'odd',
      create: () => ({ entry: () => entry, response: () => response }),
    }
    expect(() =>
      probeOf(latency)
        .request(100, buy(1, 3, 9))
        .run(),
    ).toThrow(message)
  })
})

describe('a latency under load', () => {
  const load = { windowNs: 100, thresholdRows: 2, entryPerRowNs: 3, responsePerRowNs: 5 }
  const base = constantLatency({ entryNs: 10, responseNs: 4 })
  const burst = Array.from({ length: 8 }, (_, i) => bid(1_000 + i, 10, 5 + i))

  test('grows with the rows of the window beyond the threshold', () => {
    // Sent at 1,050: 8 rows in [950, 1,050), 6 beyond, so 10 + 18; done at 1,078: 8 in [978, 1,078).
    const probe = new VenueProbe({ ...venueConfig(), latency: loadedLatency(base, load) })
    probe.market(burst).request(1_050, buy(1, 3, 9))
    expect(probe.run()).toEqual(['1050 #1 submitted', `${1_078 + 4 + 30} #1 accepted`])
  })

  test('a row counts from its own time on, exclusively, and for the length of the window', () => {
    const seen = new RowsSeen(100)
    const view = viewOf(burst)
    seen.batch(view, 0, view.length)
    expect([1_000, 1_001, 1_008, 1_100, 1_101, 1_107, 1_108].map((t) => seen.before(t))).toEqual([
      0, 1, 8, 8, 7, 1, 0,
    ])
  })

  test.prop([
    fc.array(fc.nat(40), { minLength: 1, maxLength: 60 }),
    fc.array(fc.nat(59), { maxLength: 5 }),
    fc.integer({ min: 1, max: 200 }),
  ])('counts what is in the window, in however many batches it came', (steps, cuts, windowNs) => {
    let time = 1
    const rows = steps.map((step) => {
      time += step
      return bid(time, 10, 5)
    })
    const seen = new RowsSeen(windowNs)
    const edges = [...new Set([0, ...cuts.filter((cut) => cut < rows.length), rows.length])]
    edges.sort((a, b) => a - b)
    for (let part = 1; part < edges.length; part++) {
      const view = viewOf(rows.slice(edges[part - 1], edges[part]))
      seen.batch(view, 0, view.length)
      seen.batch(view, 1, view.length)
      const now = view.time[view.length - 1]!
      const expected = rows.filter((row) => row.time >= now - windowNs && row.time < now).length
      expect(seen.before(now)).toBe(expected)
    }
  })

  test('adds nothing to a request that is lost', () => {
    const lost = constantLatency({ entryNs: -7, responseNs: 4 })
    const probe = new VenueProbe({ ...venueConfig(), latency: loadedLatency(lost, load) })
    probe.market(burst).request(1_050, buy(1, 3, 9))
    expect(probe.run()).toEqual(['1050 #1 submitted', '1057 #1 rejected technical'])
  })

  test('keeps the generators of what it is put on, and has an identity of its own', () => {
    const sampled = sampledLatency({ entry: drawn(100), response: drawn(100) })
    const loaded = loadedLatency(sampled, { ...load, thresholdRows: 1_000 })
    const [a, b] = [new MessageTimes(sampled, 9, 0), new MessageTimes(loaded, 9, 0)]
    expect(a.entry('new', 5)).toBe(b.entry('new', 5))
    expect(loaded.isSeeded).toBe(true)
    const ids = [sampled, loaded, loadedLatency(sampled, load)].map(({ identity }) => identity)
    expect(new Set(ids).size).toBe(3)
  })

  test.each(['windowNs', 'thresholdRows', 'entryPerRowNs', 'responsePerRowNs'] as const)(
    'refuses a wrong %s',
    (name) => {
      for (const wrong of [-1, 0.5, ...(name === 'windowNs' ? [0] : [])]) {
        expect(() => loadedLatency(base, { ...load, [name]: wrong })).toThrow(
          `latency.load.${name}`,
        )
      }
      expect(() => loadedLatency(base, { ...load, [name]: 1 })).not.toThrow()
    },
  )
})
