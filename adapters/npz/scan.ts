import { CodedError, isOrderKind, NANOS_MAX, RowKind } from '@escapement/core'
import { decimalsOf, MAX_DECIMALS, type Units } from '../market-data/decimals.ts'
import { describeKind } from '../market-data/validate.ts'
import {
  DOUBLES,
  EV,
  type EventWords,
  EXCH,
  flagsOf,
  KIND_BBO,
  LOCAL,
  PX,
  QTY,
  WORDS,
} from './event-words.ts'

const TWO_32 = 0x1_0000_0000

/** What one pass over the array finds out before columns are made. */
export type Scan = {
  /** Rows that stay: all but kind 5. */
  readonly kept: number
  /** The smallest time of both columns, split as the file stores it. */
  readonly originHigh: number
  readonly originLow: number
  readonly units: Units
  /** Whether there are rows of single orders. */
  readonly hasOrders: boolean
}

/**
 * Checks kinds, flags, prices and quantities of every row, and finds the origin and the units.
 * @throws ESC_DATA_KIND, ESC_DATA_PRICE, ESC_DATA_QTY, ESC_NPZ_UNIT, ESC_DATA_EMPTY, ESC_TIME_SPAN
 */
export function scanEvents(events: EventWords, units: Units | undefined, file?: string): Scan {
  const { words, signed, doubles } = events
  const at = file === undefined ? {} : { file }
  let kept = 0
  let hasOrders = false
  let lowHigh = 0x7fffffff
  let lowLow = 0xffffffff
  let topHigh = -0x80000000
  let topLow = 0
  let priceDecimals = units?.priceDecimals ?? 0
  let qtyDecimals = units?.qtyDecimals ?? 0
  for (let row = 0; row < events.rows; row++) {
    const word = row * WORDS
    const low = words[word + EV]!
    const kind = low & 0xff
    if (kind === KIND_BBO) continue
    checkEvent(low, words[word + EV + 1]!, kind, row, at)
    kept++
    hasOrders ||= isOrderKind(kind)
    for (let time = EXCH; time <= LOCAL; time += 2) {
      const timeLow = words[word + time]!
      const timeHigh = signed[word + time + 1]!
      if (timeHigh < lowHigh || (timeHigh === lowHigh && timeLow < lowLow)) {
        lowHigh = timeHigh
        lowLow = timeLow
      }
      if (timeHigh > topHigh || (timeHigh === topHigh && timeLow > topLow)) {
        topHigh = timeHigh
        topLow = timeLow
      }
    }
    const price = doubles[row * DOUBLES + PX]!
    if (Number.isFinite(price)) {
      const needed = decimalsOf(price, priceDecimals)
      if (needed !== priceDecimals) {
        if (needed > MAX_DECIMALS || units)
          throw unitError('px', price, row, units?.priceDecimals, at)
        priceDecimals = needed
      }
    } else if (kind !== RowKind.CLEAR) {
      throw new CodedError('ESC_DATA_PRICE', { ...at, row, field: 'px', found: String(price) })
    }
    const qty = doubles[row * DOUBLES + QTY]!
    if (!(qty >= 0 && qty < Number.POSITIVE_INFINITY)) {
      throw new CodedError('ESC_DATA_QTY', { ...at, row, field: 'qty', found: String(qty) })
    }
    const needed = decimalsOf(qty, qtyDecimals)
    if (needed !== qtyDecimals) {
      if (needed > MAX_DECIMALS || units) throw unitError('qty', qty, row, units?.qtyDecimals, at)
      qtyDecimals = needed
    }
  }
  if (kept === 0) {
    throw new CodedError('ESC_DATA_EMPTY', {
      ...at,
      found: `${events.rows} rows`,
      needed: 'depth or trades',
    })
  }
  if ((topHigh - lowHigh) * TWO_32 + (topLow - lowLow) > NANOS_MAX) {
    throw new CodedError('ESC_TIME_SPAN', {
      ...at,
      found: `times from ${epochNs(lowHigh, lowLow)} to ${epochNs(topHigh, topLow)} ns`,
      hint: 'a row may have 0 instead of a time; both time columns count',
    })
  }
  const found = { priceDecimals, qtyDecimals }
  return { kept, originHigh: lowHigh, originLow: lowLow, units: found, hasOrders }
}

/** A time of the file from its two halves. */
export const epochNs = (high: number, low: number): bigint =>
  BigInt(high) * 4294967296n + BigInt(low)

type Place = { readonly file?: string }

function checkEvent(low: number, high: number, kind: number, row: number, at: Place): void {
  if (high !== 0 || (low & 0x0fffff00) !== 0) {
    const found = `ev 0x${(BigInt(high) * 4294967296n + BigInt(low)).toString(16)}`
    throw new CodedError('ESC_DATA_KIND', {
      ...at,
      row,
      field: 'ev',
      found,
      needed: 'flags 28 to 31 only',
    })
  }
  const problem = describeKind(kind, flagsOf(low))
  if (problem === undefined) return
  throw new CodedError('ESC_DATA_KIND', { ...at, row, field: 'ev', ...problem })
}

export function unitError(
  field: string,
  value: number,
  row: number,
  given: number | undefined,
  at: Place,
): CodedError {
  return new CodedError('ESC_NPZ_UNIT', {
    ...at,
    row,
    field,
    found: String(value),
    needed:
      given === undefined
        ? `a number of at most ${MAX_DECIMALS} decimals and 2^53 units`
        : `a multiple of 10^-${given}, the unit of the configuration`,
  })
}
