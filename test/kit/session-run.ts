import { Core, type CoreEvent, type Digest } from '@escapement/core'
import { fillSimulator } from '../../actors/fill-simulator.actor.ts'
import { newCounters } from '../../actors/monitor.actor.ts'
import type { Journal } from '../../actors/ports.ts'
import type { BacktestDefinition } from '../../runtime/backtest.ts'
import type { Environment } from '../../runtime/environment.ts'
import type { RecordedStep } from '../../runtime/replay/recorded-step.ts'
import { type RunningTopology, startTopology } from '../../runtime/run-topology.ts'
import { session } from '../../runtime/session.ts'
import { Topology } from '../../runtime/topology.ts'

/** Keeps every position in memory, with its digests. */
export class MemoryJournal implements Journal {
  readonly steps: RecordedStep[] = []

  append(position: number, event: CoreEvent): void {
    this.steps.push({ position, event })
  }

  commit(position: number, step: Digest, state: Digest | null): void {
    const { event } = this.steps.at(-1)!
    const stateDigest = state === null ? {} : { stateDigest: state.hex() }
    this.steps[this.steps.length - 1] = { position, event, stepDigest: step.hex(), ...stateDigest }
  }
}

type StandardTopology = ReturnType<typeof session>
export type StandardActors = StandardTopology['actors']
export type StandardSystem = RunningTopology<
  StandardTopology extends Topology<infer Map> ? Map : never
>

export type SessionChanges = {
  readonly journal?: Journal
  readonly venue?: Environment['venue']
  /** Actors that stand in for those of the session. */
  readonly actors?: (standard: StandardActors) => Partial<StandardActors>
  /** Sees the system before its actors are made, to set taps. */
  readonly prepare?: (system: StandardSystem, core: Core) => void
}

/** The standard session of a definition, ready to run, with parts of it exchanged. */
export function openSession(definition: BacktestDefinition, changes: SessionChanges = {}) {
  const { configuration, strategies, origin, feed, seed, context, name } = definition
  const core = new Core(configuration, strategies)
  const journal = changes.journal ?? new MemoryJournal()
  const venue = changes.venue ?? fillSimulator(definition.venue)
  const recording = { fills: [], equity: [] }
  const standard = session(
    { origin, feed, venue, journal },
    { name, core, seed, context, recording, counters: newCounters() },
  )
  const actors = { ...standard.actors, ...changes.actors?.(standard.actors) }
  const { prepare } = changes
  const system: StandardSystem = startTopology(new Topology(name, actors, standard.wires), {
    origin,
    ...(definition.limits === undefined ? {} : { limits: definition.limits }),
    ...(prepare === undefined ? {} : { prepare: (early) => prepare(early, core) }),
  })
  return { core, system }
}

/** Runs a session to its end, as a backtest does. */
export function runSession(definition: BacktestDefinition, changes: SessionChanges = {}): Core {
  const { core, system } = openSession(definition, changes)
  system.run()
  system.post('clock', 'close', { reason: 'endOfData' })
  system.run()
  return core
}

/** Runs a session and keeps its Event Stream. */
export function recorded(definition: BacktestDefinition, changes: SessionChanges = {}) {
  const journal = new MemoryJournal()
  const core = runSession(definition, { ...changes, journal })
  return { core, steps: journal.steps }
}
