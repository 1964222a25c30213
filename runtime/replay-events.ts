import { createHash } from 'node:crypto'
import {
  CodedError,
  Core,
  type CoreConfiguration,
  type CoreEvent,
  digestStep,
  type Nanos,
  type Position,
  type StepResult,
  type StrategyInstance,
} from '@escapement/core'
import { describeEvent } from './replay/describe-event.ts'
import { type Difference, Owed } from './replay/owed.ts'

/** One position of a recorded Event Stream; digests as sixteen hexadecimal digits. */
export type RecordedStep = {
  readonly position: Position
  readonly event: CoreEvent
  /** Of the StepResult, if it was recorded. */
  readonly stepDigest?: string
  /** Of State after the step, where it was taken. */
  readonly stateDigest?: string
}

export type ReplayOptions = {
  /**
   * How long after an obligation fell due other Events may still come before its Control-Time
   * Event. 0 for streams of this Runtime, whose mailbox lets nothing overtake; more for streams of
   * a sequencer that waits beside its queue.
   */
  readonly latenessNs?: Nanos
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
  { latenessNs = 0 }: ReplayOptions = {},
): ReplayResult {
  const core = new Core(configuration, strategies)
  const owed = new Owed(configuration.control, latenessNs)
  for (const entry of recorded) {
    const position = core.state.control.nextPosition
    const difference = compare(core, owed, entry)
    if (difference !== null) return { ok: false, position, ...difference }
  }
  const stateHash = createHash('sha256').update(core.state.serialise()).digest('hex')
  return { ok: true, positions: core.state.control.nextPosition, stateHash }
}

function compare(core: Core, owed: Owed, entry: RecordedStep): Difference | null {
  const { position, event } = entry
  const { nextPosition } = core.state.control
  if (position !== nextPosition) {
    const [recorded, recomputed] = [`position ${position}`, `position ${nextPosition}`]
    return { kind: 'position', recorded, recomputed }
  }
  const objection = owed.objection(event)
  if (objection !== null) return objection
  const result = stepped(core, entry)
  if ('kind' in result) return result
  owed.take(event, result, core.state.control.clock)
  return compareDigests(core, entry, result)
}

/** An Event that the Core refuses is a difference; any other throw is our own mistake. */
function stepped(core: Core, { position, event }: RecordedStep): StepResult | Difference {
  try {
    return core.step(position, event)
  } catch (cause) {
    if (!(cause instanceof CodedError && cause.code === 'ESC_EVENT_REFUSED')) throw cause
    return { kind: 'refused', recorded: describeEvent(event), recomputed: cause.message }
  }
}

function compareDigests(
  core: Core,
  { event, stepDigest, stateDigest }: RecordedStep,
  result: StepResult,
): Difference | null {
  if (stepDigest !== undefined) {
    const recomputed = digestStep(core.state, event, result).hex()
    if (recomputed !== stepDigest) return { kind: 'stepDigest', recorded: stepDigest, recomputed }
  }
  if (stateDigest === undefined) return null
  const recomputed = core.state.digest()
  if (recomputed === stateDigest) return null
  return { kind: 'stateDigest', recorded: stateDigest, recomputed }
}
