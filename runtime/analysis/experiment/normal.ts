/**
 * The standard normal distribution in float64, from exp, log and sqrt alone: engines agree in these.
 */

/**
 * Probability that a standard normal variable is at most `x`, with a relative error below 1e-12 also
 * far out in the left tail.
 * @source near 0 the series of G. Marsaglia, Evaluating the Normal Distribution, 2004; in the tails
 *   Laplace's continued fraction for the ratio of Mills
 */
export function normalCdf(x: number): number {
  if (x > 0) return 1 - normalCdf(-x)
  if (x < -TAIL) return densityAt(x) * millsRatio(-x)
  const square = x * x
  let [term, sum] = [x, x]
  for (let odd = 3; Math.abs(term) > Math.abs(sum) * 1e-17 && odd < MOST_TERMS; odd += 2) {
    term *= square / odd
    sum += term
  }
  return 0.5 + sum * densityAt(x)
}

/**
 * The x for which `normalCdf(x)` is `p`; infinite at 0 and 1.
 * @source a first guess of M. Abramowitz, I. A. Stegun, Handbook, 26.2.22; then Halley's method
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN
  if (p > 0.5) return -normalQuantile(1 - p)
  if (p === 0) return Number.NEGATIVE_INFINITY
  if (p === 0.5) return 0
  const t = Math.sqrt(-2 * Math.log(p))
  let x = (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + 0.04481 * t)) - t
  for (let round = 0; round < ROUNDS; round++) {
    const step = (normalCdf(x) - p) / densityAt(x)
    x -= step / (1 + (x * step) / 2)
  }
  return x
}

/** Where the series begins to lose digits to the tail that is left. */
const TAIL = 1.5
const MOST_TERMS = 400
/** The error is cubed each time, from 3e-3. */
const ROUNDS = 4

const ROOT_TWO_PI = Math.sqrt(2 * Math.PI)

const densityAt = (x: number): number => Math.exp((-x * x) / 2) / ROOT_TWO_PI

/** (1 - cdf(x)) / density(x) = 1/(x + 1/(x + 2/(x + 3/(x + ...)))), from the inside outward. */
function millsRatio(x: number): number {
  let rest = x
  for (let depth = Math.ceil(DEPTH / (x * x)) + DEPTH_LEAST; depth > 0; depth--) {
    rest = x + depth / rest
  }
  return 1 / rest
}

/** Enough for 1e-16 from {@link TAIL} outward. */
const DEPTH = 500
const DEPTH_LEAST = 20
