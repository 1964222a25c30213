import { instantiate, type MarketRows, type StrategyInstance } from '@escapement/core'
import { syntheticMarket } from '../../adapters/synthetic/synthetic.ts'
import type { BacktestDefinition, BacktestOptions } from '../../runtime/backtest.ts'
import { runBacktest } from '../../runtime/backtest.ts'
import { defineBacktest, type NamedStrategy } from '../../runtime/config/define-backtest.ts'
import type { SessionInput } from '../../runtime/config/schema.ts'
import { strategy as marketMaker } from '../../runtime/strategies/market-maker.ts'

export const BTC = { tickSize: '0.1', lotSize: '0.001', quote: 'USDT' }

/** A minute of a made-up market; a quiet one of few rows when told so. */
export const market = (seed = 5, durationSeconds = 30, rowsPerSecond = 800): MarketRows =>
  syntheticMarket({ seed, durationSeconds, rowsPerSecond })

/** A market that hardly moves, so that orders rest and wait their turn. */
export const quietMarket = (seed = 5, durationSeconds = 60): MarketRows =>
  syntheticMarket({ seed, durationSeconds, rowsPerSecond: 1_500, volatilityTicks: 1 })

export const making = (params: Readonly<Record<string, number>> = {}): StrategyInstance =>
  instantiate(marketMaker, params)

/** The market maker on `rows`, or what else trades; `session` changes the rest. */
export function backtestOf(
  rows: MarketRows | Readonly<Record<string, MarketRows>>,
  session: Partial<SessionInput> = {},
  strategy: StrategyInstance | readonly NamedStrategy[] = making(),
): BacktestDefinition {
  const datasets = isRows(rows) ? { BTC: rows } : rows
  const input: SessionInput = {
    name: 'kit',
    instruments: Object.fromEntries(Object.keys(datasets).map((symbol) => [symbol, BTC])),
    venue: {
      latency: { entryNs: 5_000_000, responseNs: 5_000_000 },
      fees: { maker: '-0.00005', taker: '0.0007' },
    },
    ...session,
  }
  return defineBacktest(input, datasets, strategy)
}

const isRows = (rows: MarketRows | Readonly<Record<string, MarketRows>>): rows is MarketRows =>
  'originNs' in rows

/** Runs and keeps the bytes of the log. */
export function runLogged(definition: BacktestDefinition, options: BacktestOptions = {}) {
  const parts: Uint8Array[] = []
  const sink = { write: (bytes: Uint8Array) => void parts.push(bytes.slice()) }
  const result = runBacktest(definition, { ...options, sink })
  return { result, log: Buffer.concat(parts) }
}
