import {
  CodedError,
  type CoreConfiguration,
  type CoreEvent,
  type Position,
  State,
  type StateView,
  type StepResult,
  type StrategyInstance,
} from '@escapement/core'
import { coreOf } from '../core-of.ts'
import type { Fork } from '../fork/fork.ts'
import type { RecordedStep } from './recorded-step.ts'
import { Replayer } from './replayer.ts'
import type { Snapshot } from './snapshot.ts'

/** A recorded run: what it was made of and what it went through. */
export type History = {
  readonly configuration: CoreConfiguration
  readonly strategies: readonly StrategyInstance[]
  /** Of a run that forked from another one. */
  readonly fork?: Fork | undefined
  /** What was recorded from `position` on; a source that begins somewhat earlier will do. */
  steps(position: Position): Iterable<RecordedStep>
  /** A snapshot kept of `position` or an earlier one, the later the better. */
  snapshot?(position: Position): Snapshot | null
}

export type TravelOptions = {
  /** Positions between the snapshots that are kept on the way. Default 10,000. */
  readonly keepEvery?: number
}

/** Snapshots kept in memory; the ones used least recently go. */
const MOST_KEPT = 64

/**
 * Goes to any position of a recorded run, and on from there step by step. State is the State that
 * the run had: a step that comes out otherwise than it was recorded is an error, not a State.
 *
 * Cost: going forward, the steps between; going back, those since the nearest snapshot before.
 */
export class TimeTravel {
  readonly #history: History
  readonly #keepEvery: number
  readonly #kept = new Map<Position, Uint8Array>()
  #replayer: Replayer
  #ahead: Iterator<RecordedStep>

  constructor(history: History, { keepEvery = 10_000 }: TravelOptions = {}) {
    this.#history = history
    this.#keepEvery = keepEvery
    this.#replayer = this.#from(null)
    this.#ahead = this.#stepsAfter(-1)
  }

  /** The position whose step was taken last; -1 before the first. */
  get position(): Position {
    return this.state.control.nextPosition - 1
  }

  /** State after `position`. To be read: what writes to it is no longer the run. */
  get state(): State {
    return this.#replayer.core.state
  }

  /** The same as an observer sees it. */
  get view(): StateView {
    return this.#replayer.core.view
  }

  /**
   * Takes the next step; null at the end of what was recorded.
   * @throws ESC_RUN_DIFFERS when it comes out otherwise than it was recorded
   */
  step(): { readonly event: CoreEvent; readonly result: StepResult } | null {
    const { position } = this
    let next = this.#ahead.next()
    while (next.done !== true && next.value.position <= position) next = this.#ahead.next()
    if (next.done === true) return null
    const { result, difference } = this.#replayer.take(next.value)
    if (difference !== null) {
      const { recorded, recomputed, kind } = difference
      throw new CodedError('ESC_RUN_DIFFERS', {
        field: `position ${position + 1}, ${kind}`,
        found: recomputed,
        needed: recorded,
      })
    }
    if ((position + 1) % this.#keepEvery === 0) this.#keep()
    return { event: next.value.event, result }
  }

  /**
   * Goes to State after `position`, or to the end if the run ended before it; returns where it is.
   * @throws ESC_RUN_DIFFERS when a step on the way comes out otherwise than it was recorded
   */
  seek(position: Position): Position {
    if (position < this.position || this.#isFar(position)) this.#jump(position)
    while (this.position < position && this.step() !== null);
    return this.position
  }

  /** Whether a snapshot lies between here and there. */
  #isFar(position: Position): boolean {
    return (this.#nearest(position)?.position ?? -1) > this.position
  }

  #jump(position: Position): void {
    this.#replayer = this.#from(this.#nearest(position))
    this.#ahead = this.#stepsAfter(this.position)
  }

  #nearest(position: Position): Snapshot | null {
    let best: Position = -1
    for (const kept of this.#kept.keys()) if (kept <= position && kept > best) best = kept
    const stored = this.#history.snapshot?.(position) ?? null
    if (stored !== null && stored.position > best) return stored
    const bytes = this.#kept.get(best)
    if (bytes === undefined) return null
    this.#kept.delete(best)
    this.#kept.set(best, bytes)
    return { position: best, state: State.restore(this.#history.configuration, bytes) }
  }

  #keep(): void {
    const { position } = this
    if (this.#kept.has(position)) return
    this.#kept.set(position, this.state.serialise())
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(oldest!)
  }

  #from(snapshot: Snapshot | null): Replayer {
    return new Replayer(coreOf(this.#history, snapshot?.state), null)
  }

  #stepsAfter(position: Position): Iterator<RecordedStep> {
    return this.#history.steps(position + 1)[Symbol.iterator]()
  }
}
