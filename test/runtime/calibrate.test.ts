import { BUY, type CoreEvent } from '@escapement/core'
import { describe, expect, it } from 'vitest'
import type { QueueConfig } from '../../actors/fill-simulator/queue-model.ts'
import { readMarketRows } from '../../adapters/market-data/read.ts'
import { type Calibration, calibrate } from '../../runtime/calibrate/calibrate.ts'
import { staysOf } from '../../runtime/calibrate/stays.ts'
import { backtestOf, quietMarket } from '../kit/backtest.ts'
import { fixtures } from '../kit/fixtures.ts'
import { patient, recordedStays } from '../kit/patient.ts'

const NPZ = fixtures.path('data/binance/usdm_btcusdt_20240808.npz')
const quiet = quietMarket(5, 200)

const recorded = (queue: QueueConfig, rows = quiet, levels = 1) =>
  recordedStays(backtestOf(rows, { venue: { queue } }, patient(levels, 2_000)))

const lossOf = ({ models }: Calibration, { model, ...rest }: QueueConfig) => {
  const n = 'n' in rest ? rest.n : null
  return models.find((score) => score.family === model && score.n === n)!.meanLossNs
}
const fitOf = ({ families }: Calibration, family: string) =>
  families.find((fit) => fit.family === family)!

const KNOWN: readonly QueueConfig[] = [
  { model: 'power3', n: 3 },
  { model: 'power', n: 2 },
  { model: 'riskAverse' },
  { model: 'log2' },
]

/** The model that made the fills is among those that cannot be told from the best, n in its interval. */
function expectRecovered(result: Calibration, known: QueueConfig): void {
  const fit = fitOf(result, known.model)
  expect(fit.isWorse).toBe(false)
  if (!('n' in known)) return
  expect(fit.interval![0]).toBeLessThanOrEqual(known.n)
  expect(fit.interval![1]).toBeGreaterThanOrEqual(known.n)
}

describe('a calibration on a made-up market', () => {
  it.each(KNOWN)('is wrong about no order with the model that made the fills: %j', (known) => {
    const { grounds, stays } = recorded(known)
    const result = calibrate(grounds, stays, { resamples: 200 })
    expect(result.telling).toBeGreaterThan(0)
    expect(lossOf(result, known)).toBe(0)
    expectRecovered(result, known)
  })

  it('recovers a model from several levels, whose orders share trades', () => {
    const { grounds, stays } = recorded({ model: 'power', n: 2 }, quiet, 5)
    const result = calibrate(grounds, stays)
    expectRecovered(result, { model: 'power', n: 2 })
    expect(fitOf(result, 'log').isWorse).toBe(true)
  })

  it('calls a family that another one contains not distinguishable from it', () => {
    const { grounds, stays } = recorded({ model: 'power', n: 1 })
    const { verdict } = calibrate(grounds, stays)
    expect(verdict.kind).toBe('notDistinguishable')
    if (verdict.kind !== 'notDistinguishable') return
    expect(verdict.families).toEqual(expect.arrayContaining(['power', 'power2', 'power3']))
  })

  it('names no wrong family and misses no n over eight markets', () => {
    const known = { model: 'power', n: 4.5 } as const
    for (let seed = 20; seed < 28; seed++) {
      const { grounds, stays } = recorded(known, quietMarket(seed, 100), 3)
      const result = calibrate(grounds, stays, { resamples: 200 })
      expectRecovered(result, known)
      const { verdict } = result
      if (verdict.kind === 'found') expect(verdict.family).toBe('power')
    }
  })

  it('has one result for one seed, and the same fits for any', () => {
    const { grounds, stays } = recorded({ model: 'log2' })
    const once = calibrate(grounds, stays, { seed: 7, resamples: 100 })
    expect(calibrate(grounds, stays, { seed: 7, resamples: 100 })).toEqual(once)
    const other = calibrate(grounds, stays, { seed: 8, resamples: 100 })
    expect(other.models).toEqual(once.models)
  })

  it('is silent when no order tells the models apart', () => {
    const { grounds, stays } = recorded({ model: 'log2' })
    const far = stays.slice(0, 20).map((stay) => ({
      ...stay,
      price: stay.price - stay.side * 5_000,
      filledAt: null,
      until: stay.from + 1e9,
    }))
    const result = calibrate(grounds, far, { resamples: 40 })
    expect(result).toMatchObject({ telling: 0, filled: 0, verdict: { kind: 'silent' } })
  })

  it('follows an order no longer than the horizon', () => {
    const { grounds, stays } = recorded({ model: 'log2' })
    const { models, orders } = calibrate(grounds, stays, { horizonNs: 1, resamples: 40 })
    expect(models.every(({ meanLossNs }) => meanLossNs <= 1)).toBe(true)
    expect(models[0]!.neither + models[0]!.bothFilled).toBe(orders)
  })

  it('refuses to be made of nothing', () => {
    const { grounds } = recorded({ model: 'log2' })
    expect(() => calibrate(grounds, [])).toThrow(/ESC_ORDERS_TABLE/)
  })
})

