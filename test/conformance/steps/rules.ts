import { entriesOf } from './format.ts'
import type { Rule } from './rule.ts'
import {
  eventsSoFar,
  hasPriceOfZero,
  isAlive,
  isCrossedOrUnsorted,
  isFillOf,
  isOffGrid,
  isUnanswered,
  isUnknownFill,
  lastBooks,
  nameIn,
  refsOf,
  sameRefs,
} from './rule-conditions.ts'
import { VERDICT_RULES } from './verdict-rules.ts'

const never = () => false

export const RULES: readonly Rule[] = [
  {
    id: 'trade-accepted',
    ruling: 'DESIGN 8 Market Event: trades are rows of the stream like any other',
    waives: ({ path, expected }, { outcome }) =>
      path === 'error' && expected === 'unsupported_trade' && outcome.notes.has('tradeTaken'),
  },
  {
    id: 'one-sided-book',
    ruling: 'DESIGN 8 Book: a side may be empty; what needs a mid is denied for want of it',
    waives: ({ path, expected }, { outcome }) =>
      path === 'error' && expected === 'empty_book_side' && outcome.notes.has('oneSidedBookTaken'),
  },
  {
    id: 'gap-refused',
    ruling:
      'DESIGN 8 Order of a step: positions are dense, a gap is refused; the harness renumbers',
    waives: never,
    note: 'gapRefused',
  },
  {
    id: 'fill-moves-account',
    ruling: 'DESIGN 8 Two sources of position: fills add; the harness states the feedback again',
    waives: never,
    note: 'accountRestated',
  },
  {
    id: 'no-policy-mode',
    ruling: 'DESIGN 2: no step without Risk; an Event whose step has no policy is reduced alone',
    waives: never,
    note: 'undecided',
  },
  {
    id: 'time-from-events',
    ruling: 'concepts E1: time comes from Events alone, so a later decision time is an Event',
    waives: ({ path, found }, { drive }) =>
      /(^time_ns|\.(sent|submitted|updated)_ns)$/.test(path) &&
      drive.decisionTimes.has(String(found)),
  },
  {
    id: 'clock-never-back',
    ruling:
      'DESIGN 8 Rate capacity: elapsed time is never negative; a decision is made at the clock',
    waives: ({ path }, { outcome }) => path === 'obligation' && outcome.notes.has('nowBeforeClock'),
  },
  {
    id: 'one-order-record',
    ruling: 'D18, lifecycle: an Order begins with its dispatch record, not with the hand-over mark',
    waives: ({ path }, { drive }) =>
      /^lifecycle\..*\.submitted_ns$/.test(path) && drive.markedNew.has(nameIn(path)),
  },
  {
    id: 'ack-before-request',
    ruling: 'concepts 5.4 gate 3: a REPLACE or CANCEL waits for the acknowledgement of its order',
    inNormative: 'hand-off marks',
    waives: ({ path, found }, { expected, drive }) =>
      /^inflight\..*\.(action|sent_ns)$/.test(path) &&
      found === null &&
      isUnanswered(path, drive) &&
      expected !== null,
  },
  {
    id: 'key-used-once',
    ruling: 'DESIGN 8 Ids: a key is used once, so a NEW over its own NEW under way is a duplicate',
    waives: ({ path, expected, found }, { drive }) =>
      (path === 'dispatchable' || path.startsWith('queue.')) &&
      sameRefs(
        refsOf(expected).filter((ref) => !drive.duplicates.has(ref)),
        found,
      ),
  },
  {
    id: 'closed-with-its-order',
    ruling:
      'concepts 5.4 gate 2: what waits for an order closes with it, in a step that fails as well',
    waives: ({ path, expected, found }, context) =>
      path.startsWith('queue.') &&
      sameRefs(
        refsOf(expected).filter((ref) => isAlive(ref, context)),
        found,
      ),
  },
  {
    id: 'failure-of-a-strategy',
    ruling: 'D-017: a strategy that fails says nothing, and what was queued before goes on',
    waives: ({ path }, { vector, index }) =>
      path !== 'error' &&
      vector.steps.slice(0, index + 1).some(({ strategy }) => strategy === 'error'),
  },
  {
    id: 'no-op-waits',
    ruling:
      'concepts 5.4 gate 3: behind a request under way, what a REPLACE changes is not known yet',
    waives: ({ path }) => path.startsWith('handled.'),
  },
  {
    id: 'normalised-intent',
    ruling: 'reference-core 10.17: Intents are ticks and lots; an off-grid one is normalised first',
    waives: ({ path }, { step, drive }) =>
      path === 'dispatchable' &&
      (step.intents ?? []).some((intent) => isOffGrid(intent, drive.instruments)),
  },
  {
    id: 'book-uncrossed',
    ruling: 'D-003: levels are sorted, and one that a newer quote reaches or passes is removed',
    waives: ({ path }, context) =>
      path.startsWith('market.') && lastBooks(context, path).some(isCrossedOrUnsorted),
  },
  {
    id: 'price-of-zero',
    ruling: 'decimals: a price of 0 is a price like any other (spreads have it), so there is a mid',
    waives: ({ path }, context) =>
      /^market\..*\.mid$/.test(path) && lastBooks(context, path).some(hasPriceOfZero),
  },
  {
    id: 'leaves-derived',
    ruling: 'D18, one derived order state: what remains is quantity less what was filled',
    waives: ({ path }, context) =>
      /^orders\..*\.remaining$/.test(path) &&
      eventsSoFar(context).some((event) => isFillOf(event, path) && event.remaining_qty != null),
  },
  {
    id: 'unknown-fill',
    ruling: 'concepts 6 [R]: a fill of an unknown order is booked and flagged, and makes no record',
    waives: ({ path }, context) =>
      path.startsWith('fills.') &&
      eventsSoFar(context).some((event) => isUnknownFill(event, path, context)),
  },
  {
    id: 'position-checked-first',
    ruling: 'core/intake.ts: the position is asked before what the Event says; both refuse',
    waives: ({ path, expected, found }, { step, drive }) =>
      path === 'error' &&
      found === 'non_monotonic_position' &&
      expected !== null &&
      entriesOf(step).some(({ position }) => position <= (drive.cursor ?? -1)),
  },
  {
    id: 'rejected-means-refused',
    ruling: 'lifecycle (FIX 4.4): what the Venue accepted is canceled, not rejected',
    waives: ({ path, expected, found }) =>
      /^lifecycle\..*\.state$/.test(path) && expected === 'rejected' && found === 'canceled',
  },
  ...VERDICT_RULES,
]
