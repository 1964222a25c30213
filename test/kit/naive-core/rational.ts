import type { Decimal } from '@escapement/core'

/** An exact fraction in lowest terms; `den` is positive. */
export type Rational = { readonly num: bigint; readonly den: bigint }

export const ZERO: Rational = { num: 0n, den: 1n }

export function ratio(num: bigint, den = 1n): Rational {
  if (den < 0n) return ratio(-num, -den)
  const divisor = gcd(num < 0n ? -num : num, den)
  return { num: num / divisor, den: den / divisor }
}
export const ofInteger = (value: number): Rational => ({ num: BigInt(value), den: 1n })
export const ofDecimal = (value: Decimal): Rational => ratio(value.digits, tenTo(value.scale))
export const tenTo = (exponent: number): bigint => BigInt(`1${'0'.repeat(exponent)}`)

export const add = (a: Rational, b: Rational): Rational =>
  ratio(a.num * b.den + b.num * a.den, a.den * b.den)
const negate = (a: Rational): Rational => ({ num: -a.num, den: a.den })
export const minus = (a: Rational, b: Rational): Rational => add(a, negate(b))
export const times = (a: Rational, b: Rational): Rational => ratio(a.num * b.num, a.den * b.den)
export const over = (a: Rational, b: Rational): Rational => ratio(a.num * b.den, a.den * b.num)
export const absolute = (a: Rational): Rational => (a.num < 0n ? negate(a) : a)
export const isAbove = (a: Rational, b: Rational): boolean => a.num * b.den > b.num * a.den
export const smaller = (a: Rational, b: Rational): Rational => (isAbove(a, b) ? b : a)

/** The least integer that is not below. */
export function ceiling({ num, den }: Rational): bigint {
  const quotient = num / den
  return num % den > 0n ? quotient + 1n : quotient
}

/** The nearest integer, ties to the even one. */
export function nearestEven({ num, den }: Rational): bigint {
  const down = floor(num, den)
  const twice = (num - down * den) * 2n
  if (twice < den) return down
  if (twice > den) return down + 1n
  return down % 2n === 0n ? down : down + 1n
}

export const asText = ({ num, den }: Rational): string => (den === 1n ? `${num}` : `${num}/${den}`)

function floor(num: bigint, den: bigint): bigint {
  const quotient = num / den
  return num % den < 0n ? quotient - 1n : quotient
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a === 0n ? 1n : a
}
