import { isOpen } from '../../../core/commands/dominance.ts'
import type { Mismatch } from './compare.ts'
import type { Note } from './drive.ts'
import { entriesOf, type Json, type VectorEvent, type VectorIntent } from './format.ts'
import { count } from './grid.ts'
import type { StepContext } from './run-steps.ts'

/**
 * Where we differ from a convention of the corpus, and by which ruling. A rule looks at one
 * difference of one step; the step's other comparisons still count. None may speak of a vector's
 * name.
 */
export type Rule = {
  readonly id: string
  readonly ruling: string
  /** Why it may hold inside a normative vector: README 1 calls the subject a convention there. */
  readonly inNormative?: string
  waives(mismatch: Mismatch, context: StepContext): boolean
  /** Fires without a difference, because the mapping prevents one. */
  readonly note?: Note
}

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
    waives: (mismatch, context) =>
      (/^market\..*\.mid$/.test(mismatch.path) &&
        lastBooks(context, mismatch.path).some(hasPriceOfZero)) ||
      postOnlyAtZero(mismatch, context),
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
    id: 'exposure-of-open-orders',
    ruling: 'D-008: position and gross limits count open orders as filled and let reductions pass',
    waives: verdict((reasons) => reasons.some((reason) => EXPOSURE.has(reason))),
  },
  {
    id: 'losses-marked-to-market',
    ruling: 'D-009: equity is marked at the present mids, not at the last account feedback',
    waives: verdict((reasons) => reasons.some((reason) => reason.startsWith('MAX_LOSS_'))),
  },
  {
    id: 'post-only-replace',
    ruling: 'reference-core 10.21: post-only holds for a REPLACE as well',
    waives: verdict(
      (reasons, intent) => intent.type === 'replace' && reasons.some((r) => POST_ONLY.has(r)),
    ),
  },
  {
    id: 'known-contract-size',
    ruling: 'concepts 8.8: the Configuration is complete before the first Event, contract size too',
    waives: verdict(
      (reasons, { instrument }, _k, context) =>
        lastBooks(context, `market.${instrument}.`).length === 0 &&
        reasons.some((reason) => reason.endsWith('_NOTIONAL')),
    ),
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
  {
    id: 'intents-one-by-one',
    ruling:
      'concepts 5.6 [R]: Risk judges in emission order and sees the earlier Intents of the step',
    waives: verdict((reasons, _intent, k) => k > 0 && reasons.some((reason) => QUOTES.has(reason))),
  },
  {
    id: 'queued-replace-leaves',
    ruling: 'orders.ts: a quantity is a total, so a queued REPLACE adds what it leaves open',
    waives: verdict(
      (reasons, _intent, _k, { outcome }) =>
        outcome.notes.has('replaceOfPartlyFilled') && reasons.some((reason) => QUOTES.has(reason)),
    ),
  },
  {
    id: 'request-under-way-counts',
    ruling: 'D-008: what a request under way asks for counts as working until it is answered',
    waives: verdict(
      (reasons, _intent, _k, { outcome }) =>
        outcome.notes.has('askedUnderWay') && reasons.some((reason) => QUOTES.has(reason)),
    ),
  },
]

const postOnlyAtZero = verdict(
  (reasons, { instrument }, _k, context) =>
    reasons.some((reason) => POST_ONLY.has(reason)) &&
    lastBooks(context, `market.${instrument}.`).some(hasPriceOfZero),
)

const EXPOSURE = new Set(['MAX_POSITION', 'MAX_GROSS_NOTIONAL'])
const POST_ONLY = new Set(['POST_ONLY_WOULD_TRADE', 'DROPPED_BY_POLICY'])
const QUOTES = new Set(['MAX_ACTIVE_QUOTES', 'MAX_GROSS_QUOTE_NOTIONAL', 'MAX_NET_QUOTE_NOTIONAL'])

