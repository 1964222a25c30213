import { instantiate } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { venueIdentity } from '../../actors/fill-simulator/venue-config.ts'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import { defineBacktest } from '../../runtime/config/define-backtest.ts'
import type { SessionInput } from '../../runtime/config/schema.ts'
import { strategy } from '../../runtime/strategies/market-maker.ts'

/**
 * The models of the Venue as plain data. Goal: what is right is taken and tells venues apart, what
 * is wrong is refused with the field, what was found and what is needed.
 */

const rows = syntheticMarket({ seed: 3, durationSeconds: 1, rowsPerSecond: 50 })
const BTC = { tickSize: '0.1', lotSize: '0.001', quote: 'USDT' } as const

/** The identity of the Venue of a session with this `venue`. */
function identityOf(venue: object, instrument: object = BTC): string {
  const session = { name: 'v', instruments: { BTC: instrument }, venue } as SessionInput
  return venueIdentity(defineBacktest(session, { BTC: rows }, instantiate(strategy)).venue)
}

const constant = { model: 'constant', ns: 5 }
const drawn = { model: 'normal', meanNs: 5_000_000, sdNs: 1_000_000.5, minNs: 0, maxNs: 9_000_000 }
const load = { windowNs: 1_000_000, thresholdRows: 10, entryPerRowNs: 100 }
const latencies: readonly object[] = [
  {},
  { entryNs: 5, responseNs: 5 },
  { entryNs: 5, responseNs: 5, load },
  { entry: constant, response: constant },
  { entry: constant, response: drawn },
  { entry: { model: 'lognormal', medianNs: 10, sigma: 0.5 }, response: constant },
  { entry: { model: 'exponential', meanNs: 10, baseNs: 5 }, response: constant },
  { entry: { model: 'samples', samplesNs: [1, 2, 3] }, response: constant },
  {
    entry: {
      model: 'quantiles',
      quantiles: [
        { p: 0, ns: 1 },
        { p: 1, ns: 2 },
      ],
    },
    response: drawn,
  },
  { entry: { new: drawn, replace: constant, cancel: constant }, response: drawn },
  { entry: { new: drawn, replace: constant, cancel: constant }, response: drawn, load },
]
const rates = { maker: '-0.0001', taker: '0.0005' }
const fees: readonly object[] = [
  rates,
  { model: 'value', ...rates, taker: '0.0006' },
  { model: 'quantity', per: 'lot', ...rates },
  { model: 'flat', per: 'order', ...rates },
  { model: 'directional', buy: rates, sell: { ...rates, taker: '0.0015' } },
  {
    model: 'tiered',
    tiers: [
      { from: '0', ...rates },
      { from: '1000000', maker: '0', taker: '0' },
    ],
  },
  { model: 'tiered', windowSeconds: 3600, tiers: [{ from: '0', ...rates }] },
  {
    sum: [
      { model: 'value', ...rates },
      { model: 'flat', per: 'execution', ...rates },
    ],
  },
]
const rules: readonly object[] = [
  {},
  { requestLimits: [{ kinds: ['new', 'replace'], requests: 10, windowSeconds: 1 }] },
  { tickMultiple: 5 },
  { lotMultiple: 5 },
  { minQty: '0.002' },
  { maxQty: '10' },
  { minNotional: '5' },
  { priceBand: { around: 'mid', ticks: 10 } },
  { priceBand: { around: 'mid', percent: '10' } },
  { priceBand: { around: 'lastTrade', percent: '10' } },
  { postOnly: 'reject' },
  { postOnly: 'slide' },
  { selfTrade: 'none' },
  { selfTrade: 'cancelNewest' },
  { selfTrade: 'cancelBoth' },
]
const at = (time: string, rest: object = {}) => ({
  funding: [{ instrument: 'BTC', time, rate: '0.0001', ...rest }],
})
const fundings: readonly object[] = [
  { funding: [] },
  at('1700000000500000000'),
  at('2023-11-14T22:13:20.600Z'),
  at('1700000000500000000', { mark: '60000.05' }),
  at('1700000000500000000', { rate: '-0.0001' }),
]
const asLatency = (latency: object) => (Object.keys(latency).length === 0 ? {} : { latency })

describe('a right configuration of the Venue', () => {
  test('is taken, and each tells another Venue', () => {
    const venues: object[] = [...latencies.map(asLatency), ...fees.map((fee) => ({ fees: fee }))]
    venues.push(...fundings.slice(1), ...rules.map((some) => ({ rules: some })))
    expect(new Set(venues.map((venue) => identityOf(venue))).size).toBe(venues.length)
  })

  test('that says nothing is that of the defaults', () => {
    const latency = { entryNs: 10_000_000, responseNs: 10_000_000 }
    const said = { latency, fees: { maker: '0', taker: '0' }, queue: { model: 'power3', n: 3 } }
    expect(identityOf({})).toBe(identityOf(said))
  })
})

