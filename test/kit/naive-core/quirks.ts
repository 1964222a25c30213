/**
 * Points where the Core departs from its documents as the naive Core reads them. With a quirk on,
 * the naive Core does as the Core does, so that random sessions go on looking for what is not yet
 * known; each has a minimal session in the test, marked as failing until the Core changes.
 */
export type Quirk =
  /** A REPLACE counts what has filled already once more in gross and quote notionals. */
  | 'replaceCountsFilled'
  /** A CANCEL that only waits takes its order out of the quote limits. */
  | 'waitingCancelFreesQuote'
  /**
   * Risk takes a NEW whose key was used for one that works, though admission will drop it: a later
   * Intent of the step for the same key is judged by that NEW's terms.
   */
  | 'overlayTakesDuplicates'

export const KNOWN_QUIRKS: ReadonlySet<Quirk> = new Set<Quirk>([
  'replaceCountsFilled',
  'waitingCancelFreesQuote',
  'overlayTakesDuplicates',
])
