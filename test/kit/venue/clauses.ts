import { eventOf } from '../../../actors/feedback/event-of.ts'
import { wrongRecordField } from '../../../actors/feedback/wrong-field.ts'
import {
  type ExecutionFeedbackRecord,
  endsOrder,
  isOrderRecord,
  type OrderRecord,
  type RecordKind,
} from '../../../actors/feedback-record.ts'
import { Desk, flagged } from '../core-desk.ts'
import type { Play } from './venue-play.ts'

/** The first thing in a play that breaks a clause, or null. */
export type Clause = (play: Play, replay: () => Play) => string | null

const orderRecords = ({ records }: Play): OrderRecord[] => records.filter(isOrderRecord)

function byKey(play: Play): Map<number, OrderRecord[]> {
  const found = new Map<number, OrderRecord[]>()
  for (const record of orderRecords(play)) {
    const of = found.get(record.key)
    if (of === undefined) found.set(record.key, [record])
    else of.push(record)
  }
  return found
}

/** The first fault that `find` names among the records of any one key. */
function inSomeKey(play: Play, find: (records: OrderRecord[], key: number) => string | null) {
  for (const [key, records] of byKey(play)) {
    const fault = find(records, key)
    if (fault !== null) return `key ${key}: ${fault}`
  }
  return null
}

const count = (records: readonly ExecutionFeedbackRecord[], ...kinds: RecordKind[]): number =>
  records.filter(({ kind }) => kinds.includes(kind)).length
const asked = ({ script }: Play, key: number, ...kinds: string[]): number =>
  script.requests.filter(({ dispatch }) => dispatch.key === key && kinds.includes(dispatch.kind))
    .length
const differ = (what: string, found: number, needed: number): string | null =>
  found === needed ? null : `${found} ${what}, needed ${needed}`
const HAPPENINGS: readonly RecordKind[] = ['filled', 'replaced', 'canceled', 'expired']
const REFUSED_CHANGES: readonly RecordKind[] = [
  'changeTransmitted',
  'notTransmitted',
  'replaceRejected',
  'cancelRejected',
]