/** A rule about one Intent's verdict: both reasons, the Intent, its place in the step. */
function verdict(
  explains: (
    reasons: readonly string[],
    intent: VectorIntent,
    k: number,
    context: StepContext,
  ) => boolean,
): Rule['waives'] {
  return ({ path, expected, found }, context) => {
    const match = /^policyRejected\.\d+\.(\d+)$/.exec(path)
    if (match === null) return false
    const k = Number(match[1])
    const reasons = [expected, found].filter((reason) => typeof reason === 'string')
    return explains(reasons, context.step.intents![k]!, k, context)
  }
}

/** `lifecycle.BTC-PERP.q1.submitted_ns` -> `BTC-PERP.q1`. */
const nameIn = (path: string): string => path.split('.').slice(1, -1).join('.')

function isUnanswered(path: string, drive: StepContext['drive']): boolean {
  for (const { key } of drive.turn.state.execution.inflight.values()) {
    const { instrument, id } = drive.keys.nameOf(key)
    if (`${instrument}.${id}` === nameIn(path)) return true
  }
  return false
}

const refsOf = (refs: Json): readonly string[] =>
  Array.isArray(refs) ? (refs as readonly string[]) : []
const sameRefs = (a: readonly string[], b: Json): boolean =>
  JSON.stringify(a) === JSON.stringify(b ?? [])

/** Whether the order that a queued REPLACE or CANCEL is for can still be changed. */
function isAlive(ref: string, { vector, drive }: StepContext): boolean {
  const [step, k] = ref.split(/[.:]/).map(Number)
  const intent = vector.steps[step!]?.intents?.[k!]
  if (intent === undefined || intent.type === 'new') return true
  const { instrument, client_order_id: id } = intent
  const key = drive.keys.recorded({ instrument, id })
  return key === undefined || isOpen(drive.turn.state.execution.orders.get(key))
}

function isOffGrid(
  intent: VectorIntent,
  instruments: StepContext['drive']['instruments'],
): boolean {
  const { tick, lot } = instruments.get(intent.instrument)!
  const price = intent.price !== undefined && !isMultiple(intent.price, tick)
  return price || (intent.qty !== undefined && !isMultiple(intent.qty, lot))
}

/** Exactly, without the tolerance of the grid. */
function isMultiple(value: number, unit: Parameters<typeof count>[1]): boolean {
  const steps = value / Number(`${unit.digits}e-${unit.scale}`)
  return count(value, unit).onGrid && Number.isInteger(steps)
}

function eventsSoFar({ vector, index }: StepContext): VectorEvent[] {
  const steps = vector.steps.slice(0, index + 1)
  return steps.flatMap((step) => entriesOf(step).map(({ event }) => event))
}

/** The last book of the instrument that a `market.` path names. */
function lastBooks(context: StepContext, path: string): VectorEvent[] {
  const books = eventsSoFar(context).filter(({ type, instrument }) => {
    return type === 'market' && path.startsWith(`market.${instrument}.`)
  })
  return books.slice(-1)
}

function isCrossedOrUnsorted({ bids = [], asks = [] }: VectorEvent): boolean {
  const falls = bids.every(([price], i) => i === 0 || price < bids[i - 1]![0])
  const rises = asks.every(([price], i) => i === 0 || price > asks[i - 1]![0])
  return !falls || !rises || (bids[0]?.[0] ?? 0) >= (asks[0]?.[0] ?? Number.POSITIVE_INFINITY)
}

const hasPriceOfZero = ({ bids = [], asks = [] }: VectorEvent): boolean =>
  bids[0]?.[0] === 0 || asks[0]?.[0] === 0

const isFillOf = ({ type, instrument, client_order_id }: VectorEvent, path: string): boolean =>
  type === 'fill' && `${instrument}.${client_order_id}` === nameIn(path)

function isUnknownFill(event: VectorEvent, path: string, { drive }: StepContext): boolean {
  const { type, instrument = '', client_order_id: id = '' } = event
  const unknown = type === 'fill' && drive.keys.recorded({ instrument, id }) === undefined
  return unknown && [`fills.${instrument}.cum.${id}`, `fills.${instrument}.count`].includes(path)
}
