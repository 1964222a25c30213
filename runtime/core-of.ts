import {
  Core,
  type CoreConfiguration,
  firstMemories,
  State,
  type StrategyInstance,
} from '@escapement/core'
import { type Fork, ForkedCore } from './fork/fork.ts'

/** What takes the steps of a run: one Core, or the two of a run that forked from another. */
export type CoreParts = {
  readonly configuration: CoreConfiguration
  readonly strategies: readonly StrategyInstance[]
  readonly fork?: Fork | undefined
}

/** `state` continues from a restored one; `onReached` is told when a fork has taken its last step. */
export function coreOf(
  { configuration, strategies, fork }: CoreParts,
  state: State = State.initial(configuration, firstMemories(configuration, strategies)),
  onReached?: () => void,
): Core {
  if (fork === undefined) return new Core(configuration, strategies, state)
  return new ForkedCore(configuration, strategies, state, fork, onReached)
}
