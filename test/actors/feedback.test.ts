import { type CodedError, type Dispatch, orderKey } from '@escapement/core'
import { fc, test as fcTest } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { type Actor, actor, Priority } from '../../actors/actor.ts'
import { HandedKeys } from '../../actors/feedback/handed-keys.ts'
import { feedbackActor } from '../../actors/feedback.actor.ts'
import type { ExecutionFeedbackRecord, FilledRecord } from '../../actors/feedback-record.ts'
import type { ExecutionFeedbackRecordSource, VenueReport } from '../../actors/ports.ts'
import { RecordOutbox } from '../../actors/record-outbox.ts'
import { HandlerFailed } from '../../runtime/handler-failed.ts'
import { runInRealTime } from '../../runtime/real-time.ts'
import { startTopology } from '../../runtime/run-topology.ts'
import { topology } from '../../runtime/topology.ts'
import { wire } from '../../runtime/wire.ts'
import { probe } from '../kit/probe.ts'
import { about, type LooseRecord, oneOfEach, recordOf, sourceOf } from '../kit/records.ts'
import { dispatch } from './fill-simulator/probe.ts'

/**
 * The Runtime's ingress of what a Venue yields. Lawful records become Events, one each, in order;
 * each way to break the contract of a source stops the run with the same code.
 */

/** Hands over the keys, then lets the source speak once a nanosecond, `drains` times. */
function run(
  source: ExecutionFeedbackRecordSource,
  drains = 1,
  handed: readonly Partial<Dispatch>[] = [{ key: 1 }],
) {
  const subject = probe(feedbackActor())
  for (const request of handed) subject.send(0, 'request', dispatch(request))
  for (let time = 0; time < drains; time++) subject.send(time, 'records', source)
  return subject
}

/** The types of the Events that have come out. */
const types = ({ log }: ReturnType<typeof run>) => log.map(([, , { type }]) => type)
const ran = (subject: ReturnType<typeof run>) => {
  subject.run()
  return types(subject)
}

/** The coded error that stops the run, and the types of the Events that came out before. */
function failure(subject: ReturnType<typeof run>) {
  try {
    subject.run()
  } catch (thrown) {
    const { code, facts } = (thrown as HandlerFailed).cause as CodedError
    expect(thrown).toBeInstanceOf(HandlerFailed)
    return { code, ...facts, emitted: types(subject) }
  }
  throw new Error('the run did not stop')
}

const filled = (sourceSequence: number) =>
  recordOf(sourceSequence, oneOfEach.find(({ kind }) => kind === 'filled')!)

describe('X2 lawful records', () => {
  test('of every kind become the Event of that kind, in the order of the source', () => {
    const records = oneOfEach.map((parts, index) => recordOf(index + 1, parts))
    expect(ran(run(sourceOf(records)))).toEqual([
      'order.submitted',
      'intent.dispatched',
      'intent.dispatched',
      'dispatch.failed',
      'order.accepted',
      'order.rejected',
      'order.filled',
      'order.replaced',
      'order.replaceRejected',
      'order.cancelRejected',
      'order.canceled',
      'order.expired',
      'account.updated',
      'account.funded',
    ])
  })

  test('carry all they say into the Event, but for their number and the id of the Venue', () => {
    const record = { ...filled(5), venueOrderId: 'V-9' } as FilledRecord
    const { kind: _, sourceSequence: __, venueOrderId: ___, ...said } = record
    const [[, , event] = []] = run(sourceOf([record])).run()
    expect(event).toEqual({ type: 'order.filled', ...said })
  })

  test('may leave out numbers', () => {
    const records = [3, 4, 900].map((n) => recordOf(n, { kind: 'accepted', ...about(1) }))
    expect(run(sourceOf(records)).run()).toHaveLength(3)
  })

  test('are taken when the source says so, and a wake without any gives nothing', () => {
    const late = recordOf(1, { kind: 'accepted', ...about(1, 1) })
    expect(run(sourceOf([], [late], []), 3).run()).toMatchObject([[1, 'event', { time: 1 }]])
  })

  test('of an order that is over pass: a late fill is for the Core to judge', () => {
    const records = [recordOf(1, { kind: 'canceled', ...about(1) }), filled(2)]
    expect(ran(run(sourceOf(records)))).toEqual(['order.canceled', 'order.filled'])
  })
})

