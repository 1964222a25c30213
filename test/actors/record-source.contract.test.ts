import type { CoreEvent } from '@escapement/core'
import { fc } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import type { Actor } from '../../actors/actor.ts'
import type { OrderRecord } from '../../actors/feedback-record.ts'
import { fillSimulator } from '../../actors/fill-simulator.actor.ts'
import type { VenuePorts } from '../../runtime/environment.ts'
import type { HandlerFailed } from '../../runtime/handler-failed.ts'
import { newOrder } from '../kit/core-puppet.ts'
import { ask, bid } from '../kit/market.ts'
import { BROKEN, type Tamper, tampered } from '../kit/venue/broken-venues.ts'
import { clauses } from '../kit/venue/clauses.ts'
import { type FakeLiveOptions, fakeLiveVenue } from '../kit/venue/fake-live-venue.ts'
import { ingested } from '../kit/venue/ingress.ts'
import { runTrace, tracedVenues } from '../kit/venue/trace-session.ts'
import { type Play, playVenue, venueScript } from '../kit/venue/venue-play.ts'
import { venueContract } from '../kit/venue-contract.ts'
import { type Options, venueConfig } from './fill-simulator/probe.ts'

/**
 * The contract of a Venue's source against the fill simulator and a Venue that behaves like a live
 * one, and against Venues broken on purpose: each clause of the contract has to notice something.
 */

const simulated = (options: Options) => () => fillSimulator(venueConfig(options))
venueContract('fill simulator, risk averse', simulated({}))
venueContract(
  'fill simulator, power3, whole fills',
  simulated({
    queue: { model: 'power3', n: 3 },
    partialFills: false,
  }),
)
venueContract(
  'fill simulator, log2, no latency',
  simulated({
    queue: { model: 'log2' },
    entryNs: 0,
    responseNs: 0,
  }),
)
venueContract('fill simulator, slow', simulated({ entryNs: 40, responseNs: 70 }))
venueContract('fill simulator, every request lost', simulated({ entryNs: -3 }))

const live =
  (options: Partial<FakeLiveOptions> = {}) =>
  () =>
    fakeLiveVenue({
      seed: 7,
      entryNs: [1, 40],
      responseNs: [1, 60],
      readNs: 9,
      refusesOneIn: 6,
      ...options,
    })
venueContract('live Venue, answers out of order', live())
venueContract('live Venue, at once', live({ entryNs: [0, 0], responseNs: [0, 0], readNs: 0 }))

/** The clauses that some script of a fixed sample shows to be broken. */
const scripts = fc.sample(venueScript, { numRuns: 20, seed: 20_240_808 })
function noticedBy(make: () => Actor<VenuePorts>): Set<string> {
  const noticed = new Set<string>()
  for (const script of scripts) {
    const play = playVenue(make(), script)
    for (const [claim, clause] of Object.entries(clauses)) {
      if (!noticed.has(claim) && fault(clause, play, make) !== null) noticed.add(claim)
    }
  }
  return noticed
}

/** A clause may rely on others: records that are no records make it throw. */
function fault(clause: (typeof clauses)[string], play: Play, make: () => Actor<VenuePorts>) {
  try {
    return clause(play, () => playVenue(make(), play.script))
  } catch (thrown) {
    return String(thrown)
  }
}

describe('X2 a Venue that breaks the contract is found out', () => {
  const venues = { simulated: simulated({}), live: live() }
  describe.each(Object.entries(venues))('%s', (_name, make) => {
    const all = new Set<string>()
    test.each(BROKEN)('one that %s', (_how, tamper, needed) => {
      const noticed = noticedBy(() => tampered(make(), tamper))
      for (const claim of noticed) all.add(claim)
      expect([...noticed]).toEqual(expect.arrayContaining(needed))
    })
    test('and every clause has found something', () => {
      expect(Object.keys(clauses).filter((claim) => !all.has(claim))).toEqual([])
    })
    test('while the same Venue, passed through unchanged, keeps every clause', () => {
      expect([...noticedBy(() => tampered(make(), (records) => records))]).toEqual([])
    })
  })
})

test('the live Venue does answer orders out of order, else it would show little', () => {
  const isSorted = (keys: readonly number[]) =>
    keys.every((key, i) => i === 0 || key > keys[i - 1]!)
  const accepted = scripts.map((script) =>
    playVenue(live()(), script)
      .records.filter(({ kind }) => kind === 'accepted')
      .map((record) => (record as OrderRecord).key),
  )
  expect(accepted.filter((keys) => !isSorted(keys)).length).toBeGreaterThan(5)
})

/** Through the Runtime's ingress: the codes, and what the Core says of what gets through. */
describe('X2 of broken Venues the Runtime', () => {
  const stops = (tamper: Tamper) => {
    const faults = scripts.map((script) => ingested(tampered(simulated({})(), tamper), script))
    return [...new Set(faults.flat())].sort()
  }
  const refused = [
    'repeats a number',
    'numbers backwards',
    'gives the last record again with the next',
    'leaves out the fee',
    'does not know who took',
    'has no key of ours',
    'speaks of a key that nobody gave it',
    'stamps what it receives ahead',
  ]
  const tampers = new Map(BROKEN.map(([how, tamper]) => [how, tamper]))

  test.each(refused)('stops at one that %s', (how) => {
    expect(stops(tampers.get(how)!)).toContain('ESC_FEEDBACK_RECORD')
  })

  test.each([
    ['acknowledges with the first fill, after it', 'illegalReport'],
    ['acknowledges twice', 'illegalReport'],
    ['repeats an execution', 'duplicateFill'],
    ['fills after the end', 'fillOnTerminalOrder'],
    ['reports the other side', 'contradictoryFill'],
  ])('lets the Core judge one that %s', (how, anomaly) => {
    const found = stops(tampers.get(how)!)
    expect(found).toContain(anomaly)
    expect(found).not.toContain('ESC_FEEDBACK_RECORD')
  })

  test('halts with it: a whole session has in its Core what came before, and nothing after', () => {
    const unknown = tampers.get('does not know who took')!
    const quotes = [bid(99, 10), ask(101, 4)].map((row) => ({ ...row, time: 1 }))
    const rows = [...quotes, { ...ask(99, 5), time: 200 }]
    const said = [[100, newOrder(1, 1, 99, 5)] as const]
    const events: CoreEvent[] = []
    const venue = tampered(tracedVenues['fill simulator']!(), unknown)
    let stopped: unknown
    try {
      runTrace(venue, { rows, said }, events)
    } catch (thrown) {
      stopped = thrown
    }
    expect(stopped).toMatchObject({ position: { actor: 'feedback', port: 'records', time: 205 } })
    expect((stopped as HandlerFailed).cause).toMatchObject({ code: 'ESC_FEEDBACK_RECORD' })
    const ofOrders = events.map(({ type }) => type).filter((type) => type.startsWith('order.'))
    expect(ofOrders).toEqual(['order.submitted', 'order.accepted'])
    expect(events.at(-1)!.time).toBeLessThanOrEqual(205)
  })

  test('passes all that a lawful one says', () => {
    expect(stops((records) => records)).toEqual([])
  })
})
