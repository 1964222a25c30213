import { CodedError, NANOS_PER_SECOND, WHOLE_SIDE } from '@escapement/core'
import { MAX_DECIMALS } from '../market-data/decimals.ts'

export type SyntheticOptions = {
  readonly seed: number
  readonly durationSeconds: number
  /** Mean over the session; quiet periods have a quarter of it, bursts eight times. */
  readonly rowsPerSecond: number
  /** The fair price at the start, in ticks. */
  readonly midTicks?: number
  /** A tick is `tickUnits * 10^-priceDecimals`, a lot `lotUnits * 10^-qtyDecimals`. */
  readonly priceDecimals?: number
  readonly tickUnits?: number
  readonly qtyDecimals?: number
  readonly lotUnits?: number
  /** Ticks from the best price to the deepest level of a side. */
  readonly depthTicks?: number
  /** Mean size of an order, in lots. */
  readonly orderLots?: number
  /** The fair price moves by about this many ticks (one standard deviation) in a second. */
  readonly volatilityTicks?: number
  /** Steady movement of the fair price, ticks a second; may be negative. */
  readonly driftTicks?: number
  /** Every message takes at least this long to the local side, ns ... */
  readonly latencyNs?: number
  /** ... and on average this much more; a message never overtakes the one before. */
  readonly jitterNs?: number
  /** Epoch ns of the first row. */
  readonly startNs?: bigint
}

export type SyntheticSettings = Required<SyntheticOptions>

const DEFAULTS = {
  midTicks: 600_000,
  priceDecimals: 1,
  tickUnits: 1,
  qtyDecimals: 3,
  lotUnits: 1,
  depthTicks: 200,
  orderLots: 400,
  volatilityTicks: 12,
  driftTicks: 0,
  latencyNs: 2_000_000,
  jitterNs: 1_000_000,
  startNs: 1_700_000_000_000_000_000n,
}

/** More rows than this are asked for by mistake: 3 GB. */
const MAX_ROWS = 100_000_000

type Range = readonly [low: number, high: number]

const RANGES: readonly (readonly [keyof SyntheticOptions, Range, whole: boolean])[] = [
  ['seed', [0, 0xffffffff], true],
  ['durationSeconds', [0.001, 9_000_000], false],
  ['rowsPerSecond', [1, 10_000_000], false],
  ['midTicks', [1, WHOLE_SIDE], true],
  ['priceDecimals', [0, MAX_DECIMALS], true],
  ['tickUnits', [1, 1_000_000], true],
  ['qtyDecimals', [0, MAX_DECIMALS], true],
  ['lotUnits', [1, 1_000_000], true],
  ['depthTicks', [20, 10_000], true],
  ['orderLots', [1, 1_000_000], true],
  ['volatilityTicks', [0, 1_000_000], false],
  ['driftTicks', [-1_000_000, 1_000_000], false],
  ['latencyNs', [0, NANOS_PER_SECOND * 60], true],
  ['jitterNs', [0, NANOS_PER_SECOND * 60], true],
]

/**
 * The options with the defaults filled in.
 * @throws ESC_CONFIG_INVALID naming the field and its range.
 */
export function settle(options: SyntheticOptions): SyntheticSettings {
  const settings: SyntheticSettings = { ...DEFAULTS, ...options }
  for (const [field, [low, high], whole] of RANGES) {
    const value = Number(settings[field])
    if (value >= low && value <= high && (!whole || Number.isInteger(value))) continue
    throw invalid(field, value, `${whole ? 'an integer' : 'a number'} from ${low} to ${high}`)
  }
  const { durationSeconds, rowsPerSecond, midTicks, tickUnits } = settings
  if (durationSeconds * rowsPerSecond > MAX_ROWS) {
    throw invalid('rowsPerSecond', rowsPerSecond, `fewer than ${MAX_ROWS} rows in all`)
  }
  const lowest = lowestFair(settings)
  if (midTicks < lowest || midTicks > highestFair(settings)) {
    const range = `from ${lowest} to ${highestFair(settings)} for this depth and tick`
    throw invalid('midTicks', midTicks * tickUnits, range)
  }
  return settings
}

/** The fair price is held between these ticks, so that every level is positive and fits 31 bits. */
export const lowestFair = ({ depthTicks }: SyntheticSettings): number => depthTicks * 4
export const highestFair = ({ depthTicks, tickUnits }: SyntheticSettings): number =>
  Math.floor((WHOLE_SIDE - 1) / tickUnits) - depthTicks * 4

function invalid(field: string, value: number, needed: string): CodedError {
  return new CodedError('ESC_CONFIG_INVALID', { field, found: String(value), needed })
}