const accepted = (sourceSequence: unknown, key = 1, time = 0) =>
  recordOf(sourceSequence as number, { kind: 'accepted', ...about(key, time) })
const fillWith = (parts: object) => ({ ...filled(2), ...parts })

describe('X2 a record that breaks the contract stops the run', () => {
  const cases: readonly (readonly [string, string, unknown, string, string])[] = [
    ['a number twice', 'sourceSequence', accepted(1), '1', 'an integer of more than 1'],
    ['a number that goes back', 'sourceSequence', accepted(0), '0', 'an integer of more than 1'],
    ['half a number', 'sourceSequence', accepted(1.5), '1.5', 'an integer of more than 1'],
    ['no number', 'sourceSequence', accepted(undefined), 'undefined', 'an integer of more than 1'],
    ['an unknown liquidity', 'liquidity', fillWith({ liquidity: 'unknown' }), 'unknown', 'taker'],
    ['no liquidity', 'liquidity', fillWith({ liquidity: undefined }), 'undefined', 'maker'],
    ['nothing executed', 'lastQty', fillWith({ lastQty: 0 }), '0', 'an integer of at least 1'],
    ['less than nothing left', 'leavesQty', fillWith({ leavesQty: -1 }), '-1', 'at least 0'],
    ['an estimate that is none', 'queueAfter', fillWith({ queueAfter: Number.NaN }), 'NaN', 'num'],
    ['an empty id of the Venue', 'venueOrderId', fillWith({ venueOrderId: '' }), '', 'not empty'],
    ['a key as text', 'key', fillWith({ key: '1' }), '1', 'an integer of at least 0'],
    ['no key at all', 'key', fillWith({ key: undefined }), 'undefined', 'an integer'],
    ['a key never handed over', 'key', accepted(2, 2), '2', 'handed to this Venue'],
    ['a key of no namespace', 'key', accepted(2, orderKey(3, 1)), '3298534883329', 'handed to'],
    ['a time to come', 'time', accepted(2, 1, 1), '1', 'up to 0'],
    ['an unknown kind', 'kind', { ...accepted(2), kind: 'snapshot' }, 'snapshot', 'newTransmitted'],
    ['a name of Object', 'kind', { ...accepted(2), kind: 'toString' }, 'toString', 'one of'],
    ['no record', 'record', null, 'null', 'an object'],
  ]
  test.each(cases)('%s', (_claim, field, bad, found, needed) => {
    const records = [accepted(1), bad as ExecutionFeedbackRecord, accepted(99)]
    const stopped = failure(run(sourceOf(records)))
    expect(stopped).toMatchObject({ code: 'ESC_FEEDBACK_RECORD', found })
    expect(stopped.field).toMatch(new RegExp(`^scripted, record \\S+, ${field}$`))
    expect(stopped.needed).toContain(needed)
  })

  test.each(oneOfEach)('every field of $kind is needed', (parts: LooseRecord) => {
    for (const field of Object.keys(parts).filter((name) => name !== 'kind')) {
      const { [field]: _, ...rest } = recordOf(1, parts) as unknown as Record<string, unknown>
      const stopped = failure(run(sourceOf([rest as unknown as ExecutionFeedbackRecord])))
      expect(stopped).toMatchObject({ code: 'ESC_FEEDBACK_RECORD', found: 'undefined' })
      expect(stopped.field).toBe(`scripted, record 1, ${field}`)
    }
  })

  test('from one drain to the next as well, and nothing after it comes out', () => {
    const stopped = failure(run(sourceOf([accepted(5)], [accepted(5), accepted(6)]), 3))
    expect(stopped).toMatchObject({ code: 'ESC_FEEDBACK_RECORD', found: '5' })
    expect(stopped.emitted).toEqual(['order.accepted'])
  })

  test('a second source on one feedback actor is our own mistake', () => {
    const subject = run(sourceOf([accepted(1)])).send(1, 'records', sourceOf([accepted(2)]))
    expect(() => subject.run()).toThrow('second source')
  })
})

