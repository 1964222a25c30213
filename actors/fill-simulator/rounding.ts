/** The nearest integer, halves away from zero. `Math.round` rounds halves up. */
export function roundHalfAway(x: number): number {
  const whole = Math.trunc(x)
  // Exact: both have the same exponent or the difference is a suffix of the digits of x.
  const rest = x - whole
  if (rest >= 0.5) return whole + 1
  if (rest <= -0.5) return whole - 1
  return whole
}

/** The smaller one; if one of them is NaN, the other. `Math.min` would give NaN. */
export function minNumber(a: number, b: number): number {
  if (Number.isNaN(a)) return b
  if (Number.isNaN(b)) return a
  return a < b ? a : b
}

/** x^n for an integer n >= 1 by multiplication: `Math.pow` differs between versions of Node. */
export function integerPower(x: number, n: number): number {
  let result = x
  for (let i = 1; i < n; i++) result *= x
  return result
}

/**
 * x^n for n of 1 or more in eighths: the whole part by multiplication, the rest by square roots,
 * which every engine rounds correctly. A negative x has no root; it counts as 0 there.
 */
export function eighthPower(x: number, n: number): number {
  const whole = Math.floor(n)
  const eighths = (n - whole) * 8
  const half = Math.sqrt(x > 0 ? x : 0)
  const quarter = Math.sqrt(half)
  let result = integerPower(x, whole)
  if (eighths >= 4) result *= half
  if (eighths % 4 >= 2) result *= quarter
  if (eighths % 2 >= 1) result *= Math.sqrt(quarter)
  return result
}

/** 10^k for k = 0..18, each exact: dividing by them rounds once, multiplying by 1e-k twice. */
export const POWERS_OF_TEN: readonly number[] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18,
]
