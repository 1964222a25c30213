import type { AccountFunded, CoreEvent } from '@escapement/core'
import { instantiate } from '@escapement/core'
import { describe, expect, test } from 'vitest'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import { runBacktest } from '../../runtime/backtest.ts'
import { defineBacktest } from '../../runtime/config/define-backtest.ts'
import type { SessionInput } from '../../runtime/config/schema.ts'
import { strategy } from '../../runtime/strategies/market-maker.ts'
import { Ledger } from '../kit/backtest-ledger.ts'
import { watched } from '../kit/backtest-watched.ts'

/** Whole sessions with funding. Goal: balance = cash flows - fees + funding, and nothing is lost. */

const START = 1_700_000_000n * 1_000_000_000n
const rows = syntheticMarket({ seed: 11, durationSeconds: 30, rowsPerSecond: 1500 })
const kinds: Readonly<Record<string, SessionInput['instruments'][string]>> = {
  linear: { tickSize: '0.1', lotSize: '0.001', quote: 'USDT' },
  inverse: { tickSize: '0.1', lotSize: '1', contractSize: '100', kind: 'inverse', quote: 'BTC' },
  quanto: { tickSize: '0.1', lotSize: '0.001', kind: 'quanto', multiplier: '0.0001', quote: 'BTC' },
}

function definition(kind: string, seconds: readonly number[]) {
  const funding = seconds.map((second, i) => ({
    instrument: 'X',
    time: String(START + BigInt(Math.round(second * 1e9))),
    rate: i % 2 === 0 ? '0.0003' : '-0.0001',
    ...(i % 3 === 2 ? { mark: '60000.05' } : {}),
  }))
  const session: SessionInput = {
    name: 'funded',
    instruments: { X: kinds[kind]! },
    venue: { fees: { maker: '-0.00005', taker: '0.0007' }, funding },
  }
  const maker = instantiate(strategy, { qtyLots: 10 })
  return defineBacktest(session, { X: rows }, maker)
}

describe.each(['linear', 'inverse', 'quanto'])('a session in a %s contract', (kind) => {
  test('has a balance of cash flows - fees + funding after every Event', () => {
    const seconds = Array.from({ length: 25 }, (_, i) => i + 1.25)
    const chosen = definition(kind, seconds)
    const ledger = new Ledger(chosen.configuration)
    const paid: AccountFunded[] = []
    let funding = 0n
    const core = watched(chosen, ({ event }: { readonly event: CoreEvent }, state) => {
      if (event.type === 'order.filled') ledger.book(event)
      if (event.type === 'account.funded') {
        paid.push(event)
        funding += BigInt(event.amount)
      }
      const account = state.execution.accounts[0]!
      expect(account.cash - account.fees + account.funding).toBe(
        ledger.cash - ledger.fees + funding,
      )
      expect(account.funding).toBe(funding)
    })
    expect(paid.length).toBeGreaterThan(10)
    expect(paid.every(({ position, amount }) => position !== 0 && amount !== 0)).toBe(true)
    const { bestBid, bestAsk } = core.state.market[0]!.book
    expect(core.view.equity(0)).toBe(ledger.equity(bestBid, bestAsk) + funding)
  })

  test('is the same without a payment as without a schedule', () => {
    const [none, late] = [definition(kind, []), definition(kind, [1_000])].map((one) =>
      runBacktest(one),
    )
    expect(none!.stateHash).toBe(late!.stateHash)
    expect(none!.eventLogHash).toBe(late!.eventLogHash)
  })
})
