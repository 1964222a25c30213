import { decimal, formatDecimal, type MarketRows } from '@escapement/core'
import { checkConfig } from '../config/read-config.ts'
import type { BacktestConfig } from '../config/schema.ts'

/** What `escapement backtest` runs when it is given nothing: a market maker on a made-up market. */
export function defaultConfig(): BacktestConfig {
  return checkConfig(
    {
      name: 'first-run',
      data: [
        {
          synthetic: { seed: 7, durationSeconds: 300, rowsPerSecond: 1500 },
          instrument: 'BTCUSDT',
        },
      ],
      instruments: { BTCUSDT: { tickSize: '0.1', lotSize: '0.001', quote: 'USDT' } },
      venue: { fees: { maker: '-0.00005', taker: '0.0007' } },
      strategy: { module: 'builtin:market-maker' },
      risk: { maxPosition: '0.2', maxActiveQuotes: 4 },
      rateLimits: { ordersPerSecond: '100' },
    },
    'the built-in configuration',
  )
}

/** The default with a data file in place of the made-up market. */
export function defaultConfigFor(path: string): BacktestConfig {
  const config = defaultConfig()
  return { ...config, data: [{ path, instrument: 'BTCUSDT', symbol: undefined }] }
}

/** Tick and lot as the data show them: the coarsest powers of ten that every value is made of. */
export function withInferredUnits(config: BacktestConfig, rows: MarketRows): BacktestConfig {
  const [symbol, instrument] = Object.entries(config.instruments)[0]!
  const tickSize = formatDecimal(decimal(1n, rows.priceDecimals))
  const lotSize = formatDecimal(decimal(1n, rows.qtyDecimals))
  return { ...config, instruments: { [symbol]: { ...instrument, tickSize, lotSize } } }
}
