import type { Actor, ActorContext } from '../../../actors/actor.ts'
import type {
  ExecutionFeedbackRecord,
  FilledRecord,
  OrderRecord,
} from '../../../actors/feedback-record.ts'
import type { ExecutionFeedbackRecordSource } from '../../../actors/ports.ts'
import type { VenuePorts } from '../../../runtime/environment.ts'

type Records = readonly ExecutionFeedbackRecord[]
/** What a broken source makes of the records of one drain; `state` is its own. */
export type Tamper = (
  records: Records,
  state: { memory: ExecutionFeedbackRecord[]; n: number },
) => unknown

/** A lawful Venue whose source passes everything through `tamper`. */
export const tampered = (venue: Actor<VenuePorts>, tamper: Tamper): Actor<VenuePorts> => ({
  ...venue,
  create(context) {
    const state = { memory: [], n: 0 }
    const wrapped = new Map<ExecutionFeedbackRecordSource, ExecutionFeedbackRecordSource>()
    const wrap = (source: ExecutionFeedbackRecordSource) => {
      const drain = () => tamper(source.drain(), state) as Records
      if (!wrapped.has(source)) wrapped.set(source, { name: 'broken', drain })
      return wrapped.get(source)!
    }
    return venue.create(emittingThrough(context, wrap))
  },
})

function emittingThrough(
  context: ActorContext<VenuePorts>,
  wrap: (source: ExecutionFeedbackRecordSource) => ExecutionFeedbackRecordSource,
): ActorContext<VenuePorts> {
  const outer = Object.create(context) as {
    -readonly [K in keyof ActorContext<VenuePorts>]: unknown
  }
  Object.defineProperties(outer, {
    now: { get: () => context.now },
    horizon: { get: () => context.horizon },
    emit: { value: (port: 'records', source: never) => context.emit(port, wrap(source)) },
  })
  return outer as ActorContext<VenuePorts>
}

const each =
  (change: (record: ExecutionFeedbackRecord) => object): Tamper =>
  (records) =>
    records.map(change)
const only =
  (kind: string, parts: (record: ExecutionFeedbackRecord) => object): Tamper =>
  (records) =>
    records.map((record) => (record.kind === kind ? { ...record, ...parts(record) } : record))
/** Puts something besides each record of a kind; numbers go on from it. */
const besides = (kind: string, extra: (record: ExecutionFeedbackRecord) => object): Tamper =>
  renumbered((records) =>
    records.flatMap((record) =>
      record.kind === kind ? [record, { ...record, ...extra(record) }] : [record],
    ),
  )
const renumbered =
  (tamper: (records: Records, state: { memory: ExecutionFeedbackRecord[] }) => unknown): Tamper =>
  (records, state) =>
    (tamper(records, state) as ExecutionFeedbackRecord[]).map((record) => ({
      ...record,
      sourceSequence: ++state.n,
    }))
const without = (...kinds: string[]): Tamper =>
  renumbered((records) => records.filter(({ kind }) => !kinds.includes(kind)))

/** A count that is no part of any run: what a wall clock or a process id would be. */
let outside = 0

const GIVEN = 'a record is given once'
const INCREASES = 'sourceSequence increases strictly'
const WHOLE = 'every field is there, and nothing is made up'
const KEYS = 'no record names a key before the Venue was given it'
const ANSWERED = 'each request that left is answered once'
const ACCEPTED = 'an order is accepted before anything else happens to it, and once'
const LAST = 'an order has one last record, and then nothing but refusals of its changes'
const CUMULATIVE =
  'fills are cumulative: each adds its quantity, and what is left is the rest of the order'
const BOOKED = 'the Core books the sum of the fills, and finds nothing odd'
const LISTS = 'drain answers at once with a list, and with an empty one where nothing has come'
const SAID = 'each request left, or did not, and that is said once'
const TIMES = 'a record is received at the latest when it is taken, and no earlier than it happened'

