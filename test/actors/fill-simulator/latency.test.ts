import { describe, expect, test } from 'vitest'
import { Lane } from '../../../actors/fill-simulator/lane.ts'
import { constantLatency } from '../../../actors/fill-simulator/latency-model.ts'
import { type LatencyTable, tableLatency } from '../../../actors/fill-simulator/latency-table.ts'
import { bid, buy, cancel, replace, sellTrade, VenueProbe, venue, venueConfig } from './probe.ts'

/** Latencies and the order bus. Goal: the formulas of 2.4 and the rule that nothing overtakes. */

const ORIGIN = 1_723_161_256_298_000_000n

/** A table in ns after the origin; an arrival of `null` was refused. */
function table(
  rows: readonly (readonly [number, number | null, number])[],
  rest: Partial<LatencyTable> = {},
) {
  const absolute = (time: number | null) => (time === null ? 0n : ORIGIN + BigInt(time))
  return tableLatency({
    request: BigInt64Array.from(rows, (row) => absolute(row[0])),
    exchange: BigInt64Array.from(rows, (row) => absolute(row[1])),
    response: BigInt64Array.from(rows, (row) => absolute(row[2])),
    originNs: ORIGIN,
    ...rest,
  })
}

describe('a latency table', () => {
  const rows = [
    [1000, 1010, 1030],
    [2000, 2110, 2150],
    [3000, 3040, 3050],
  ] as const

  test('interpolates the entry between requests, and holds its ends', () => {
    const model = table(rows).create()
    expect([0, 1000, 1005, 1500, 1999, 2000, 2500, 3000, 9000].map((t) => model.entry(t))).toEqual([
      10, 10, 10, 60, 109, 110, 75, 40, 40,
    ])
  })

  test('truncates toward zero, also where latencies fall', () => {
    const model = table([
      [0, 10, 20],
      [3, 12, 20],
      [6, 6 + 4, 30],
    ]).create()
    // From 10 to 9 over 3 ns, then from 9 to 4.
    expect([1, 2, 3, 4, 5].map((t) => model.entry(t))).toEqual([10, 10, 9, 8, 6])
  })

  test('interpolates the response over arrivals', () => {
    const model = table(rows).create()
    expect([0, 1010, 1560, 2110, 2575, 9000].map((x) => model.response(x))).toEqual([
      20, 20, 30, 40, 25, 10,
    ])
  })

  test('a refused neighbour gives minus the interpolated round trip', () => {
    const model = table([
      [1000, 1010, 1030],
      [2000, null, 2150],
      [3000, 3040, 3050],
      [4000, 4010, 4020],
    ]).create()
    expect([999, 1000, 1500, 2000, 2500, 3000].map((t) => model.entry(t))).toEqual([
      10, -30, -90, -150, -100, 40,
    ])
  })

  test('responses interpolate from a refused row at absolute 0, in steps of 256 ns', () => {
    const second = 1_000_000_000
    const model = table([
      [0, 10, 20],
      [second, null, second + 50],
      [2 * second, 2 * second + 10, 2 * second + 20],
      [3 * second, 3 * second + 10, 3 * second + 20],
    ]).create()
    const latency = model.response(second)
    // The straight line from (0, 1.7e18) to (2 s, 10 ns) at 1 s: about 1 s, to float64 of 1.7e18.
    expect(Math.abs(latency - second)).toBeLessThan(1024)
    const slope = Number(10n - (ORIGIN + BigInt(second) + 50n)) / Number(ORIGIN + 2_000_000_010n)
    const wanted =
      BigInt(Math.trunc(slope * Number(ORIGIN + BigInt(second)))) + ORIGIN + BigInt(second) + 50n
    expect(latency).toBe(Number(wanted))
  })

  test('passes over a pair whose arrivals run backwards, and never goes back', () => {
    const model = table([
      [0, 100, 110],
      [10, 50, 80],
      [200, 210, 215],
    ]).create()
    expect(model.response(60)).toBe(10) // before the first arrival: its own value
    expect(model.response(130)).toBe(18) // pair (50, 210): 30 + trunc(-25 / 160 x 80)
    expect(model.response(120)).toBe(20)
  })

  test('an offset is added once to arrivals and twice to answers; refused rows stay refused', () => {
    const model = table(
      [
        [1000, 1010, 1030],
        [2000, null, 2030],
        [3000, 3010, 3030],
      ],
      { offsetNs: 7n },
    ).create()
    expect([model.entry(0), model.response(0), model.entry(2500)]).toEqual([17, 27, -37])
  })

  test('an offset can mend a recording whose venue clock was behind', () => {
    const behind = [[1000, 990, 1030]] as const
    expect(() => table(behind)).toThrow(/row 0, exch_ts/)
    expect(table(behind, { offsetNs: 15n }).create().entry(0)).toBe(5)
  })

  test('each instrument reads it with a position of its own', () => {
    const source = table(rows)
    const [a, b] = [source.create(), source.create()]
    expect([a.entry(2500), b.entry(1500), a.entry(2600)]).toEqual([75, 60, 68])
  })

  test('its identity is its content', () => {
    expect(table(rows).identity).toBe(table(rows).identity)
    expect(table(rows).identity).not.toBe(table(rows.slice(1)).identity)
    expect(table(rows).identity).not.toBe(table(rows, { offsetNs: 1n }).identity)
  })

  test.each([
    ['no rows', []],
    ['a first row that was refused', [[1, null, 2]]],
    [
      'requests that go back',
      [
        [5, 6, 7],
        [4, 8, 9],
      ],
    ],
    ['an arrival before its request', [[5, 4, 7]]],
    ['an answer before its arrival', [[5, 8, 7]]],
    [
      'a refusal before its request',
      [
        [5, 6, 7],
        [10, null, 9],
        [20, 21, 22],
      ],
    ],
  ] as const)('%s: refused', (_name, bad) => {
    expect(() => table(bad)).toThrow(/ESC_LATENCY_TABLE/)
  })

  test('columns of different length: refused', () => {
    expect(() => table(rows, { response: new BigInt64Array(2) })).toThrow(/3, 3 and 2 rows/)
  })
})

