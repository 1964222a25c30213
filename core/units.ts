/**
 * Units of the Core. All are plain numbers at run time; the brand keeps ticks from lots.
 * All of them are integers and stay below 2^53.
 */
declare const unit: unique symbol
/** A number with the name of its unit; the brand exists for the compiler alone. */
export type Unit<Name extends string> = number & { readonly [unit]?: Name }

/** Nanoseconds since the session's origin: exact for 104 days. */
export type Nanos = Unit<'ns'>
/** Price in multiples of the instrument's tick. */
export type PriceTicks = Unit<'ticks'>
/** Quantity in multiples of the instrument's lot. */
export type QtyLots = Unit<'lots'>
/** Displayed quantity in the dataset's own unit, which may be finer than the lot. */
export type QtyUnits = Unit<'qtyUnits'>
/** Index of an instrument in the Configuration. */
export type InstrumentIndex = Unit<'instrument'>
/** Place of an Event in the Event Stream: 0, 1, 2, ... */
export type Position = Unit<'position'>

/** Nanoseconds in a microsecond. */
export const NANOS_PER_MICRO = 1_000
/** Nanoseconds in a millisecond. */
export const NANOS_PER_MILLI = 1_000_000
/** Nanoseconds in a second. */
export const NANOS_PER_SECOND = 1_000_000_000
/** The largest session: 2^53 ns, about 104 days. */
export const NANOS_MAX = Number.MAX_SAFE_INTEGER

/** Microseconds as ns, rounded to the nearest integer. */
export const micros = (count: number): Nanos => Math.round(count * NANOS_PER_MICRO)
/** Milliseconds as ns, rounded to the nearest integer. */
export const millis = (count: number): Nanos => Math.round(count * NANOS_PER_MILLI)
/** Seconds as ns, rounded to the nearest integer. */
export const seconds = (count: number): Nanos => Math.round(count * NANOS_PER_SECOND)

/** The side that buys. */
export const BUY = 1
/** The side that sells. */
export const SELL = -1
/** +1 buys, -1 sells. */
export type Side = typeof BUY | typeof SELL
