import { type DenialReason, orderNamespace } from '@escapement/core'
import type { BacktestDefinition, BacktestResult } from '../backtest.ts'
import { type AccountSummary, accountSummary } from './account-summary.ts'

/** One of several strategies at the end of a run: what it did, and what its own fills made. */
export type StrategySummary = AccountSummary & {
  readonly name: string
  readonly orders: number
  readonly fills: number
  /** By whose limit denied: the account's, or the strategy's own. */
  readonly denials: { readonly account: Reasons; readonly own: Reasons }
}
type Reasons = Readonly<Record<string, number>>

/** A strategy that failed and was asked no more. */
export type DisabledSummary = {
  readonly strategy: string
  readonly position: number
  /** Epoch ns as text. */
  readonly timeNs: string
  readonly reason: string
}

/** In order of evaluation. */
export function strategySummaries(
  { configuration }: BacktestDefinition,
  { state, counters, recording }: BacktestResult,
): readonly StrategySummary[] {
  const fills = configuration.namespaces.map(() => 0)
  for (const { fill } of recording.fills) fills[orderNamespace(fill.key)]!++
  return configuration.namespaces.map((name, index) => {
    const { orders = 0, denials } = counters.strategies[index] ?? {}
    return {
      name,
      orders,
      fills: fills[index]!,
      denials: { account: reasons(denials?.account), own: reasons(denials?.strategy) },
      ...accountSummary(state, configuration, state.execution.own[index]!.accounts),
    }
  })
}

const reasons = (counts: ReadonlyMap<DenialReason, number> = new Map()): Reasons =>
  Object.fromEntries(counts)

/** In the order in which they were disabled. */
export function disabledSummaries(
  { configuration, origin }: BacktestDefinition,
  { counters }: BacktestResult,
): readonly DisabledSummary[] {
  return counters.disabled.map(({ strategy, position, time, reason }) => ({
    strategy: configuration.namespaces[strategy]!,
    position,
    timeNs: (origin + BigInt(time)).toString(),
    reason,
  }))
}
