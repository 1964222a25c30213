import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CodedError,
  type Instrument,
  type MarketRows,
  messageOf,
  parseDecimal,
  unitsPerLot,
} from '@escapement/core'
import { constantLatency, type LatencySource } from '../../actors/fill-simulator/latency-model.ts'
import { tableLatency } from '../../actors/fill-simulator/latency-table.ts'
import { queueModel } from '../../actors/fill-simulator/queue-model.ts'
import { quirkPreset } from '../../actors/fill-simulator/quirks.ts'
import { joinRows } from '../../adapters/market-data/join-rows.ts'
import { readNpz } from '../../adapters/npz/npz.ts'
import { feedChannel, sessionOrigin } from '../../runtime/feed-channel.ts'
import type { Cases, FolderCase, LatencyCase, ParityStrategy } from './cases.ts'
import { queueOf } from './formula.ts'
import type { ParitySession } from './parity-session.ts'
import { referenceStrategy } from './strategies.ts'

/** The market of one folder, read once for all its runs. */
export type Market = {
  readonly rows: MarketRows
  readonly instrument: Instrument
  readonly origin: bigint
  readonly feed: ParitySession['feed']
}

export type RunTerms = {
  readonly strategy: ParityStrategy
  /** `nopartial`, `partial` or `partialfixed`. */
  readonly exchange: string
  readonly formula: string
  readonly fees: Cases['fees']
  readonly latency: LatencySource
}

const WHOLE = { startNs: null, endNs: null }

/** @throws what reading the data files throws; errors name the file */
export function readMarket(folder: FolderCase, fees: Cases['fees'], dataDir: string): Market {
  const rows = joinRows(folder.data.map((file) => readNpz(join(dataDir, file))))
  return marketOf(rows, folder, fees)
}

export function marketOf(
  rows: MarketRows,
  { tick, lot, asset }: Pick<FolderCase, 'tick' | 'lot' | 'asset'>,
  fees: Cases['fees'],
): Market {
  const [tickSize, lotSize, contractSize] = [tick, lot, asset.contractSize].map(decimal)
  const rates = Math.max(decimal(fees.maker)!.scale, decimal(fees.taker)!.scale)
  const exact = tickSize!.scale + lotSize!.scale + contractSize!.scale + rates
  const instrument: Instrument = {
    symbol: 'PARITY',
    kind: asset.kind,
    tickSize: tickSize!,
    lotSize: lotSize!,
    contractSize: contractSize!,
    quote: 'QUOTE',
    // An inverse amount is a quotient: enough decimals for the tolerance of the comparison.
    quoteDecimals: asset.kind === 'linear' ? exact : Math.max(exact, 14),
    qtyDecimals: Math.max(rows.qtyDecimals, lotSize!.scale),
  }
  const origin = sessionOrigin([rows], WHOLE)
  const feed = feedChannel(rows, instrument, 0, origin, WHOLE, 'parity data')
  return { rows, instrument, origin, feed }
}

export function sessionOf(market: Market, terms: RunTerms): ParitySession {
  const { instrument, origin, feed } = market
  return {
    instrument,
    origin,
    feed,
    strategy: referenceStrategy(terms.strategy),
    venue: {
      instruments: [
        {
          instrument,
          lotUnits: unitsPerLot(instrument),
          fees: { maker: decimal(terms.fees.maker), taker: decimal(terms.fees.taker) },
          queue: queueModel(queueOf(terms.formula)),
          partialFills: terms.exchange !== 'nopartial',
        },
      ],
      latency: terms.latency,
      quirks: quirkPreset(terms.exchange === 'partialfixed' ? 'partialfixed' : 'hftbacktest'),
    },
  }
}

/** Several tables are read as one. */
export function latencyOf(
  latency: LatencyCase,
  folder: Pick<FolderCase, 'interpolatedLatency'>,
  dir: string,
  originNs: bigint,
): LatencySource {
  if ('entryNs' in latency) return constantLatency(latency)
  const files = Array.isArray(latency.tables) ? latency.tables : (folder.interpolatedLatency ?? [])
  const lines = files.flatMap((file) => tableLines(join(dir, file)))
  const column = (at: number) => BigInt64Array.from(lines, (cells) => cells[at]!)
  return tableLatency({ request: column(0), exchange: column(1), response: column(2), originNs })
}

function tableLines(file: string): bigint[][] {
  try {
    const lines = readFileSync(file, 'utf8').trim().split('\n').slice(1)
    return lines.map((line) => line.split(',').map((cell) => BigInt(cell.trim())))
  } catch (cause) {
    throw new CodedError('ESC_LATENCY_TABLE', { file, found: messageOf(cause) }, { cause })
  }
}

/** A float of the pack as the decimal that was written. */
function decimal(value: number) {
  const text = value.toFixed(14).replace(/\.?0+$/, '')
  return parseDecimal(text)
}
