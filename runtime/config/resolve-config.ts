import {
  CodedError,
  type CoreConfiguration,
  type Decimal,
  type Instrument,
  type MarketRows,
  multiply,
  parseDecimal,
  powerOfTen,
  type RateLimits,
} from '@escapement/core'
import type { Window } from '../feed-channel.ts'
import { ownRiskLimits, rateLimits, riskLimits } from './limits.ts'
import type { OwnConfig, SessionConfig } from './schema.ts'

/** The rows of one instrument, by its symbol in the configuration. */
export type SymbolRows = { readonly symbol: string; readonly rows: MarketRows }

/**
 * The Core's Configuration. Instruments take the order of the datasets; their quantity unit is as
 * fine as the data or the lot, whichever is finer. Strategies take the order of their list, which
 * is that of evaluation, and their names are the namespaces.
 */
export function coreConfiguration(
  config: SessionConfig,
  datasets: readonly SymbolRows[],
  strategies: readonly OwnConfig[],
): CoreConfiguration {
  const { order: _order, ...rules } = config.control
  const ownRisk = strategies.map(({ risk }, i) => ownRiskLimits(risk, `strategies[${i}].risk`))
  const ownRates = datasets.map(({ symbol }) => ownRateLimits(config, symbol))
  return {
    version: '1',
    instruments: datasets.map(({ symbol, rows }) => instrumentOf(config, symbol, rows.qtyDecimals)),
    namespaces: strategies.map(({ name }) => name),
    risk: riskLimits(config.risk, 'risk'),
    ...(ownRisk.some((own) => own !== null) ? { ownRisk } : {}),
    rateLimits: rateLimits(config.rateLimits, 'rateLimits'),
    ...(ownRates.some((own) => own !== null) ? { ownRates } : {}),
    control: rules,
  }
}

function ownRateLimits({ instruments }: SessionConfig, symbol: string): RateLimits | null {
  const own = instruments[symbol]!.rateLimits
  return own === undefined ? null : rateLimits(own, `instruments.${symbol}.rateLimits`)
}

/** An instrument whose data count quantities in units of 10^-dataDecimals. */
export function instrumentOf(
  config: SessionConfig,
  symbol: string,
  dataDecimals: number,
): Instrument {
  const { tickSize, lotSize, kind, quote, quoteDecimals } = config.instruments[symbol]!
  const at = `instruments.${symbol}`
  const lot = parseDecimal(lotSize, `${at}.lotSize`)
  const qtyDecimals = Math.max(lot.scale, dataDecimals)
  if (qtyDecimals > MAX_QTY_DECIMALS || !isCountable(lot, qtyDecimals)) {
    throw new CodedError('ESC_CONFIG_INVALID', {
      field: `${at}.lotSize`,
      found: lotSize,
      needed: `at most ${MAX_QTY_DECIMALS} decimals, and fewer than 2^53 units of 10^-${qtyDecimals}`,
    })
  }
  return {
    symbol,
    kind,
    tickSize: parseDecimal(tickSize, `${at}.tickSize`),
    lotSize: lot,
    contractSize: contractSizeOf(config.instruments[symbol]!, at),
    quote,
    quoteDecimals,
    qtyDecimals,
  }
}

/** A quanto counts money by its multiplier, which no other kind has. */
function contractSizeOf(
  { kind, contractSize, multiplier }: SessionConfig['instruments'][string],
  at: string,
): Decimal {
  const size = parseDecimal(contractSize, `${at}.contractSize`)
  if ((kind === 'quanto') === (multiplier !== undefined)) {
    if (multiplier === undefined) return size
    return multiply(size, parseDecimal(multiplier, `${at}.multiplier`))
  }
  throw new CodedError('ESC_CONFIG_INVALID', {
    field: `${at}.multiplier`,
    found: multiplier ?? 'nothing',
    needed: kind === 'quanto' ? 'money for one contract and a price of 1' : `none, of ${kind} kind`,
  })
}

/** @throws ESC_CONFIG_WINDOW when the end does not lie after the start */
export function windowOf({ window }: SessionConfig): Window {
  const startNs = window?.start === undefined ? null : parseEpochNs(window.start)
  const endNs = window?.end === undefined ? null : parseEpochNs(window.end)
  if (startNs !== null && endNs !== null && endNs <= startNs) {
    throw new CodedError('ESC_CONFIG_WINDOW', {
      field: 'window.end',
      found: window!.end!,
      needed: `a time later than window.start ${window!.start}`,
    })
  }
  return { startNs, endNs }
}

const isCountable = (lot: Decimal, decimals: number): boolean =>
  Number.isSafeInteger(Number(lot.digits * powerOfTen(decimals - lot.scale)))

/** The finest lot that the Venue's tables of powers of ten hold. */
const MAX_QTY_DECIMALS = 18

/** Epoch ns of "1723161256298000000" or "2024-08-08T23:54:16.298Z", to the last decimal. */
export function parseEpochNs(text: string, field = 'window'): bigint {
  if (/^\d+$/.test(text)) return BigInt(text)
  const [whole, fraction = ''] = text.slice(0, -1).split('.')
  const millis = Date.parse(`${whole}Z`)
  // Date.parse takes 31 February for 2 March.
  if (Number.isNaN(millis) || !new Date(millis).toISOString().startsWith(whole!)) {
    throw new CodedError(field === 'window' ? 'ESC_CONFIG_WINDOW' : 'ESC_CONFIG_INVALID', {
      field,
      found: text,
      needed: 'a real date',
    })
  }
  return BigInt(millis) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}
