import { createHash } from 'node:crypto'
import {
  ByteWriter,
  CodedError,
  type CoreConfiguration,
  type Decimal,
  type Instrument,
  type MarketRows,
  type PlainData,
  parseDecimal,
  powerOfTen,
  type RiskLimits,
  rateRule,
  type StrategyInstance,
  seconds,
  writePlainData,
} from '@escapement/core'
import type { Window } from '../feed-channel.ts'
import type { BacktestConfig, SessionConfig } from './schema.ts'

/** The rows of one instrument, by its symbol in the configuration. */
export type SymbolRows = { readonly symbol: string; readonly rows: MarketRows }

/**
 * The Core's Configuration. Instruments take the order of the datasets; their quantity unit is as
 * fine as the data or the lot, whichever is finer.
 */
export function coreConfiguration(
  config: SessionConfig,
  datasets: readonly SymbolRows[],
): CoreConfiguration {
  const { order: _order, ...rules } = config.control
  return {
    version: '1',
    instruments: datasets.map(({ symbol, rows }) => instrumentOf(config, symbol, rows)),
    namespaces: [config.name],
    risk: riskOf(config.risk),
    rateLimits: optional({
      orders: rateOf(config.rateLimits.ordersPerSecond, 'rateLimits.ordersPerSecond'),
      cancels: rateOf(config.rateLimits.cancelsPerSecond, 'rateLimits.cancelsPerSecond'),
    }),
    control: rules,
  }
}

function instrumentOf(config: SessionConfig, symbol: string, rows: MarketRows): Instrument {
  const { tickSize, lotSize, contractSize, kind, quote, quoteDecimals } =
    config.instruments[symbol]!
  const at = `instruments.${symbol}`
  const lot = parseDecimal(lotSize, `${at}.lotSize`)
  const qtyDecimals = Math.max(lot.scale, rows.qtyDecimals)
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
    contractSize: parseDecimal(contractSize, `${at}.contractSize`),
    quote,
    quoteDecimals,
    qtyDecimals,
  }
}

function riskOf(risk: SessionConfig['risk']): RiskLimits {
  const { maxRollingLoss, maxActiveQuotes, postOnlyMode } = risk
  return optional({
    maxPosition: decimalOf(risk.maxPosition, 'risk.maxPosition'),
    maxSingleOrderNotional: decimalOf(risk.maxSingleOrderNotional, 'risk.maxSingleOrderNotional'),
    maxGrossNotional: decimalOf(risk.maxGrossNotional, 'risk.maxGrossNotional'),
    maxGrossQuoteNotional: decimalOf(risk.maxGrossQuoteNotional, 'risk.maxGrossQuoteNotional'),
    maxNetQuoteNotional: decimalOf(risk.maxNetQuoteNotional, 'risk.maxNetQuoteNotional'),
    maxDrawdown: decimalOf(risk.maxDrawdown, 'risk.maxDrawdown'),
    minOrderNotional: decimalOf(risk.minOrderNotional, 'risk.minOrderNotional'),
    maxActiveQuotes,
    postOnlyMode,
    maxRollingLoss: maxRollingLoss && {
      amount: parseDecimal(maxRollingLoss.amount, 'risk.maxRollingLoss.amount'),
      windowNs: seconds(maxRollingLoss.windowSeconds),
    },
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
function parseEpochNs(text: string): bigint {
  if (/^\d+$/.test(text)) return BigInt(text)
  const [whole, fraction = ''] = text.slice(0, -1).split('.')
  const millis = Date.parse(`${whole}Z`)
  // Date.parse takes 31 February for 2 March.
  if (Number.isNaN(millis) || !new Date(millis).toISOString().startsWith(whole!)) {
    throw new CodedError('ESC_CONFIG_WINDOW', {
      field: 'window',
      found: text,
      needed: 'a real date',
    })
  }
  return BigInt(millis) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

/**
 * SHA-256 over everything in the configuration that decides, the strategy's identity, and that of
 * a latency table. Paths and the run's name do not enter, so the same experiment has one
 * fingerprint anywhere.
 */
export function configFingerprint(
  config: BacktestConfig,
  strategyIdentity: string,
  latencyIdentity: string,
): string {
  const { $schema: _schema, name: _name, data, strategy, venue, ...rest } = config
  const content = {
    ...rest,
    data: data.map((entry) => {
      if ('synthetic' in entry) return entry
      const { path: _path, ...others } = entry
      return others
    }),
    venue: { ...venue, latency: 'table' in venue.latency ? latencyIdentity : venue.latency },
    strategy: { identity: strategyIdentity, params: strategy.params },
  }
  return fingerprintOf(content)
}

/**
 * The same for a session in a program, whose strategy is known by its name and whose data have no
 * file: it tells Configurations apart and is not that of a configuration file.
 */
export function sessionFingerprint(
  { name: _name, ...decides }: SessionConfig,
  { strategy, params }: StrategyInstance,
): string {
  return fingerprintOf({ ...decides, strategy: { name: strategy.name, params } })
}

function fingerprintOf(content: object): string {
  const writer = new ByteWriter()
  writePlainData(JSON.parse(JSON.stringify(content, plainly)) as PlainData, writer)
  return createHash('sha256').update(writer.written()).digest('hex')
}

/** A program's parameters may be any values: what is not plain counts by its kind alone. */
function plainly(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? value : value.constructor.name
}

/** @throws ESC_CONFIG_INVALID when the limit is too fine to count exactly */
function rateOf(text: string | undefined, field: string): Decimal | undefined {
  const limit = decimalOf(text, field)
  if (limit !== undefined) rateRule(limit, field)
  return limit
}

function decimalOf(text: string | undefined, field: string): Decimal | undefined {
  return text === undefined ? undefined : parseDecimal(text, field)
}

/** Drops the keys that are undefined: an absent limit is absent, not undefined. */
function optional<T extends object>(parts: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(parts).filter(([, value]) => value !== undefined)
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
