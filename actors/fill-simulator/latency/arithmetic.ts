import { assert } from '@escapement/core'

/**
 * Logarithm, exponential, root and normal quantile out of the four operations alone. IEEE 754 says
 * to the last bit what those give, so a latency drawn here is the same on every machine and in
 * every engine; `Math.log` and its sisters may differ in their last digit.
 */

const LN2 = Math.LN2

/**
 * Natural logarithm of a positive number, to 4e-16 of its size or of 1.
 *
 * x = m * 2^e with m in [0.7, 1.4); ln m = 2 artanh((m - 1) / (m + 1)) as a power series, whose
 * first term left out is below 2^-53.
 */
export function ln(x: number): number {
  assert(x > 0 && x < Number.POSITIVE_INFINITY, `no logarithm of ${x}`)
  let exponent = 0
  // Doubling and halving are exact.
  for (; x < 0.7; x *= 2) exponent--
  for (; x >= 1.4; x /= 2) exponent++
  const s = (x - 1) / (x + 1)
  const square = s * s
  let sum = 0
  for (let n = 21; n >= 1; n -= 2) sum = sum * square + 1 / n
  return exponent * LN2 + 2 * s * sum
}

/** LN2 in two parts; the first has zeros at its end, so that a small multiple of it is exact. */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const MOST = 700

/** e^x for |x| up to 700, to 1e-15 of its size: e^x = 2^k * e^r, |r| below 0.35, as a power series. */
export function exp(x: number): number {
  assert(Math.abs(x) <= MOST, `e^${x} is out of range`)
  const k = Math.floor(x / LN2 + 0.5)
  const r = x - k * LN2_HIGH - k * LN2_LOW
  let sum = 1
  for (let n = 14; n >= 1; n--) sum = 1 + (sum * r) / n
  for (let i = 0; i < k; i++) sum *= 2
  for (let i = 0; i > k; i--) sum /= 2
  return sum
}

/** Square root by Newton's iteration from above, which falls until it is there. */
export function root(x: number): number {
  assert(x >= 0 && x < Number.POSITIVE_INFINITY, `no root of ${x}`)
  if (x === 0) return 0
  let found = x < 1 ? 1 : x
  for (;;) {
    const next = (found + x / found) / 2
    if (next >= found) return found
    found = next
  }
}

/**
 * The value below which a standard normal variable lies with probability `p`, 1e-10 < p < 1 - 1e-10;
 * wrong by less than 1e-6 of its size.
 * @source M. J. Wichura, Algorithm AS 241 (routine PPND7), Applied Statistics 37 (1988) 477-484
 */
export function normalQuantile(p: number): number {
  assert(p > 1e-10 && p < 1 - 1e-10, `no quantile at ${p}`)
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    return (
      (q * (((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)) /
      (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1)
    )
  }
  const r = root(-ln(q < 0 ? p : 1 - p)) - 1.6
  const z =
    (((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777) /
    ((0.12021132975 * r + 0.7370016425) * r + 1)
  return q < 0 ? -z : z
}
