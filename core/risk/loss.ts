import type { AccountUpdated, Anomaly } from '../events.ts'
import { reduceAccount } from '../reduce/reduce-execution.ts'
import type { State } from '../state/state.ts'
import type { DenialReason } from './reasons.ts'
import { equityOf, totalEquity } from './valuation.ts'

/**
 * The loss limits: against the first known equity, and against the start of the rolling window.
 * Both are hit when the loss reaches the limit exactly. Unknown equity denies, since it might hide
 * the loss that the limit is there for.
 */
export function lossReason(state: State): DenialReason | null {
  const { maxDrawdown, maxRolling, windowNs } = state.riskRules
  if (maxDrawdown === null && maxRolling === null) return null
  const now = totalEquity(state)
  const { equity: curve } = state.execution
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

/** Applies a statement of the account; the first one opens it and is neither gain nor loss. */
export function reduceStatement(state: State, event: AccountUpdated, anomalies: Anomaly[]): void {
  const { equity: curve } = state.execution
  const opens = curve.open(event.instrument)
  const before = opens ? equityOf(state, event.instrument) : null
  reduceAccount(state, event, anomalies)
  if (opens) curve.rebase(before, equityOf(state, event.instrument))
}

/**
 * Takes a sample of equity where a loss limit needs one, and the first known equity in any case,
 * since a limit may come later. Part of reduction, not of policy.
 */
export function sampleEquity(state: State): void {
  const { maxRolling, windowNs } = state.riskRules
  const { equity: curve } = state.execution
  const now = state.control.clock
  const wanted = maxRolling !== null && curve.wants(now, windowNs)
  if (curve.first !== null && !wanted) return
  const equity = totalEquity(state)
  if (equity === null) return
  if (curve.first === null) curve.first = equity
  if (wanted) curve.sample(now, equity, windowNs)
}