/** Ways to break the contract; each with the clauses that have to notice. */
export const BROKEN: readonly (readonly [how: string, tamper: Tamper, noticed: string[]])[] = [
  ['waits for more', (records) => Promise.resolve(records), [LISTS]],
  [
    'gives the last list again at every second drain',
    (records, state) => {
      const given = ++state.n % 2 === 0 ? state.memory : records
      state.memory = [...records]
      return given
    },
    [LISTS],
  ],
  [
    'gives the last record again with the next',
    (records, state) => {
      if (records.length === 0) return records
      const again = state.memory
      state.memory = [records.at(-1)!]
      return [...again, ...records]
    },
    [GIVEN, INCREASES],
  ],
  ['repeats a number', each((record) => ({ ...record, sourceSequence: 1 })), [INCREASES]],
  [
    'numbers backwards',
    each((record) => ({ ...record, sourceSequence: 1e6 - record.sourceSequence })),
    [INCREASES],
  ],
  [
    'numbers by something outside of the run',
    each((record) => ({ ...record, sourceSequence: ++outside })),
    ['the same input gives the same records with the same numbers'],
  ],
  ['leaves out the fee', only('filled', () => ({ fee: undefined })), [WHOLE]],
  ['does not know who took', only('filled', () => ({ liquidity: 'unknown' })), [WHOLE]],
  ['has no key of ours', only('accepted', () => ({ key: undefined })), [WHOLE]],
  ['speaks of a key that nobody gave it', only('accepted', () => ({ key: 777_777 })), [KEYS]],
  [
    'speaks of the next key',
    only('filled', (r) => ({ key: (r as OrderRecord).key + 1 })),
    [CUMULATIVE],
  ],
  ['stamps what it receives ahead', each((r) => ({ ...r, time: r.time + 1 })), [TIMES]],
  ['never says that a NEW left', without('newTransmitted'), [SAID]],
  ['says twice that a change left', besides('changeTransmitted', () => ({})), [SAID, ANSWERED]],
  [
    'swallows refusals',
    without('cancelRejected', 'replaceRejected'),
    [ANSWERED, 'a change of an order that never was is refused'],
  ],
  ['does not acknowledge', without('accepted'), [ANSWERED, ACCEPTED, BOOKED]],
  ['acknowledges twice', besides('accepted', () => ({})), [ANSWERED, ACCEPTED, BOOKED]],
  [
    'acknowledges with the first fill, after it',
    renumbered((records, state) => {
      const held = state.memory
      const accepted = records.filter(({ kind }) => kind === 'accepted')
      const others = records.filter(({ kind }) => kind !== 'accepted')
      state.memory = others.length > 0 ? [...accepted] : [...held, ...accepted]
      return others.length > 0 ? [...others, ...held] : []
    }),
    [ACCEPTED, BOOKED],
  ],
  ['ends an order twice', besides('canceled', () => ({})), [LAST, BOOKED]],
  ['never ends an order', without('canceled', 'expired'), [LAST]],
  ['fills after the end', besides('canceled', () => ({ ...FILL })), [LAST, BOOKED]],
  ['repeats an execution', besides('filled', () => ({})), [CUMULATIVE, BOOKED]],
  [
    'counts each fill by itself',
    only('filled', (record) => ({ cumQty: (record as FilledRecord).lastQty })),
    [CUMULATIVE, BOOKED],
  ],
  [
    'reports the other side',
    only('filled', (r) => ({ side: -(r as FilledRecord).side })),
    [BOOKED],
  ],
]

const FILL = {
  kind: 'filled',
  side: 1,
  execId: 99,
  lastPrice: 100,
  lastQty: 1,
  cumQty: 1000,
  leavesQty: 0,
  liquidity: 'maker',
  fee: 0,
  cause: 'unknown',
  causeRow: -1,
  queueBefore: 0,
  queueAfter: 0,
} as const
