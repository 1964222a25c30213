import { instantiate } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import { runBacktest } from '../../runtime/backtest.ts'
import { defineBacktest } from '../../runtime/config/define-backtest.ts'
import type { SessionInput } from '../../runtime/config/schema.ts'
import { strategy } from '../../runtime/strategies/market-maker.ts'

/** A session with a model of every kind at once. Goal: the seed decides, and everything counts. */

const rows = syntheticMarket({ seed: 11, durationSeconds: 20, rowsPerSecond: 1500 })
const rates = { maker: '0.0001', taker: '0.0005' }
const everything: NonNullable<SessionInput['venue']> = {
  latency: {
    entry: {
      new: { model: 'lognormal', medianNs: 3_000_000, sigma: 0.5, minNs: 500_000 },
      replace: { model: 'exponential', meanNs: 2_000_000, baseNs: 1_000_000 },
      cancel: { model: 'normal', meanNs: 4_000_000, sdNs: 1_000_000, maxNs: 9_000_000 },
    },
    response: {
      model: 'quantiles',
      quantiles: [
        { p: 0, ns: 100_000 },
        { p: 1, ns: 5_000_000 },
      ],
    },
    load: {
      windowNs: 50_000_000,
      thresholdRows: 60,
      entryPerRowNs: 20_000,
      responsePerRowNs: 5_000,
    },
  },
  fees: {
    sum: [
      {
        model: 'tiered',
        windowSeconds: 5,
        tiers: [
          { from: '0', ...rates },
          { from: '5000', ...rates },
        ],
      },
      { model: 'flat', per: 'order', maker: '0.01', taker: '0.02' },
    ],
  },
  rules: {
    requestLimits: [{ kinds: ['new', 'replace'], requests: 8, windowSeconds: 1 }],
    minNotional: '10',
    priceBand: { around: 'lastTrade', percent: '1' },
    postOnly: 'slide',
    selfTrade: 'cancelOldest',
  },
  funding: [{ instrument: 'X', time: '1700000010000000000', rate: '0.001' }],
}

function run(seed: number, venue: SessionInput['venue'] = everything) {
  const instruments = { X: { tickSize: '0.1', lotSize: '0.001', quote: 'USDT' } }
  const session: SessionInput = { name: 'models', instruments, venue, seed }
  return runBacktest(defineBacktest(session, { X: rows }, instantiate(strategy, { qtyLots: 10 })))
}

describe('a session with a model of every kind', () => {
  const first = run(7)

  test('is decided by its seed', () => {
    const { eventLogHash, stateHash, topologyHash } = run(7)
    expect([eventLogHash, stateHash, topologyHash]).toEqual([
      first.eventLogHash,
      first.stateHash,
      first.topologyHash,
    ])
    expect(run(8).eventLogHash).not.toBe(first.eventLogHash)
  })

  test('ends without an anomaly, and with something of each', () => {
    const account = first.state.execution.accounts[0]!
    expect(first.counters.anomalies).toBe(0)
    expect(account.fills).toBeGreaterThan(10)
    expect(account.fees).not.toBe(0n)
  })

  test.each(['latency', 'fees', 'rules'] as const)('is another one without its %s', (name) => {
    const { [name]: _, ...rest } = everything
    expect(run(7, rest).eventLogHash).not.toBe(first.eventLogHash)
  })
})
