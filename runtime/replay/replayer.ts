import { CodedError, type Core, type StepResult } from '@escapement/core'
import { compareDigests } from './compare-digests.ts'
import { describeEvent } from './describe-event.ts'
import type { Difference, Owed } from './owed.ts'
import type { RecordedStep } from './recorded-step.ts'

/** What came of a recorded step: its result, or how it differs. */
export type Replayed =
  | { readonly result: StepResult; readonly difference: null }
  | { readonly result: null; readonly difference: Difference }

/**
 * Steps a Core through what was recorded, with no Venue and no timers, and holds what comes out
 * against it. `owed` also holds each Event against what the steps before it have caused; only a
 * replay from position 0 on can have one.
 */
export class Replayer {
  readonly core: Core
  readonly #owed: Owed | null

  constructor(core: Core, owed: Owed | null) {
    this.core = core
    this.#owed = owed
  }

  take(entry: RecordedStep): Replayed {
    const { state } = this.core
    const objection = this.#misplaced(entry) ?? this.#owed?.objection(entry.event) ?? null
    if (objection !== null) return { result: null, difference: objection }
    let result: StepResult
    try {
      result = this.core.step(entry.position, entry.event)
    } catch (cause) {
      return { result: null, difference: refusal(entry, cause) }
    }
    this.#owed?.take(entry.event, result, state.control.clock)
    const difference = compareDigests(state, entry, result)
    return difference === null ? { result, difference } : { result: null, difference }
  }

  #misplaced({ position }: RecordedStep): Difference | null {
    const { nextPosition } = this.core.state.control
    if (position === nextPosition) return null
    const [recorded, recomputed] = [`position ${position}`, `position ${nextPosition}`]
    return { kind: 'position', recorded, recomputed }
  }
}

/** An Event that the Core refuses is a difference; any other throw is our own mistake. */
function refusal({ event }: RecordedStep, cause: unknown): Difference {
  if (!(cause instanceof CodedError && cause.code === 'ESC_EVENT_REFUSED')) throw cause
  return { kind: 'refused', recorded: describeEvent(event), recomputed: cause.message }
}
