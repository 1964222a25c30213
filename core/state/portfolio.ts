import type { Account } from './account.ts'
import type { EquityCurve } from './equity-curve.ts'

/** An account by instrument, and its worth over time as far as loss limits need it. */
export type Portfolio = {
  readonly accounts: readonly Account[]
  readonly equity: EquityCurve
}
