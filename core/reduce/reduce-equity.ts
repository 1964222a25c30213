import type { AccountUpdated } from '../account-events.ts'
import type { Anomaly } from '../events.ts'
import type { RiskRules } from '../rules/risk-rules.ts'
import type { Portfolio } from '../state/portfolio.ts'
import type { State } from '../state/state.ts'
import { equityOf, totalEquity } from '../state/valuation.ts'
import type { Nanos } from '../units.ts'
import { reduceAccount } from './reduce-execution.ts'

/** Applies a statement of the account; the first one opens it and is neither gain nor loss. */
export function reduceStatement(state: State, event: AccountUpdated, anomalies: Anomaly[]): void {
  const { execution } = state
  const { instrument } = event
  const opens = execution.equity.open(instrument)
  const before = opens ? equityOf(state, instrument, execution) : null
  reduceAccount(state, event, anomalies)
  if (opens) execution.equity.rebase(before, equityOf(state, instrument, execution))
}

/**
 * Takes a sample of equity where a loss limit needs one, and the first known equity in any case,
 * since a limit may come later: of the account, and of each strategy's own part of it.
 */
export function sampleEquity(state: State): void {
  const { riskRules, ownRules, execution } = state
  sample(state, riskRules, execution)
  for (let i = 0; i < ownRules.length; i++) {
    const rules = ownRules[i]
    if (rules) sample(state, rules, execution.own[i]!)
  }
}

/** The last time up to which no sample is due; -1 when the next Event may bring one. */
export function equityQuietUntil({ riskRules, ownRules, execution }: State): Nanos {
  let until = quietUntil(riskRules, execution)
  for (let i = 0; i < ownRules.length; i++) {
    const rules = ownRules[i]
    if (rules) until = Math.min(until, quietUntil(rules, execution.own[i]!))
  }
  return until
}

function quietUntil({ maxRolling, windowNs }: RiskRules, { equity }: Portfolio): Nanos {
  if (equity.first === null) return -1
  return maxRolling === null ? Number.POSITIVE_INFINITY : equity.quietUntil(windowNs)
}

function sample(state: State, { maxRolling, windowNs }: RiskRules, portfolio: Portfolio): void {
  const { equity: curve } = portfolio
  const now = state.control.clock
  const wanted = maxRolling !== null && curve.wants(now, windowNs)
  if (curve.first !== null && !wanted) return
  const equity = totalEquity(state, portfolio)
  if (equity === null) return
  if (curve.first === null) curve.first = equity
  if (wanted) curve.sample(now, equity, windowNs)
}
