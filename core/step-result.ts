import type { Closure } from './commands/closure.ts'
import type { Anomaly } from './events.ts'
import type { CommandKind, Dispatch } from './intents.ts'
import type { OrderKey } from './orders.ts'
import type { DenialReason, RiskScope } from './risk/reasons.ts'
import type { Nanos } from './units.ts'

/** Risk said no: final for that Intent. */
export type Denial = {
  readonly key: OrderKey
  readonly kind: CommandKind
  readonly reason: DenialReason
  readonly scope: RiskScope
}

/**
 * Control Scheduling Obligation: "look again at `due`". Not an Event and not part of State; the
 * Runtime holds exactly the last one, and null clears it.
 */
export type Obligation = { readonly due: Nanos; readonly reason: 'rate' | 'wakeUp' }

/** Whether two obligations ask for the same: nothing, or the same time for the same reason. */
export function sameObligation(a: Obligation | null, b: Obligation | null): boolean {
  if (a === null || b === null) return a === b
  return a.due === b.due && a.reason === b.reason
}

/** What one step decided. Every Intent of the step appears in exactly one of the lists or waits. */
export type StepResult = {
  readonly position: number
  /** Whether a strategy was asked. */
  readonly decided: boolean
  readonly dispatches: readonly Dispatch[]
  readonly denials: readonly Denial[]
  readonly closures: readonly Closure[]
  readonly anomalies: readonly Anomaly[]
  readonly obligation: Obligation | null
  /** What failed and was contained: a strategy's failure takes back what that strategy wanted. */
  readonly failures: readonly StepFailure[]
}

/** Which stage threw what, and for which strategy: its index, -1 when a later stage threw. */
export type StepFailure = {
  readonly stage: 'strategy' | 'risk' | 'executionControl'
  /** Index of the strategy; -1 for a stage of the Core itself, which takes back the whole step. */
  readonly strategy: number
  readonly cause: unknown
}