describe('which keys a Venue may speak of', () => {
  const bounds = { endedKept: 2, openMost: 3 }
  const handing = (...keys: number[]) => {
    const keysHanded = new HandedKeys(bounds)
    for (const key of keys) keysHanded.hand('new', key)
    return keysHanded
  }

  test('those handed over, open or ended, and no others', () => {
    const keys = handing(1, 3)
    keys.end(1)
    expect([1, 2, 3, 4].map((key) => keys.has(key))).toEqual([true, false, true, false])
  })

  test('also one that only a change named: its refusal has to get through', () => {
    const keys = handing()
    keys.hand('cancel', 9)
    expect(keys.has(9)).toBe(true)
  })

  test('and every one up to the highest that was forgotten, namespace by namespace', () => {
    const keys = handing()
    const other = orderKey(1, 2)
    for (const key of [1, 5, 6, other, 7]) {
      keys.hand('new', key)
      keys.end(key)
    }
    // 1, 5 and 6 are forgotten; 3 was never handed over, which can no longer be told.
    expect([1, 3, 5, 6, 7, other].filter((key) => !keys.has(key))).toEqual([])
    const strangers = [8, orderKey(1, 1), orderKey(1, 3), orderKey(2, 0), -1]
    expect(strangers.filter((key) => keys.has(key))).toEqual([])
  })

  test('an open order is never forgotten, however many end after it', () => {
    const keys = handing(100)
    for (let key = 1; key < 50; key++) {
      keys.hand('new', key)
      keys.end(key)
    }
    expect([keys.has(100), keys.has(99)]).toEqual([true, false])
  })

  fcTest.prop([fc.array(fc.tuple(fc.boolean(), fc.nat(12)), { maxLength: 80 })])(
    'as a list of all that ever happened tells it',
    (steps) => {
      const keys = new HandedKeys({ endedKept: 3, openMost: 99 })
      const open: number[] = []
      const ended: number[] = []
      for (const [begins, key] of steps) {
        if (begins && !keys.has(key)) open.push(key)
        if (begins) keys.hand('new', key)
        else keys.end(key)
        if (!begins && open.includes(key)) ended.push(open.splice(open.indexOf(key), 1)[0]!)
        const forgotten = Math.max(-1, ...ended.slice(0, -3))
        for (let one = 0; one <= 13; one++) {
          const known = open.includes(one) || ended.includes(one) || one <= forgotten
          expect([one, keys.has(one)]).toEqual([one, known])
        }
      }
    },
  )

  test.each([{ endedKept: 0 }, { openMost: 0.5 }])('%o is no bound', (wrong) => {
    expect(() => probe(feedbackActor(wrong))).toThrow('must be an integer of at least 1')
  })

  test('too many open orders are a reached limit', () => {
    expect(() => handing(1, 2, 3, 4)).toThrow('ESC_LIMIT_REACHED')
  })
})

describe('on the real clock', () => {
  type SocketPorts = {
    in: Record<never, never>
    out: { records: ExecutionFeedbackRecordSource; request: Dispatch }
  }
  /** Receives one record outside of any handler, as a connection does. */
  const socket: Actor<SocketPorts> = actor<SocketPorts>()(
    'socket',
    { in: {}, out: ['records', 'request'] },
    (context) => {
      const outbox = new RecordOutbox('socket')
      setTimeout(() => {
        outbox.push(recordOf(0, { kind: 'account', time: context.now, position: 3, balance: 0 }))
        context.emit('records', outbox)
      }, 2)
      return {}
    },
  )

  test('a record that comes between messages wakes the Runtime', async () => {
    const event = await new Promise<VenueReport>((resolve) => {
      const sink = actor<{ in: { event: VenueReport }; out: Record<never, never> }>()(
        'sink',
        { in: { event: Priority.execution }, out: [] },
        () => ({ event: resolve }),
      )
      const system = startTopology(
        topology('socket', {
          actors: { socket, feedback: feedbackActor(), sink },
          wires: ({ socket, feedback, sink }) => [
            wire(socket.out.records, feedback.in.records),
            wire(socket.out.request, feedback.in.request),
            wire(feedback.out.event, sink.in.event),
          ],
        }),
      )
      runInRealTime(system.mailbox)
    })
    expect(event).toMatchObject({ type: 'account.updated', position: 3 })
  })
})
