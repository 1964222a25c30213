import { type AnyStateMachine, type EventObject, initialTransition, transition } from 'xstate'
import { getShortestPaths, getSimplePaths } from 'xstate/graph'

/** A small seeded generator (mulberry32): the tests need the same draws on every machine. */
export interface Draw {
  /** An integer from 0 below `n`. */
  below(n: number): number
  chance(percent: number): boolean
  pick<T>(from: readonly T[]): T
}

export function draw(seed: number): Draw {
  let state = seed >>> 0
  const below = (n: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n
  }
  return {
    below,
    chance: (percent) => below(100) < percent,
    pick: (from) => {
      const chosen = from[below(from.length)]
      if (chosen === undefined) throw new Error('nothing to pick from')
      return chosen
    },
  }
}

/** What a test needs to know of XState's snapshots. */
interface Seen {
  readonly value: unknown
  readonly context: unknown
  readonly status: string
}

/** The interpreted form: XState's pure functions, which unlike an actor throw in place. */
export interface Interpreted {
  seen: Seen
  /** Is true when XState selects a transition for the event, one without effect included. */
  handles(event: EventObject): boolean
  send(event: EventObject): void
}

export function interpret(machine: AnyStateMachine, input?: unknown): Interpreted {
  let [snapshot] = initialTransition(machine, input as never)
  const { error } = snapshot as { error?: unknown }
  if (snapshot.status === 'error') throw error
  return {
    get seen(): Seen {
      return snapshot
    },
    handles: (event) =>
      snapshot.status === 'active' && machine.getTransitionData(snapshot, event).length > 0,
    send(event) {
      if (snapshot.status !== 'active') return // what an actor does, and transition() does not
      ;[snapshot] = transition(machine, snapshot, event as never)
    },
  }
}

export interface Walk {
  readonly signals: readonly string[]
  readonly values: readonly unknown[]
}

/** More paths than this are cut, and the result says so. */
const pathsMax = 20_000

/** Lists the paths of a machine as signal names with the state value behind each. */
export function pathsOf(
  machine: AnyStateMachine,
  kind: 'shortest' | 'simple',
  signals: readonly string[],
): { walks: Walk[]; truncated: boolean } {
  const find = kind === 'shortest' ? getShortestPaths : getSimplePaths
  const paths = find(machine, { events: signals.map((type) => ({ type })), limit: pathsMax })
  const walks = paths.slice(0, pathsMax).map((path) => {
    const steps = path.steps.filter((step) => step.event.type !== 'xstate.init')
    return {
      signals: steps.map((step) => step.event.type),
      values: steps.map((step) => step.state.value as unknown),
    }
  })
  return { walks, truncated: paths.length > pathsMax }
}
