import { eighthPower, integerPower } from './rounding.ts'

/**
 * Share of an unexplained decrease that was behind an order with `front` ahead and `behind` after
 * it. May be NaN (0/0) or infinite; the queue model says what that means.
 */
export type QueueShare = (front: number, behind: number) => number

export type ShareFormula = 'power' | 'power2' | 'power3' | 'log' | 'log2'

/** The formula by name; `n` is the power of the three power formulas, 1 or more in eighths. */
export function queueShare(formula: ShareFormula, n: number): QueueShare {
  const power = Number.isInteger(n) ? integerPower : eighthPower
  switch (formula) {
    case 'power':
      return (f, b) => power(b, n) / (power(b, n) + power(f, n))
    case 'power2':
      return (f, b) => power(b, n) / power(b + f, n)
    case 'power3':
      return (f, b) => 1 - power(f / (f + b), n)
    case 'log':
      return (f, b) => Math.log(1 + b) / (Math.log(1 + b) + Math.log(1 + f))
    case 'log2':
      return (f, b) => Math.log(1 + b) / Math.log(1 + b + f)
  }
}
