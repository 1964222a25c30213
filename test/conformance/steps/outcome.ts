import type { Decision } from './turn.ts'

/** What a step did with us, beside the State it left. */
export type Outcome = {
  readonly decision: Decision | null
  readonly error: string | null
  /** Facts about the step that rules may refer to. */
  readonly notes: ReadonlySet<Note>
}

export type Note =
  /** The position left a gap; our Core refused it and the harness renumbered. */
  | 'gapRefused'
  /** The reference refuses this; our Core took it on a copy of the State. */
  | 'tradeTaken'
  | 'oneSidedBookTaken'
  /** The decision was made later than the step's Events say. */
  | 'decidedLater'
  /** A fill moved the account, and the mapping restated what the last feedback said. */
  | 'accountRestated'
  /** The step has no policy, so nothing is decided. */
  | 'undecided'
  /** What a request under way asks for is not known to the orders yet when the step decides. */
  | 'askedUnderWay'
  /** A REPLACE of a partly filled order is queued when the step decides. */
  | 'replaceOfPartlyFilled'
  /** `now_ns` is before the clock, which never goes back. */
  | 'nowBeforeClock'
