/**
 * Worlds: one market, advanced once, and many sessions that read it. The result of each, log and
 * State included, is that of its run alone.
 */
import { instantiate, type MarketRows, RowFlag, RowKind, WHOLE_SIDE } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import {
  type BacktestDefinition,
  type BacktestResult,
  runBacktest,
} from '../../runtime/backtest.ts'
import { recordMarket, runWorld, runWorlds } from '../../runtime/worlds.ts'
import { backtestOf, making, market } from '../kit/backtest.ts'

const identity = ({ eventLogHash, stateHash, events, recording }: BacktestResult) => ({
  eventLogHash,
  stateHash,
  events,
  fills: recording.fills.length,
})

/** Every tenth of the rows a clear: of a side, of both, up to a price. */
function withClears(rows: MarketRows): MarketRows {
  const kind = rows.kind.slice()
  const price = rows.price.slice()
  const flags = rows.flags.slice()
  for (let row = 5_000; row < rows.length; row += 997) {
    kind[row] = RowKind.CLEAR
    if (row % 3 === 0) price[row] = WHOLE_SIDE
    if (row % 3 === 1) flags[row]! &= ~(RowFlag.BUY | RowFlag.SELL)
    if (row % 3 === 1) price[row] = WHOLE_SIDE
  }
  return { ...rows, kind, price, flags }
}

/** Takes across the spread now and then, so that displayed size is used up. */
const taking = instantiate({
  name: 'taking',
  init: () => null,
  trigger: { everyNth: 50 },
  decide: (view) => {
    const touch = view.touch()
    if (touch === null) return {}
    const side = view.positionOf() > 0 ? -1 : 1
    const price = side === 1 ? touch.ask + 3 : touch.bid - 3
    const terms = { orderType: 'limit', timeInForce: 'IOC', qty: 40, price } as const
    const key = view.newOrderKey()
    return { intents: [{ type: 'intent.new', key, instrument: 0, side, ...terms }] }
  },
})

const rows = withClears(market(11, 20, 1_500))
const base = backtestOf(rows)
const venueOf = (session: Parameters<typeof backtestOf>[1]): BacktestDefinition => ({
  ...backtestOf(rows, session),
  feed: base.feed,
})
const fees = { maker: '-0.0001', taker: '0.001' }
const worlds: readonly BacktestDefinition[] = [
  base,
  { ...base, strategies: [making({ offsetTicks: 2 })] },
  { ...base, strategies: [taking] },
  venueOf({ venue: { latency: { entryNs: 0, responseNs: 0 }, partialFills: false, fees } }),
  venueOf({ venue: { queue: { model: 'riskAverse' }, fees } }),
  // Where a quirk is about the book, the Venue keeps one of its own.
  venueOf({ venue: { compat: 'hftbacktest', fees } }),
  venueOf({ control: { order: 'marketFirst' } }),
]

describe('worlds', () => {
  const results = [...runWorlds(worlds)].map(identity)

  test.each(worlds.map((_, index) => index))('world %i is its run alone', (index) => {
    expect(results[index]).toEqual(identity(runBacktest(worlds[index]!)))
  })

  test('differ, but where the queue model never decided, and trade', () => {
    expect(new Set(results.map(({ eventLogHash }) => eventLogHash)).size).toBeGreaterThanOrEqual(6)
    expect(Math.min(...results.map(({ fills }) => fills))).toBeGreaterThan(0)
  })

  test('share several instruments and a window that opens late', () => {
    const datasets = { BTC: rows, ETH: market(12, 20, 700) }
    const startNs = rows.originNs + 5_000_000_000n
    const window = { start: startNs.toString() }
    const both = backtestOf(datasets, { window } as Parameters<typeof backtestOf>[1])
    expect(both.feed[0]!.localFrom).toBeGreaterThan(0)
    const [world] = [...runWorlds([both])]
    expect(identity(world!)).toEqual(identity(runBacktest(both)))
  })

  test('one that fails leaves the others as they are', () => {
    const broken = instantiate({
      name: 'broken',
      init: () => null,
      trigger: { everyNth: 900 },
      decide: () => {
        throw new Error('no idea')
      },
    })
    const recorded = recordMarket(base.feed)
    expect(() => runWorld({ ...base, strategies: [broken] }, recorded)).toThrow(/no idea/)
    expect(identity(runWorld(base, recorded))).toEqual(results[0])
  })

  test('none is no work, and a world of another market is refused', () => {
    expect([...runWorlds([])]).toEqual([])
    const foreign = backtestOf(market(12, 5))
    expect(() => [...runWorlds([base, foreign])]).toThrow(/ESC_CONFIG_INVALID.*worlds\[1\]/s)
  })
})
