import type { RiskRules } from '../rules/risk-rules.ts'
import type { Portfolio } from '../state/execution-state.ts'
import type { State } from '../state/state.ts'
import { totalEquity } from '../state/valuation.ts'
import type { DenialReason } from './reasons.ts'

/**
 * The loss limits of one scope: against the first known equity, and against the start of the
 * rolling window. Both are hit when the loss reaches the limit exactly. Unknown equity denies,
 * since it might hide the loss that the limit is there for.
 */
export function lossReason(
  state: State,
  { maxDrawdown, maxRolling, windowNs }: RiskRules,
  portfolio: Portfolio,
): DenialReason | null {
  if (maxDrawdown === null && maxRolling === null) return null
  const now = totalEquity(state, portfolio)
  const { equity: curve } = portfolio
  if (maxDrawdown !== null) {
    if (now === null || (curve.first ?? now) - now >= maxDrawdown) return 'MAX_LOSS_DRAWDOWN'
  }
  if (maxRolling !== null) {
    if (now === null) return 'MAX_LOSS_ROLLING'
    const start = curve.atWindowStart(state.control.clock, windowNs) ?? now
    if (start - now >= maxRolling) return 'MAX_LOSS_ROLLING'
  }
  return null
}