/** What every source of execution feedback owes the Runtime, each as one check of one play. */
export const clauses: Readonly<Record<string, Clause>> = {
  'drain answers at once with a list, and with an empty one where nothing has come': ({
    wakes,
  }) => {
    for (const { time, drained, again } of wakes) {
      if (!(Array.isArray(drained) && Array.isArray(again))) return `no list at ${time}`
      if (again.length > 0) return `${again.length} records at ${time} after everything was taken`
    }
    return null
  },

  'a record is given once': ({ records }) => {
    const twice = records.find((record, index) => records.indexOf(record) !== index)
    return twice === undefined ? null : `record ${twice.sourceSequence} was given again`
  },

  'sourceSequence increases strictly': ({ records }) => {
    for (let i = 1; i < records.length; i++) {
      const [before, after] = [records[i - 1]!.sourceSequence, records[i]!.sourceSequence]
      if (!(after > before)) return `${after} after ${before}`
    }
    return null
  },

  'the same input gives the same records with the same numbers': ({ records }, replay) => {
    const again = replay().records
    const at = records.findIndex((one, i) => JSON.stringify(one) !== JSON.stringify(again[i]))
    if (at >= 0) return `record ${at} is another one in a second run`
    return differ('records in a second run', again.length, records.length)
  },

  'every field is there, and nothing is made up': ({ records }) => {
    for (const record of records) {
      const wrong = wrongRecordField(record)
      if (wrong !== null) return `${record.kind}.${wrong.field} is ${String(wrong.found)}`
    }
    return null
  },

  'a record is received at the latest when it is taken, and no earlier than it happened': ({
    wakes,
  }) => {
    for (const { time, drained } of wakes) {
      for (const record of drained as ExecutionFeedbackRecord[]) {
        if (record.time > time) return `received at ${record.time}, taken at ${time}`
        if (record.exchTime > record.time) return `${record.exchTime}, received at ${record.time}`
      }
    }
    return null
  },

  'no record names a key before the Venue was given it': (play) => {
    const given = new Map<number, number>()
    for (const { time, dispatch } of play.script.requests) {
      if (!given.has(dispatch.key)) given.set(dispatch.key, time)
    }
    return inSomeKey(play, ([first], key) => {
      const from = given.get(key)
      if (from === undefined) return 'was never given'
      return first!.time < from ? `${first!.kind} at ${first!.time}, given at ${from}` : null
    })
  },

  'each request left, or did not, and that is said once': (play) => {
    for (const key of new Set(play.script.requests.map(({ dispatch }) => dispatch.key))) {
      const records = byKey(play).get(key) ?? []
      for (const kind of ['new', 'replace', 'cancel'] as const) {
        const said = records.filter((record) => requestOf(record) === kind).length
        const fault = differ(`dispatch records of ${kind} ${key}`, said, asked(play, key, kind))
        if (fault !== null) return fault
      }
    }
    return null
  },

  'each request that left is answered once': (play) =>
    inSomeKey(play, (records) => {
      const opened = count(records, 'newTransmitted')
      const answered = count(records, 'accepted', 'rejected')
      if (answered !== opened) return `${answered} answers to ${opened} NEW`
      const sent = count(records, 'changeTransmitted')
      const refused = count(records, 'replaceRejected', 'cancelRejected')
      const done = count(records, 'replaced', 'canceled')
      // A Venue may cancel an order by itself; that answers nothing.
      const most = sent + (count(records, 'canceled') > 0 ? 1 : 0)
      const fits = refused + done >= sent && refused + done <= most
      return fits ? null : `${refused + done} answers to ${sent} changes`
    }),

  'an order is accepted before anything else happens to it, and once': (play) =>
    inSomeKey(play, (records) => {
      const accepted = records.findIndex(({ kind }) => kind === 'accepted')
      const first = records.findIndex(({ kind }) => HAPPENINGS.includes(kind))
      if (first >= 0 && (accepted < 0 || accepted > first)) return `${records[first]!.kind} first`
      return count(records, 'accepted') > 1 ? 'accepted twice' : null
    }),

  'an order has one last record, and then nothing but refusals of its changes': (play) =>
    inSomeKey(play, (records) => {
      if (count(records, 'newTransmitted') === 0) return null
      const last = records.findIndex(endsOrder)
      // Every order of a script is canceled in the end; a cancel that did not leave ends nothing.
      const canceled = records.some((record) => isSent(record, 'cancel'))
      if (last < 0) return canceled ? 'never ends' : null
      const late = records.slice(last + 1).find(({ kind }) => !REFUSED_CHANGES.includes(kind))
      return late === undefined ? null : `${late.kind} after ${records[last]!.kind}`
    }),

  'fills are cumulative: each adds its quantity, and what is left is the rest of the order': (
    play,
  ) =>
    inSomeKey(play, (records) => {
      let [cum, total] = [0, 0]
      for (const record of records) {
        if (record.kind === 'newTransmitted') total = record.qty
        if (record.kind === 'replaced') {
          total = record.qty
          if (record.leavesQty !== total - cum)
            return `${record.leavesQty} left of a replaced order`
        }
        if (record.kind !== 'filled') continue
        cum += record.lastQty
        if (record.cumQty !== cum) return `cumQty ${record.cumQty} after ${cum}`
        if (record.leavesQty !== total - cum)
          return `${record.leavesQty} of ${total} left at ${cum}`
      }
      return null
    }),

  'the Core books the sum of the fills, and finds nothing odd': (play) => {
    const desk = new Desk().start()
    const opened = new Set<number>()
    let bought = 0
    for (const record of orderRecords(play)) {
      if (record.kind === 'newTransmitted') opened.add(record.key)
      if (record.kind === 'filled') bought += record.side * record.lastQty
      const odd = flagged(desk.step(eventOf(record)))
      // Whoever asks to change an order that never was gets an answer that has no order.
      if (odd.length > 0 && opened.has(record.key)) return `${odd.join()} by ${record.kind}`
    }
    return differ('lots of position', desk.position(), bought)
  },

  'a change of an order that never was is refused': (play) =>
    inSomeKey(play, (records) => {
      if (count(records, 'newTransmitted') > 0) return null
      const sent = count(records, 'changeTransmitted')
      return differ('refusals', count(records, 'replaceRejected', 'cancelRejected'), sent)
    }),
}

const isSent = (record: OrderRecord, request: 'cancel' | 'replace'): boolean =>
  record.kind === 'changeTransmitted' && record.request === request

function requestOf(record: OrderRecord): string | null {
  if (record.kind === 'newTransmitted') return 'new'
  const { kind } = record
  return kind === 'changeTransmitted' || kind === 'notTransmitted' ? record.request : null
}
