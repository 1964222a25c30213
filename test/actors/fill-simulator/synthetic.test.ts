import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import {
  BUY,
  type Instrument,
  type MarketView,
  parseDecimal,
  RowKind,
  SELL,
} from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { constantLatency } from '../../../actors/fill-simulator/latency-model.ts'
import { type QueueConfig, queueModel } from '../../../actors/fill-simulator/queue-model.ts'
import { type QuirkPreset, quirkPreset } from '../../../actors/fill-simulator/quirks.ts'
import { fillSimulator } from '../../../actors/fill-simulator.actor.ts'
import { fixtures } from '../../kit/fixtures.ts'
import { Fnv } from '../../parity/fnv.ts'
import { FourSlots } from './four-slots.ts'
import { type Execution, ReferenceStrategy } from './reference-strategy.ts'

/**
 * A generated feed of 200,000 rows with requoting, against executions of hftbacktest 0.9.4 recorded
 * among the fixtures. Method: the loop of its four slots drives the venue directly.
 */

const ROWS = 200_000
const MASK = (1n << 64n) - 1n

function generate() {
  let x = 88172645463325252n
  const u = (k: bigint): number => {
    x = (x ^ (x << 13n)) & MASK
    x ^= x >> 7n
    x = (x ^ (x << 17n)) & MASK
    return Number(x % k)
  }
  const feed = emptyView()
  const local = emptyView()
  let [mid, t] = [100_000, 1_000_000_000_000]
  for (let row = 0; row < ROWS; row++) {
    t += 20_000 + u(160_000n)
    const seen = t + 1_000_000 + u(500_000n)
    if (u(200n) === 0) mid += u(2n) === 0 ? 1 : -1
    const k = u(10n)
    if (k === 0) {
      const side = u(2n) === 0 ? BUY : SELL
      put(row, [t, seen], RowKind.TRADE, side, mid + side, 1 + u(20n))
    } else {
      const side = k < 6 ? BUY : SELL
      const price = mid - side * (1 + u(20n))
      put(row, [t, seen], RowKind.DEPTH, side, price, u(12n) === 0 ? 0 : 1 + u(100n))
    }
  }
  for (let row = 1; row < ROWS; row++) {
    if (local.time[row]! <= local.time[row - 1]!) local.time[row] = local.time[row - 1]! + 1
  }
  return { feed, local }

  function put(
    row: number,
    times: readonly [number, number],
    kind: number,
    side: number,
    price: number,
    qty: number,
  ) {
    for (const [at, view] of [feed, local].entries()) {
      view.time[row] = times[at]!
      view.exchTime[row] = times[0]
      view.kind[row] = kind
      view.side[row] = side
      view.price[row] = price
      view.qty[row] = qty
      view.row[row] = row
    }
  }
}

function emptyView(): MarketView {
  return {
    length: ROWS,
    time: new Float64Array(ROWS),
    exchTime: new Float64Array(ROWS),
    kind: new Uint8Array(ROWS),
    side: new Int8Array(ROWS),
    price: new Int32Array(ROWS),
    qty: new Float64Array(ROWS),
    row: new Uint32Array(ROWS),
  }
}

const { feed, local } = generate()
const instrument: Instrument = {
  symbol: 'SYNTHETIC',
  kind: 'linear',
  tickSize: parseDecimal('0.1'),
  lotSize: parseDecimal('1'),
  contractSize: parseDecimal('1'),
  quote: 'USD',
  quoteDecimals: 8,
  qtyDecimals: 0,
}

function run(queue: QueueConfig, preset: QuirkPreset, partialFills = false) {
  const fees = { maker: parseDecimal('-0.0001'), taker: parseDecimal('0.0005') }
  const venue = fillSimulator({
    instruments: [{ instrument, lotUnits: 1, fees, queue: queueModel(queue), partialFills }],
    latency: constantLatency({ entryNs: 2_000_000, responseNs: 1_000_000 }),
    quirks: quirkPreset(preset),
  })
  const slots = new FourSlots(venue, feed, local, 1)
  const strategy = new ReferenceStrategy(slots, 0n)
  let steps = 0
  while (slots.elapse(100_000_000)) {
    strategy.step('S1', 3)
    steps++
  }
  return { fills: strategy.sortedFills(), steps, requests: strategy.requests }
}

const line = ({ report }: Execution) => {
  const { exchTime, key, side, lastPrice, lastQty, leavesQty, liquidity } = report
  const maker = liquidity === 'maker' ? 1 : 0
  return [exchTime, key, side, lastPrice, lastQty, leavesQty, maker].join(',')
}

test('the generated feed is the recorded one', () => {
  const sum = new Fnv()
  for (let row = 0; row < ROWS; row++) {
    const flags = 0xc0000000n | (feed.side[row] === BUY ? 0x20000000n : 0x10000000n)
    sum.i64(flags | BigInt(feed.kind[row]!))
    for (const column of [feed.time, local.time, feed.price, feed.qty])
      sum.i64(BigInt(column[row]!))
  }
  expect(sum.hex()).toBe('f22dc2656f753878')
})

describe.runIf(fixtures.available)(
  'with the preset hftbacktest every recorded execution comes out',
  () => {
    test.each([
      ['risk', { model: 'riskAverse' }, 2994, 995],
      ['power3', { model: 'power', n: 3 }, 2992, 996],
      ['log', { model: 'log' }, 2997, 993],
    ] as const)('%s', (name, queue, requests, count) => {
      const found = run(queue, 'hftbacktest')
      const file = fixtures.path(`parity/synthetic/fills_nopartial_${name}.csv.gz`)
      const [, ...wanted] = gunzipSync(readFileSync(file)).toString().trim().split('\n')
      expect(found.fills.map(line)).toEqual(wanted)
      expect(found).toMatchObject({ steps: 200, requests })
      expect(wanted.length).toBe(count)
    })
  },
)

test('our defaults execute otherwise: a trade is shared among own orders', () => {
  const { fills } = run({ model: 'riskAverse' }, 'none', true)
  const given = new Map<number, number>()
  for (const { report } of fills) {
    if (report.cause !== 'trade') continue
    given.set(report.causeRow, (given.get(report.causeRow) ?? 0) + report.lastQty)
  }
  for (const [row, qty] of given) expect(qty).toBeLessThanOrEqual(feed.qty[row]!)
  expect(given.size).toBeGreaterThan(50)
})