describe.skipIf(!fixtures.available)('a calibration on a recorded market', () => {
  it.each([
    [{ model: 'power3', n: 3 }, 'power3'],
    [{ model: 'power', n: 2 }, 'power'],
  ] as const)('finds %j, and tells it from all others', (known, family) => {
    const { grounds, stays } = recorded(known, readMarketRows(NPZ, {}))
    const result = calibrate(grounds, stays)
    expect(result.verdict).toMatchObject({ kind: 'found', family })
    expectRecovered(result, known)
  })

  it('calls riskAverse what power3 comes close to with a large n, and nothing else does', () => {
    const { grounds, stays } = recorded({ model: 'riskAverse' }, readMarketRows(NPZ, {}))
    const result = calibrate(grounds, stays)
    expect(result.verdict).toEqual({
      kind: 'notDistinguishable',
      families: ['riskAverse', 'power3'],
    })
    expect(fitOf(result, 'power3').interval![0]).toBeGreaterThan(3)
  })
})

const at = (exchTime: number) => ({ time: exchTime + 5, exchTime, key: 1 })
const submitted = (timeInForce: 'GTC' | 'IOC' = 'GTC'): CoreEvent => ({
  type: 'order.submitted',
  time: 0,
  key: 1,
  instrument: 0,
  side: BUY,
  orderType: 'limit',
  timeInForce,
  price: 100,
  qty: 10,
})
const accepted: CoreEvent = { type: 'order.accepted', ...at(10) }
const replaced = (price: number, qty: number): CoreEvent => {
  return { type: 'order.replaced', ...at(20), price, qty, leavesQty: qty }
}
const canceled: CoreEvent = { type: 'order.canceled', ...at(30) }
const spans = (events: readonly CoreEvent[]) =>
  staysOf(events, String, 99).map(({ price, from, until }) => [price, from, until])

describe('the stays of an Event Stream', () => {
  it('go from acceptance to the cancel, or to the end of the data', () => {
    expect(spans([submitted(), accepted, canceled])).toEqual([[100, 10, 30]])
    expect(spans([submitted(), accepted])).toEqual([[100, 10, 99]])
  })

  it('are two where a replace gives up the place, and one where it keeps it', () => {
    const requeued = [
      [100, 10, 20],
      [101, 20, 30],
    ]
    expect(spans([submitted(), accepted, replaced(101, 10), canceled])).toEqual(requeued)
    expect(spans([submitted(), accepted, replaced(100, 11), canceled]).length).toBe(2)
    expect(spans([submitted(), accepted, replaced(100, 4), canceled])).toEqual([[100, 10, 30]])
  })

  it('are none of an order that cannot rest, or that expired as it arrived', () => {
    expect(spans([submitted('IOC'), accepted, canceled])).toEqual([])
    const expired: CoreEvent = { type: 'order.expired', ...at(10), reason: 'postOnlyWouldTake' }
    expect(spans([submitted(), accepted, expired])).toEqual([])
  })
})
