import { CodedError } from '@escapement/core'
import { writeBytesAtomically } from '../../adapters/market-data/files.ts'
import { type Calibration, type CalibrationOptions, calibrate } from '../calibrate/calibrate.ts'
import { NEVER_FILLED } from '../calibrate/predict.ts'
import type { Stay } from '../calibrate/stays.ts'
import { describeCalibration } from './describe-calibration.ts'
import { drawCalibration } from './draw-calibration.ts'
import { type LoadedMarket, loadMarket, staysOfRun } from './load-market.ts'
import { readOrdersCsv } from './orders-csv.ts'
import type { Output } from './output.ts'

export type CalibrateFlags = {
  readonly orders?: string
  readonly base?: string
  readonly out?: string
  readonly seed?: string
  readonly resamples?: string
  readonly horizon?: string
}

/** `escapement calibrate <source>`: which queue model do recorded orders speak for? */
export function calibrateCommand(source: string, flags: CalibrateFlags, output: Output): void {
  const options = optionsOf(flags)
  const market = loadMarket(source, flags.base)
  const result = calibrate(market.grounds, staysFrom(market, flags.orders), options)
  if (flags.out !== undefined) {
    const svg = drawCalibration(market.definition.name, result)
    writeBytesAtomically(flags.out, [new TextEncoder().encode(svg)])
  }
  const value = {
    schema: 'escapement/calibrate-1',
    status: 'done',
    source,
    ...plain(result, market),
  }
  output.result(value, () => describeCalibration(market.definition.name, result))
}

/** @throws ESC_USAGE when a configuration comes without orders */
function staysFrom(market: LoadedMarket, orders: string | undefined): readonly Stay[] {
  const { definition, run } = market
  if (orders !== undefined) {
    return readOrdersCsv(orders, definition.configuration.instruments, definition.origin)
  }
  if (run !== null) return staysOfRun(run, market)
  throw new CodedError('ESC_USAGE', {
    field: '--orders',
    found: 'a configuration alone',
    needed: 'a table of recorded orders, or a run directory, which has its own',
  })
}

/** JSON knows no Infinity, and times outside a session are epoch ns. */
function plain({ fills, ...rest }: Calibration, { definition }: LoadedMarket) {
  const { origin, configuration } = definition
  const time = (ns: number | null) =>
    ns === null || ns === NEVER_FILLED ? null : (origin + BigInt(ns)).toString()
  const orders = fills.map(({ stay, predicted }) => ({
    order: stay.order,
    instrument: configuration.instruments[stay.instrument]!.symbol,
    acceptedNs: time(stay.from),
    firstFillNs: time(stay.filledAt),
    endedNs: stay.filledAt === null ? time(stay.until) : null,
    predictedNs: time(predicted),
  }))
  return { ...rest, fills: orders }
}

function optionsOf({ seed, resamples, horizon }: CalibrateFlags): CalibrationOptions {
  const horizonS = horizon === undefined ? undefined : numberOf('--horizon', horizon, 1e-3, 1e7)
  return {
    ...(seed === undefined ? {} : { seed: integerOf('--seed', seed, 0, 0xffffffff) }),
    ...(resamples === undefined
      ? {}
      : { resamples: integerOf('--resamples', resamples, 40, 100_000) }),
    ...(horizonS === undefined ? {} : { horizonNs: Math.round(horizonS * 1e9) }),
  }
}

function integerOf(field: string, found: string, low: number, high: number): number {
  const value = /^\d+$/.test(found) ? Number(found) : Number.NaN
  if (value >= low && value <= high) return value
  throw new CodedError('ESC_USAGE', { field, found, needed: `an integer from ${low} to ${high}` })
}

function numberOf(field: string, found: string, low: number, high: number): number {
  const value = /^\d+(\.\d+)?$/.test(found) ? Number(found) : Number.NaN
  if (value >= low && value <= high) return value
  throw new CodedError('ESC_USAGE', { field, found, needed: `seconds from ${low} to ${high}` })
}
