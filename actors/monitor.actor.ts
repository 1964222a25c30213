import type { DenialReason, EventType } from '@escapement/core'
import { type Actor, actor, Priority } from './actor.ts'
import type { StepSummary } from './core.actor.ts'

/** Plain counters of a run; metrics read them, nothing else does. */
export type Counters = {
  readonly events: Map<EventType, number>
  readonly denials: Map<DenialReason, number>
  readonly closures: Map<string, number>
  readonly dispatches: Map<string, number>
  decisions: number
  anomalies: number
}

export const newCounters = (): Counters => ({
  events: new Map(),
  denials: new Map(),
  closures: new Map(),
  dispatches: new Map(),
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
    },
  }))

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
