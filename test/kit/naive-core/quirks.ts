/**
 * Points where the Core departs from its documents as the naive Core reads them. With a quirk on,
 * the naive Core does as the Core does, so that random sessions go on looking for what is not yet
 * known; each has a minimal session in the test, marked as failing until the Core changes.
 */
export type Quirk =
  /** A post-only order is only looked at while both sides of the book have a level. */
  | 'postOnlyNeedsBothSides'
  /** A REPLACE counts what has filled already once more in gross and quote notionals. */
  | 'replaceCountsFilled'
  /** A CANCEL that only waits takes its order out of the quote limits. */
  | 'waitingCancelFreesQuote'
  /** The first known equity is that of the first Event with a loss limit. */
  | 'baselineFromLimit'
  /**
   * Risk takes a NEW whose key was used for one that works, though admission will drop it: a later
   * Intent of the step for the same key is judged by that NEW's terms.
   */
  | 'overlayTakesDuplicates'
  /** Counting quotes asks for the mid of an open market order, though a count has no value. */
  | 'countNeedsMid'
  /** A REPLACE that waits for an order which this very Event ended still counts as a quote. */
  | 'endedReplaceCounts'
  /** Strategies are asked again once a drained session has ended. */
  | 'closedSessionAsks'
  /** While a session drains, strategies do not fold Events into memory either. */
  | 'drainingFoldsNothing'

export const KNOWN_QUIRKS: ReadonlySet<Quirk> = new Set<Quirk>([
  'postOnlyNeedsBothSides',
  'replaceCountsFilled',
  'waitingCancelFreesQuote',
  'baselineFromLimit',
  'overlayTakesDuplicates',
  'countNeedsMid',
  'endedReplaceCounts',
  'closedSessionAsks',
  'drainingFoldsNothing',
])