/** What is put into `venue` | field | part of what was found | part of what is needed */
const WRONG = `
  {"latency": {"entry": {"model": "gamma"}, "response": {"model": "constant", "ns": 1}}} | latency.entry.model | gamma | constant, normal, lognormal, exponential, samples, quantiles
  {"latency": {"entry": {"model": "constant", "ns": 1}, "response": {}}} | latency.response.model | nothing | constant, normal
  {"latency": {"entry": {"model": "constant", "ns": 1}}} | latency.response | nothing | a mapping
  {"latency": {"entry": {"model": "constant", "ns": -1}, "response": {"model": "constant", "ns": 1}}} | latency.entry.ns | -1 | at least 0
  {"latency": {"entry": {"model": "constant", "ns": 1}, "response": {"model": "normal", "meanNs": 5}}} | latency.response.sdNs | nothing | a number
  {"latency": {"entry": {"model": "constant", "ns": 1}, "response": {"model": "normal", "meanNs": 5, "sdNs": 1, "mean": 2}}} | latency.response.mean | an unknown key | meanNs, sdNs
  {"latency": {"entry": {"model": "constant", "ns": 1}, "response": {"model": "normal", "meanNs": 5, "sdNs": 1, "minNs": 9, "maxNs": 8}}} | venue.latency.response.maxNs | 8 | at least minNs, 9
  {"latency": {"entry": {"new": {"model": "constant", "ns": 0.5}, "replace": {"model": "constant", "ns": 1}, "cancel": {"model": "constant", "ns": 1}}, "response": {"model": "constant", "ns": 1}}} | latency.entry.new.ns | 0.5 | an integer
  {"latency": {"entry": {"new": {"model": "constant", "ns": 1}, "replace": {"model": "constant", "ns": 1}}, "response": {"model": "constant", "ns": 1}}} | latency.entry.cancel | nothing | a mapping
  {"latency": {"entry": {"model": "samples", "samplesNs": []}, "response": {"model": "constant", "ns": 1}}} | latency.entry.samplesNs | [] | at least 1
  {"latency": {"entry": {"model": "quantiles", "quantiles": [{"p": 0, "ns": 2}, {"p": 1, "ns": 1}]}, "response": {"model": "constant", "ns": 1}}} | venue.latency.entry.quantiles[1].ns | 1 | at least 2
  {"latency": {"entryNs": 1, "responseNs": 1, "load": {"windowNs": 0, "thresholdRows": 1}}} | latency.load.windowNs | 0 | at least 1
  {"latency": {"entryNs": 1, "responseNs": 1, "load": {"windowNs": 1}}} | latency.load.thresholdRows | nothing | a number
  {"fees": {"model": "free", "maker": "0", "taker": "0"}} | venue.fees.model | free | value, quantity, flat, directional, tiered
  {"fees": {"model": "quantity", "maker": "0", "taker": "0"}} | venue.fees.per | nothing | lot, unit
  {"fees": {"model": "flat", "maker": "0", "taker": "0", "per": "lot"}} | venue.fees.per | lot | execution, order
  {"fees": {"model": "value", "maker": "0.1%", "taker": "0"}} | venue.fees.maker | 0.1% | a plain decimal
  {"fees": {"model": "directional", "buy": {"maker": "0", "taker": "0"}}} | venue.fees.sell | nothing | a mapping
  {"fees": {"model": "tiered", "tiers": []}} | venue.fees.tiers | [] | at least 1
  {"fees": {"model": "tiered", "tiers": [{"from": "5", "maker": "0", "taker": "0"}]}} | venue.fees.tiers[0].from | 5 | 0
  {"fees": {"model": "tiered", "tiers": [{"from": "-5", "maker": "0", "taker": "0"}]}} | venue.fees.tiers[0].from | -5 | a plain decimal
  {"fees": {"model": "tiered", "windowSeconds": 0, "tiers": [{"from": "0", "maker": "0", "taker": "0"}]}} | venue.fees.windowSeconds | 0 | above 0
  {"fees": {"sum": []}} | venue.fees.sum | [] | at least 1
  {"fees": {"sum": [{"model": "value", "maker": "0"}]}} | venue.fees.sum[0].taker | nothing | a plain decimal
  {"rules": {"tickSize": 5}} | venue.rules.tickSize | an unknown key | requestLimits, tickMultiple
  {"rules": {"tickMultiple": 0}} | venue.rules.tickMultiple | 0 | at least 1
  {"rules": {"lotMultiple": 1.5}} | venue.rules.lotMultiple | 1.5 | an integer
  {"rules": {"minQty": "0"}} | venue.rules.minQty | "0" | a plain decimal
  {"rules": {"maxQty": 5}} | venue.rules.maxQty | 5 | a plain decimal
  {"rules": {"maxQty": "0.0009"}} | venue.rules.maxQty | 0.0009 | at least one lot
  {"rules": {"minNotional": "5 USDT"}} | venue.rules.minNotional | 5 USDT | a plain decimal
  {"rules": {"priceBand": {"around": "open", "ticks": 1}}} | venue.rules.priceBand.around | open | mid, lastTrade
  {"rules": {"priceBand": {"around": "mid"}}} | venue.rules.priceBand.ticks | nothing | a number
  {"rules": {"priceBand": {"around": "mid", "percent": "-1"}}} | venue.rules.priceBand.percent | -1 | a plain decimal
  {"rules": {"postOnly": "cancel"}} | venue.rules.postOnly | cancel | expire, reject, slide
  {"rules": {"selfTrade": "decrement"}} | venue.rules.selfTrade | decrement | none, cancelNewest, cancelOldest, cancelBoth
  {"rules": {"requestLimits": [{"kinds": [], "requests": 1, "windowSeconds": 1}]}} | venue.rules.requestLimits[0].kinds | [] | at least 1
  {"rules": {"requestLimits": [{"kinds": ["modify"], "requests": 1, "windowSeconds": 1}]}} | venue.rules.requestLimits[0].kinds[0] | modify | new, replace, cancel
  {"rules": {"requestLimits": [{"kinds": ["new"], "requests": 0, "windowSeconds": 1}]}} | venue.rules.requestLimits[0].requests | 0 | at least 1
  {"funding": [{"instrument": "BTC", "time": 5, "rate": "0.1"}]} | venue.funding[0].time | 5 | ISO 8601
  {"funding": [{"instrument": "BTC", "time": "2024-02-31T00:00:00Z", "rate": "0.1"}]} | venue.funding[0].time | 2024-02-31 | a real date
  {"funding": [{"instrument": "BTC", "time": "1700000000100000000", "rate": "0.1%"}]} | venue.funding[0].rate | 0.1% | a plain decimal
  {"funding": [{"instrument": "BTC", "time": "1700000000100000000", "rate": "0.1", "mark": "0"}]} | venue.funding[0].mark | "0" | a plain decimal
  {"funding": [{"time": "1700000000100000000", "rate": "0.1"}]} | venue.funding[0].instrument | nothing | a text
  {"funding": [{"instrument": "ETH", "time": "1700000000100000000", "rate": "0.1"}]} | venue.funding[0].instrument | ETH | one of BTC
  {"funding": [{"instrument": "BTC", "time": "1700000000600000000", "rate": "0.1"}, {"instrument": "BTC", "time": "1700000000600000000", "rate": "0.2"}]} | venue.funding of BTC[1].time | 00000 | at least
`
const lines = (table: string) =>
  table
    .trim()
    .split('\n')
    .map((line) => line.split(' | ').map((cell) => cell.trim()) as [string, string, string, string])