test('a constant latency must be whole, and the response not negative', () => {
  expect(() => constantLatency({ entryNs: 0.5, responseNs: 0 })).toThrow(/latency\.entryNs/)
  expect(() => constantLatency({ entryNs: 0, responseNs: -1 })).toThrow(/latency\.responseNs/)
})

test('a lane raises to the last message under way, not to one delivered', () => {
  const lane = new Lane()
  expect([lane.enter(100), lane.enter(90), lane.enter(95)]).toEqual([100, 100, 100])
  lane.leave()
  lane.leave()
  expect(lane.enter(50)).toBe(100)
  lane.leave()
  lane.leave()
  expect(lane.enter(60)).toBe(60)
})

describe('the order bus', () => {
  const model = (entries: readonly number[], responses: readonly number[]) => {
    let [entry, response] = [0, 0]
    return {
      identity: 'scripted',
      create: () => ({ entry: () => entries[entry++]!, response: () => responses[response++]! }),
    }
  }

  test('no request overtakes an earlier one, no report an earlier one', () => {
    const latency = model([100, 10], [50, 1, 1])
    const probe = new VenueProbe({ ...venueConfig(), latency })
      .market([bid(1, 99, 10)])
      .request(1000, buy(1, 1, 99))
      .request(1001, cancel(1))
    expect(probe.run()).toEqual([
      '1000 #1 submitted',
      '1001 #1 dispatched',
      '1150 #1 accepted',
      '1150 #1 canceled',
    ])
    expect(probe.reports[3]).toMatchObject({ exchTime: 1100 })
  })

  test('a request after the earlier one arrived is not held back', () => {
    const latency = model([100, 10], [1, 1])
    const probe = new VenueProbe({ ...venueConfig(), latency })
      .market([bid(1, 99, 10)])
      .request(1000, buy(1, 1, 99))
      .request(1101, cancel(1))
    expect(probe.run().at(-1)).toBe('1112 #1 canceled')
  })

  test('a negative entry never arrives; its sender learns of it that much later', () => {
    const probe = venue({ entryNs: -30 })
      .market([bid(1, 99, 10), sellTrade(2000, 98, 50)])
      .request(1000, buy(1, 1, 99))
      .request(1000, replace(2, 1, 99))
      .request(1010, cancel(3))
    expect(probe.run()).toEqual([
      '1000 #1 submitted',
      '1000 #2 dispatched',
      '1010 #3 dispatched',
      '1030 #1 rejected technical',
      '1030 #2 replaceRejected technical',
      '1040 #3 cancelRejected technical',
    ])
  })

  test('such a rejection waits in the queue of reports like any other', () => {
    const latency = model([10, -20], [100])
    const probe = new VenueProbe({ ...venueConfig(), latency })
      .market([bid(1, 99, 10)])
      .request(1000, buy(1, 1, 99))
      .request(1015, buy(2, 1, 99))
    expect(probe.run().slice(2)).toEqual(['1110 #1 accepted', '1110 #2 rejected technical'])
  })

  test('instruments have queues of their own', () => {
    let made = 0
    const latency = {
      identity: 'slow first',
      create: () => {
        const entry = made++ === 0 ? 100 : 10
        return { entry: () => entry, response: () => 1 }
      },
    }
    const probe = new VenueProbe({ ...venueConfig({ instruments: 2 }), latency })
      .request(1000, buy(1, 1, 99))
      .request(1000, { ...buy(2, 1, 99), instrument: 1 })
    expect(probe.run().slice(2)).toEqual(['1011 #2 accepted', '1101 #1 accepted'])
  })
})
