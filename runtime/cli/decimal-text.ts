import {
  decimal,
  divideHalfEven,
  formatDecimal,
  parseDecimal,
  powerOfTen,
  toScale,
} from '@escapement/core'

/** Exact sum of decimal texts; instruments of one run share their currency. */
export function sum(texts: readonly string[]): string {
  const values = texts.map((text) => parseDecimal(text))
  const scale = Math.max(0, ...values.map((value) => value.scale))
  const digits = values.reduce((acc, value) => acc + toScale(value, scale)!, 0n)
  return formatDecimal(decimal(digits, scale))
}

/** The same, or null when one of them is unknown. */
export function sumOrNull(texts: readonly (string | null)[]): string | null {
  const known = texts.filter((text) => text !== null)
  return known.length === texts.length ? sum(known) : null
}

/** Decimal text rounded half to even to `scale` decimals, for people. */
export function round(text: string, scale: number): string {
  const value = parseDecimal(text)
  if (value.scale <= scale) return text
  return formatDecimal(
    decimal(divideHalfEven(value.digits, powerOfTen(value.scale - scale)), scale),
  )
}