describe('instruments', () => {
  const quanto = { ...BTC, kind: 'quanto', quote: 'BTC', multiplier: '0.000001' }

  test('a quanto has a multiplier, which tells it apart', () => {
    const others = [BTC, quanto, { ...quanto, multiplier: '0.000002' }]
    expect(new Set(others.map((one) => identityOf({}, one))).size).toBe(3)
    expect(identityOf({}, { ...quanto, contractSize: '2' })).toBe(
      identityOf({}, { ...quanto, multiplier: '0.000002' }),
    )
  })

  test.each([
    [{ ...quanto, multiplier: undefined }, 'found nothing'],
    [{ ...quanto, multiplier: '0' }, 'found "0"'],
    [{ ...BTC, multiplier: '2' }, 'needed none, of linear kind'],
  ])('a multiplier that is missing, wrong or too many is refused', (wrong, message) => {
    expect(() => identityOf({}, wrong)).toThrow(message)
    expect(() => identityOf({}, wrong)).toThrow('instruments.BTC.multiplier')
  })

  test('funding outside of the session is left out', () => {
    expect(identityOf(at('1600000000000000000'))).toBe(identityOf({ funding: [] }))
  })
})

describe('a wrong configuration of the Venue', () => {
  test.each(lines(WRONG))('%s', (venue, field, found, needed) => {
    let refused: unknown
    try {
      identityOf(JSON.parse(venue) as object)
    } catch (error) {
      refused = error
    }
    expect(refused).toMatchObject({
      code: expect.stringMatching(/^ESC_CONFIG_(INVALID|DECIMAL|INSTRUMENT)$/),
      facts: {
        field: expect.stringContaining(field),
        found: expect.stringContaining(found),
        needed: expect.stringContaining(needed),
      },
    })
  })
})
