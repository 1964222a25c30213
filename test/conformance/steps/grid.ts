import { type Decimal, decimal, powerOfTen } from '@escapement/core'

/**
 * Floats of the corpus to exact integers of ours. A JSON number stands for the decimal of its
 * shortest text. It is on a grid when it misses it by no more than the corpus' own tolerance
 * (1e-9 relative), since reference code computes such numbers in binary.
 */
export function exact(value: number): Decimal {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value))
  if (match === null) throw new Error(`${value} is not a finite number`)
  const [, sign, whole, fraction = '', exponent = '0'] = match
  const digits = BigInt(`${sign}${whole}${fraction}`)
  const scale = fraction.length - Number(exponent)
  return scale >= 0 ? decimal(digits, scale) : decimal(digits * powerOfTen(-scale), 0)
}

/** `floor` and `ceil` where the value is off the grid; the nearest count where it is on it. */
export type Counted = { readonly floor: number; readonly ceil: number; readonly onGrid: boolean }

export function count(value: number, unit: Decimal): Counted {
  const nearest = Math.round(value / toFloat(unit))
  const miss = Math.abs(nearest * toFloat(unit) - value)
  if (miss <= 1e-9 * Math.max(1, Math.abs(value))) {
    return { floor: nearest, ceil: nearest, onGrid: true }
  }
  const { digits, scale } = exact(value)
  const numerator = digits * powerOfTen(unit.scale)
  const denominator = unit.digits * powerOfTen(scale)
  const quotient = numerator / denominator
  const negative = numerator % denominator < 0n
  const floor = Number(negative ? quotient - 1n : quotient)
  return { floor, ceil: floor + 1, onGrid: false }
}

export const toFloat = ({ digits, scale }: Decimal): number => Number(`${digits}e-${scale}`)

/** The coarsest of `unit` and the powers of ten down to 10^-8 that takes every value. */
export function gridFor(unit: Decimal, values: Iterable<number>): Decimal {
  const fine = decimal(1n, 8)
  let needed = -1
  for (const value of values) {
    if (!count(value, unit).onGrid) needed = Math.max(needed, Math.min(exact(value).scale, 8))
  }
  if (needed < 0) return unit
  const candidate = decimal(1n, Math.max(needed, unit.scale))
  return candidate.scale > fine.scale ? fine : candidate
}
