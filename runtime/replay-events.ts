import { createHash } from 'node:crypto'
import type { CoreConfiguration, Nanos, Position, StrategyInstance } from '@escapement/core'
import { coreOf } from './core-of.ts'
import type { Fork } from './fork/fork.ts'
import { type Difference, Owed } from './replay/owed.ts'
import type { RecordedStep } from './replay/recorded-step.ts'
import { Replayer } from './replay/replayer.ts'

export type ReplayOptions = {
  /**
   * How long after an obligation fell due other Events may still come before its Control-Time
   * Event. 0 for streams of this Runtime, whose mailbox lets nothing overtake; more for streams of
   * a sequencer that waits beside its queue.
   */
  readonly latenessNs?: Nanos
  /** Where the stream left that of its parent, whose strategies the others are. */
  readonly fork?: Fork | undefined
}

/** What is equal to its end, or the first difference: where, what was recorded, what came out. */
export type ReplayResult =
  | { readonly ok: true; readonly positions: number; readonly stateHash: string }
  | ({ readonly ok: false; readonly position: Position } & Difference)

/**
 * Replays a recorded Event Stream through a fresh Core, with no Venue and no timers, and compares
 * position by position: Control-Time Events with the obligations that were outstanding, dispatch
 * records with the dispatches that were decided (in order), anomalies and disabled strategies with
 * those that the steps found, and the digests that were recorded. A stream that ends early is
 * equal as far as it goes.
 *
 * Ties at one time are what the stream says they are, but for the session's end, which comes after
 * everything of its time. Without digests a difference is named at the first position at which
 * the rest of the stream cannot follow any more.
 */
export function replayEvents(
  configuration: CoreConfiguration,
  strategies: readonly StrategyInstance[],
  recorded: Iterable<RecordedStep>,
  { latenessNs = 0, fork }: ReplayOptions = {},
): ReplayResult {
  const core = coreOf({ configuration, strategies, fork })
  const replayer = new Replayer(core, new Owed(configuration.control, latenessNs))
  for (const entry of recorded) {
    const position = core.state.control.nextPosition
    const { difference } = replayer.take(entry)
    if (difference !== null) return { ok: false, position, ...difference }
  }
  const stateHash = createHash('sha256').update(core.state.serialise()).digest('hex')
  return { ok: true, positions: core.state.control.nextPosition, stateHash }
}
