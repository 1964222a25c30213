import {
  assert,
  type ConfigurationChanges,
  Core,
  type CoreConfiguration,
  firstMemories,
  type Position,
  type State,
  type StepBaton,
  type StepResult,
  type StrategyInstance,
} from '@escapement/core'
import type { LatencySource } from '../../actors/fill-simulator/latency-model.ts'

/** From where a run goes another way than its parent, and which. */
export type Fork = {
  /** The last position that is the parent's. */
  readonly position: Position
  /** What decides from there on, by namespace. */
  readonly strategies: readonly StrategyInstance[]
  /** By namespace: whether it is another strategy, which starts with a first memory of its own. */
  readonly fresh: readonly boolean[]
  /** Limits from there on; they enter as an Event. Null when they stay. */
  readonly changes: ConfigurationChanges | null
  /** Latencies of what is sent from there on; null when they stay. */
  readonly latency: LatencySource | null
}

/**
 * A Core that takes its steps as one Core up to a position, and from then on as another over the
 * same State. Another strategy begins as at the start of a session, awake at the next Event; the
 * same one with other parameters keeps its memory and its wake-up.
 */
export class ForkedCore extends Core {
  readonly #fork: Fork
  readonly #after: Core
  readonly #onReached: () => void
  #isSwitched: boolean

  constructor(
    configuration: CoreConfiguration,
    strategies: readonly StrategyInstance[],
    state: State,
    fork: Fork,
    onReached: () => void = () => undefined,
  ) {
    super(configuration, strategies, state)
    assert(fork.position >= 0, 'a fork has a position of its parent')
    this.#fork = fork
    this.#after = new Core(configuration, fork.strategies, state)
    this.#onReached = onReached
    // State that was restored from behind the fork has the other strategies' memories.
    this.#isSwitched = state.control.nextPosition > fork.position + 1
  }

  override quietUntil(): number {
    if (this.#isBehind()) return this.#after.quietUntil()
    const { control, configuration } = this.state
    // Close before the fork each Event is taken for itself, so that none beyond it is passed.
    const left = this.#fork.position - control.nextPosition
    return left < configuration.control.digestEvery ? -1 : super.quietUntil()
  }

  override begin(position: Position, event: Parameters<Core['begin']>[1]): StepBaton {
    return this.#isBehind() ? this.#after.begin(position, event) : super.begin(position, event)
  }

  override commit(baton: StepBaton): StepResult {
    if (this.#isSwitched) return this.#after.commit(baton)
    const result = super.commit(baton)
    if (result.position === this.#fork.position) this.#onReached()
    return result
  }

  #isBehind(): boolean {
    if (this.#isSwitched) return true
    if (this.state.control.nextPosition <= this.#fork.position) return false
    this.#switch()
    return true
  }

  #switch(): void {
    this.#isSwitched = true
    const { strategies, fresh } = this.#fork
    const { control, configuration } = this.state
    const memories = firstMemories(configuration, strategies)
    control.strategies.forEach((slot, i) => {
      if (fresh[i] !== true) return
      slot.memory = memories[i]!
      slot.enabled = true
      slot.counter = 0
      slot.wakeAt = control.clock
    })
  }
}

/** Latencies of `before` until `isReached`, then of `after`. */
export const forkedLatency = (
  before: LatencySource,
  after: LatencySource,
  position: Position,
  isReached: () => boolean,
): LatencySource => ({
  identity: `${before.identity}, from position ${position} ${after.identity}`,
  isSeeded: before.isSeeded === true || after.isSeeded === true,
  loadWindowNs: Math.max(before.loadWindowNs ?? 0, after.loadWindowNs ?? 0),
  create(random) {
    const [first, then] = [before.create(random), after.create(random)]
    return {
      entry: (time, request) => (isReached() ? then : first).entry(time, request),
      response: (exchTime, load) => (isReached() ? then : first).response(exchTime, load),
    }
  },
})
