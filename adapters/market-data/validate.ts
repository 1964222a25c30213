import {
  CodedError,
  isOrderKind,
  type MarketRows,
  RowFlag,
  RowKind,
  WHOLE_SIDE,
} from '@escapement/core'
import { MAX_DECIMALS } from './decimals.ts'
import { checkOrderRows } from './order-rows.ts'

const ALL_FLAGS = RowFlag.EXCHANGE | RowFlag.LOCAL | RowFlag.BUY | RowFlag.SELL
const SIDES = RowFlag.BUY | RowFlag.SELL
const KINDS = '1 DEPTH, 2 TRADE, 3 CLEAR, 4 SNAPSHOT, 10 ADD, 11 CANCEL, 12 MODIFY or 13 FILL'

/**
 * Checks everything the contract of {@link MarketRows} promises, and returns the same rows.
 * Adapters that read another layout check while they convert, where they can name the original.
 * @throws ESC_DATA_EMPTY, ESC_DATA_FORMAT (columns or decimals), ESC_DATA_KIND, ESC_DATA_PRICE,
 *   ESC_DATA_QTY, ESC_DATA_TIME, ESC_TIME_SPAN, what {@link checkOrderRows} throws; each names the
 *   row.
 */
export function validateMarketRows(rows: MarketRows, file?: string): MarketRows {
  const at = file === undefined ? {} : { file }
  checkShape(rows, at)
  for (let row = 0; row < rows.length; row++) {
    const kind = rows.kind[row]!
    const flags = rows.flags[row]!
    const problem = describeKind(kind, flags)
    if (problem !== undefined) throw new CodedError('ESC_DATA_KIND', { ...at, row, ...problem })
    if (rows.price[row] === WHOLE_SIDE && kind !== RowKind.CLEAR) {
      throw new CodedError('ESC_DATA_PRICE', { ...at, row, found: 'the mark of a whole side' })
    }
    const qty = rows.qty[row]!
    if (!(qty >= 0 && Number.isSafeInteger(qty))) {
      throw new CodedError('ESC_DATA_QTY', { ...at, row, found: String(qty) })
    }
  }
  checkOrderRows(rows, file)
  checkViews(rows, file)
  return rows
}

/**
 * What is wrong with a kind and flags ({@link RowKind}, {@link RowFlag}), or undefined. A level has
 * one side, and so has a new order; a trade may have none (then it fills nobody); a CLEAR without a
 * side clears both; the other rows of an order need none.
 */
export function describeKind(
  kind: number,
  flags: number,
): { readonly found: string; readonly needed: string } | undefined {
  if ((kind < RowKind.DEPTH || kind > RowKind.SNAPSHOT) && !isOrderKind(kind)) {
    return { found: `kind ${kind}`, needed: KINDS }
  }
  if ((flags & ~ALL_FLAGS) !== 0) {
    return { found: `flags 0x${flags.toString(16)}`, needed: 'EXCHANGE, LOCAL, BUY, SELL only' }
  }
  const sides = flags & SIDES
  if (sides === SIDES) return { found: 'both BUY and SELL', needed: 'one side' }
  if (sides !== 0) return undefined
  if (kind === RowKind.DEPTH || kind === RowKind.SNAPSHOT) {
    return { found: 'a level without a side', needed: 'BUY or SELL' }
  }
  if (kind === RowKind.ADD) return { found: 'a new order without a side', needed: 'BUY or SELL' }
  return undefined
}

/**
 * Checks that each view is non-decreasing in its own time and that all times are whole ns >= 0.
 * `numberOf` gives the row's number in the file when rows were left out before.
 * @throws ESC_DATA_TIME naming row, column and both times; ESC_DATA_EMPTY when nobody sees a row.
 */
export function checkViews(
  rows: MarketRows,
  file?: string,
  numberOf: (row: number) => number = (row) => row,
): void {
  const at = file === undefined ? {} : { file }
  let lastExch = 0
  let lastLocal = 0
  let seen = 0
  for (let row = 0; row < rows.length; row++) {
    const exch = rows.exchTime[row]!
    const local = rows.localTime[row]!
    const flags = rows.flags[row]!
    if (!(isTime(exch) && isTime(local))) {
      throw timeError(rows, isTime(exch) ? local : exch, 0, { ...at, row: numberOf(row) })
    }
    if ((flags & RowFlag.EXCHANGE) !== 0) {
      if (exch < lastExch) {
        throw timeError(rows, exch, lastExch, { ...at, row: numberOf(row), field: 'exch_ts' })
      }
      lastExch = exch
    }
    if ((flags & RowFlag.LOCAL) !== 0) {
      if (local < lastLocal) {
        throw timeError(rows, local, lastLocal, { ...at, row: numberOf(row), field: 'local_ts' })
      }
      lastLocal = local
    }
    seen |= flags & (RowFlag.EXCHANGE | RowFlag.LOCAL)
  }
  if (seen === 0) {
    throw new CodedError('ESC_DATA_EMPTY', {
      ...at,
      found: 'no row with the exchange or the local flag',
      hint: 'run the order correction of the converter, which sets both flags',
    })
  }
}

type Place = { readonly file?: string; readonly row?: number; readonly field?: string }

function checkShape(rows: MarketRows, at: Place): void {
  if (rows.length === 0) throw new CodedError('ESC_DATA_EMPTY', at)
  for (const column of ['kind', 'flags', 'exchTime', 'localTime', 'price', 'qty'] as const) {
    if (rows[column].length !== rows.length) {
      throw new CodedError('ESC_DATA_FORMAT', {
        ...at,
        field: column,
        found: `${rows[column].length} values`,
        needed: `${rows.length}`,
      })
    }
  }
  for (const field of ['priceDecimals', 'qtyDecimals'] as const) {
    const decimals = rows[field]
    if (!(Number.isInteger(decimals) && decimals >= 0 && decimals <= MAX_DECIMALS)) {
      throw new CodedError('ESC_DATA_FORMAT', {
        ...at,
        field,
        found: String(decimals),
        needed: `an integer from 0 to ${MAX_DECIMALS}`,
      })
    }
  }
}

const isTime = (time: number): boolean => time >= 0 && Number.isSafeInteger(time)

function timeError(rows: MarketRows, time: number, before: number, place: Place): CodedError {
  if (!isTime(time)) {
    return new CodedError('ESC_DATA_TIME', {
      ...place,
      found: String(time),
      needed: 'whole ns since the origin, from 0 to 2^53 - 1',
    })
  }
  return new CodedError('ESC_DATA_TIME', {
    ...place,
    found: String(rows.originNs + BigInt(time)),
    needed: `at least ${rows.originNs + BigInt(before)}, the time of the row before in this view`,
  })
}
