import { CodedError, type MarketRows, WHOLE_SIDE } from '@escapement/core'
import { allocateColumns, marketRows } from './columns.ts'

/** How many decimals the integers of a price and of a quantity count: units of 10^-decimals. */
export type Units = { readonly priceDecimals: number; readonly qtyDecimals: number }

/** The finest unit that is searched: 10^-12. */
export const MAX_DECIMALS = 12

/** Powers of ten by table: `Math.pow` and `**` differ between Node majors. */
const POWERS: readonly number[] = [
  1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
]

/** 10^exponent for 0..15, exact in a float64. */
export function powerOfTen(exponent: number): number {
  return POWERS[exponent]!
}

/**
 * The integer n with `n / 10^decimals === value`, or NaN when there is none below 2^53.
 * Division by an exact power rounds once, so it gives back what parsing the decimal text gives.
 */
export function exactUnits(value: number, decimals: number): number {
  const scale = POWERS[decimals]!
  const units = Math.round(value * scale)
  return units / scale === value &&
    units <= Number.MAX_SAFE_INTEGER &&
    units >= -Number.MAX_SAFE_INTEGER
    ? units
    : Number.NaN
}

/** The fewest decimals, at least `from`, that hold `value` exactly; 13 when 12 do not suffice. */
export function decimalsOf(value: number, from: number): number {
  let decimals = from
  while (decimals <= MAX_DECIMALS && Number.isNaN(exactUnits(value, decimals))) decimals++
  return decimals
}

/** Rows on the coarsest powers of ten that hold every price and every quantity exactly. */
export function normaliseDecimals(rows: MarketRows): MarketRows {
  const drop = [rows.priceDecimals, rows.qtyDecimals]
  for (let row = 0; row < rows.length; row++) {
    const price = rows.price[row]!
    if (price !== WHOLE_SIDE) while (price % POWERS[drop[0]!]! !== 0) drop[0]!--
    const qty = rows.qty[row]!
    while (qty % POWERS[drop[1]!]! !== 0) drop[1]!--
  }
  return inUnits(rows, {
    priceDecimals: rows.priceDecimals - drop[0]!,
    qtyDecimals: rows.qtyDecimals - drop[1]!,
  })
}

/**
 * The same rows counted in other units; the rows themselves when the units are already theirs.
 * @throws ESC_DATA_UNIT when a value is not a multiple of the coarser unit, ESC_DATA_TICK when a
 *   price in the finer unit leaves 31 bits.
 */
export function inUnits(rows: MarketRows, units: Units, file?: string): MarketRows {
  const { priceDecimals, qtyDecimals } = units
  if (priceDecimals === rows.priceDecimals && qtyDecimals === rows.qtyDecimals) return rows
  const columns = allocateColumns(rows.length, rows.orderId !== undefined)
  if (rows.orderId !== undefined) columns.orderId!.set(rows.orderId)
  columns.kind.set(rows.kind)
  columns.flags.set(rows.flags)
  columns.exchTime.set(rows.exchTime)
  columns.localTime.set(rows.localTime)
  const at = file === undefined ? {} : { file }
  for (let row = 0; row < rows.length; row++) {
    const price = rows.price[row]!
    const whole = price === WHOLE_SIDE
    const priceUnits = whole ? WHOLE_SIDE : rescale(price, rows.priceDecimals, priceDecimals)
    const qtyUnits = rescale(rows.qty[row]!, rows.qtyDecimals, qtyDecimals)
    if (Number.isNaN(priceUnits))
      throw unitError('price', price, rows.priceDecimals, priceDecimals, { ...at, row })
    if (Number.isNaN(qtyUnits))
      throw unitError('qty', rows.qty[row]!, rows.qtyDecimals, qtyDecimals, { ...at, row })
    if (!whole && !fitsPrice(priceUnits))
      throw tickRangeError(priceUnits, priceDecimals, { ...at, row })
    columns.price[row] = priceUnits
    columns.qty[row] = qtyUnits
  }
  return marketRows(columns, rows.originNs, priceDecimals, qtyDecimals)
}

/** Whether an integer price can stand in the price column: 31 bits, {@link WHOLE_SIDE} kept free. */
export function fitsPrice(units: number): boolean {
  return units < WHOLE_SIDE && units > -WHOLE_SIDE
}

type Place = { readonly file?: string; readonly row?: number; readonly line?: number }

export function tickRangeError(units: number, decimals: number, place: Place): CodedError {
  return new CodedError('ESC_DATA_TICK', {
    ...place,
    field: 'price',
    found: `${units / POWERS[decimals]!} = ${units} units of 10^-${decimals}`,
    needed: `fewer than ${WHOLE_SIDE} units`,
    hint: 'leave out far-away levels, or use data with fewer decimals',
  })
}

function unitError(
  field: string,
  units: number,
  from: number,
  to: number,
  place: Place,
): CodedError {
  return new CodedError('ESC_DATA_UNIT', {
    ...place,
    field,
    found: String(units / POWERS[from]!),
    needed: `a multiple of 10^-${to}`,
  })
}

function rescale(units: number, from: number, to: number): number {
  if (to >= from) {
    const finer = units * POWERS[to - from]!
    return Number.isSafeInteger(finer) ? finer : Number.NaN
  }
  const step = POWERS[from - to]!
  return units % step === 0 ? units / step : Number.NaN
}
