import { compare, decimal } from '../decimal.ts'
import type { AccountUpdated, Anomaly } from '../events.ts'
import { reduceAccount } from '../reduce/reduce-execution.ts'
import type { State } from '../state/state.ts'
import type { DenialReason } from './reasons.ts'
import { equityOf, riskDecimals, totalEquity } from './valuation.ts'

/**
 * The loss limits: against the first known equity, and against the start of the rolling window.
 * Both are hit when the loss reaches the limit exactly. Unknown equity denies, since it might hide
 * the loss that the limit is there for.
 */
export function lossReason(state: State): DenialReason | null {
  const { maxDrawdown, maxRollingLoss } = state.risk
  if (maxDrawdown === undefined && maxRollingLoss === undefined) return null
  const now = totalEquity(state)
  const { equity: curve } = state.execution
  const decimals = riskDecimals(state)
  if (maxDrawdown !== undefined) {
    if (now === null) return 'MAX_LOSS_DRAWDOWN'
    const loss = (curve.first ?? now) - now
    if (compare(decimal(loss, decimals), maxDrawdown) >= 0) return 'MAX_LOSS_DRAWDOWN'
  }
  if (maxRollingLoss !== undefined) {
    if (now === null) return 'MAX_LOSS_ROLLING'
    const start = curve.atWindowStart(state.control.clock, maxRollingLoss.windowNs) ?? now
    const loss = start - now
    if (compare(decimal(loss, decimals), maxRollingLoss.amount) >= 0) return 'MAX_LOSS_ROLLING'
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

/** Takes a sample of equity where a loss limit needs one; part of reduction, not of policy. */
export function sampleEquity(state: State): void {
  const { maxDrawdown, maxRollingLoss } = state.risk
  if (maxDrawdown === undefined && maxRollingLoss === undefined) return
  const { equity: curve } = state.execution
  const now = state.control.clock
  const wanted = maxRollingLoss !== undefined && curve.wants(now, maxRollingLoss.windowNs)
  if (curve.first !== null && !wanted) return
  const equity = totalEquity(state)
  if (equity === null) return
  if (curve.first === null) curve.first = equity
  if (wanted) curve.sample(now, equity, maxRollingLoss.windowNs)
}
