import { describe, expect, test } from 'vitest'
import { venueIdentity } from '../../../actors/fill-simulator/venue-config.ts'
import type { VenueWatch } from '../../../actors/fill-simulator/watch.ts'
import {
  ask,
  bid,
  buy,
  cancel,
  clearBids,
  type Options,
  type Row,
  sellTrade,
  VenueProbe,
  venueConfig,
} from './probe.ts'

/** Who looks on at the Venue. Goal: all that happens to an order, in its order, and no effect. */

const touch = [bid(1, 99, 10), ask(1, 101, 10)]

/** `time what` of a watched probe with one order for 6 at 99, and what the probe reports. */
function seen(rows: readonly Row[], options: Options = {}, isWatched = true) {
  const lines: string[] = []
  const watch: VenueWatch = {
    arrived: ({ kind, key }, time) => lines.push(`${time} #${key} ${kind} arrived`),
    reported: (record) => lines.push(`${record.exchTime} ${record.kind}`),
    rested: ({ key, front }) => lines.push(`#${key} rests behind ${front}`),
    moved: ({ front }, { exchTime, row, before, previous }) =>
      lines.push(`${exchTime} row ${row}: ${before} -> ${front}, level ${previous}`),
    displaced: ({ key }, time, row) => lines.push(`${time} row ${row}: #${key} displaced`),
  }
  const config = venueConfig(options)
  const probe = new VenueProbe(isWatched ? { ...config, watch } : config)
  const reports = probe
    .market([...touch, ...rows])
    .request(100, buy(1, 6, 99))
    .request(500, cancel(1))
    .run()
  return { lines, reports }
}

const ROWS = [
  sellTrade(200, 99, 4),
  bid(210, 99, 5),
  bid(220, 99, 5),
  clearBids(230, 99),
  bid(240, 99, 7),
  sellTrade(250, 99, 9),
]

describe('a Venue that is watched', () => {
  test('shows arrival, report, place, each movement, and what ended it, in their order', () => {
    expect(seen(ROWS).lines).toEqual([
      '110 #1 new arrived',
      '110 accepted',
      '#1 rests behind 10',
      '200 row 1002: 10 -> 6, level null',
      '210 row 1003: 6 -> 5, level 10',
      '220 row 1004: 5 -> 5, level 5',
      '230 row 1005: #1 displaced',
      '240 row 1006: 5 -> 7, level 0',
      '250 filled',
      '510 #1 cancel arrived',
      '510 canceled',
    ])
  })

  test('shows a movement past an order that found the trade used up by another', () => {
    const lines: string[] = []
    const watch: VenueWatch = {
      arrived: () => undefined,
      reported: ({ kind, key }) => lines.push(`#${key} ${kind}`),
      rested: () => undefined,
      moved: ({ key, front }) => lines.push(`#${key} at ${front}`),
      displaced: () => undefined,
    }
    new VenueProbe({ ...venueConfig(), watch })
      .market([...touch, sellTrade(200, 99, 12)])
      .request(100, buy(1, 2, 99))
      .request(101, buy(2, 2, 99))
      .run()
    expect(lines).toEqual(['#1 accepted', '#2 accepted', '#1 filled', '#2 at 0'])
  })

  test('does what it does when nobody looks, under the same identity', () => {
    for (const model of ['riskAverse', 'log'] as const) {
      const options = { queue: { model } }
      expect(seen(ROWS, options).reports).toEqual(seen(ROWS, options, false).reports)
    }
    const config = venueConfig()
    const nothing = () => undefined
    const watch: VenueWatch = {
      arrived: nothing,
      reported: nothing,
      rested: nothing,
      moved: nothing,
      displaced: nothing,
    }
    expect(venueIdentity({ ...config, watch })).toBe(venueIdentity(config))
  })
})
