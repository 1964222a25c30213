/**
 * `numerator / denominator` as a float64, right to within two units in the last place; null where
 * it is not a number. Sums that it is made from are exact, so their order does not matter.
 */
export function ratio(numerator: bigint, denominator: bigint): number | null {
  if (denominator === 0n) return null
  const excess = Math.max(bitsOf(numerator), bitsOf(denominator)) - MOST_BITS
  if (excess > 0) return ratio(shrunk(numerator, excess), shrunk(denominator, excess))
  return Number(numerator) / Number(denominator)
}

/** `sign * sqrt(numerator / denominator)`: a ratio of the first power from sums of squares. */
export function signedRoot(sign: bigint, numerator: bigint, denominator: bigint): number | null {
  const square = ratio(numerator, denominator)
  if (square === null) return null
  const root = Math.sqrt(square)
  return sign < 0n ? -root : root
}

/** Float64 holds numbers of 1,024 bits. */
const MOST_BITS = 1_000

const bitsOf = (value: bigint): number => value.toString(16).length * 4

const shrunk = (value: bigint, bits: number): bigint =>
  value < 0n ? -(-value >> BigInt(bits)) : value >> BigInt(bits)
