import {
  type CoreEvent,
  type DenialReason,
  type EventType,
  type Nanos,
  orderNamespace,
  type Position,
  type RiskScope,
  type StepResult,
} from '@escapement/core'
import { type Actor, actor, Priority } from './actor.ts'
import type { StepSummary } from './core.actor.ts'

/** Plain counters of a run; metrics read them, nothing else does. */
export type Counters = {
  readonly events: Map<EventType, number>
  readonly denials: Map<DenialReason, number>
  readonly closures: Map<string, number>
  readonly dispatches: Map<string, number>
  /** By index of the strategy; one that did nothing may be missing. */
  readonly strategies: StrategyCounters[]
  /** Strategies that were disabled, in the order in which they were. */
  readonly disabled: DisabledStrategy[]
  decisions: number
  anomalies: number
}

/** What one strategy asked for: orders that left, and denials by whose limit said no. */
export type StrategyCounters = {
  orders: number
  readonly denials: { readonly [Scope in RiskScope]: Map<DenialReason, number> }
}

export type DisabledStrategy = {
  readonly strategy: number
  readonly position: Position
  readonly time: Nanos
  readonly reason: string
}

export const newCounters = (): Counters => ({
  events: new Map(),
  denials: new Map(),
  closures: new Map(),
  dispatches: new Map(),
  strategies: [],
  disabled: [],
  decisions: 0,
  anomalies: 0,
})

export type MonitorPorts = { in: { summary: StepSummary }; out: Record<never, never> }

/**
 * Monitor: counts what happened. Observes only; without it a run has the same hash.
 *  in  summary  steps of the core that decided something or were not market data
 */
export const monitorActor = (counters: Counters): Actor<MonitorPorts> =>
  actor<MonitorPorts>()('monitor', { in: { summary: Priority.observer }, out: [] }, () => ({
    summary({ event, result }) {
      count(counters.events, event.type)
      if (result.decided) counters.decisions++
      counters.anomalies += result.anomalies.length
      for (const { reason } of result.denials) count(counters.denials, reason)
      for (const { reason } of result.closures) count(counters.closures, reason)
      for (const { kind } of result.dispatches) count(counters.dispatches, kind)
      countStrategies(counters, event, result)
    },
  }))

function countStrategies(counters: Counters, event: CoreEvent, result: StepResult): void {
  if (event.type === 'order.submitted') countersOf(counters, orderNamespace(event.key)).orders++
  for (const { key, reason, scope } of result.denials) {
    count(countersOf(counters, orderNamespace(key)).denials[scope], reason)
  }
  if (event.type !== 'control.strategyDisabled') return
  // One that fails twice at the same time is disabled twice, and the first time counts.
  if (counters.disabled.some(({ strategy }) => strategy === event.strategy)) return
  const { strategy, time, reason } = event
  counters.disabled.push({ strategy, position: result.position, time, reason })
}

function countersOf({ strategies }: Counters, strategy: number): StrategyCounters {
  strategies[strategy] ??= { orders: 0, denials: { account: new Map(), strategy: new Map() } }
  return strategies[strategy]
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
