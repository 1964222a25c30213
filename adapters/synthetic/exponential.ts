import type { Random } from '@escapement/core'

/**
 * A draw from the exponential distribution of mean 1, by comparisons of uniform draws only: no
 * logarithm, so the bits are the same on every engine.
 * @source J. von Neumann, "Various techniques used in connection with random digits", 1951
 */
export function exponential(random: Random): number {
  for (let whole = 0; ; whole++) {
    const first = random.unit()
    let last = first
    let run = 1
    for (let next = random.unit(); next < last; next = random.unit()) {
      last = next
      run++
    }
    if (run % 2 === 1) return whole + first
  }
}
