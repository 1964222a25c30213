import type { Dispatch, Nanos, Side } from '@escapement/core'
import { type Actor, actor, Priority } from '../../../actors/actor.ts'
import {
  type ExecutionFeedbackRecord,
  type ExecutionFeedbackRecordSource,
  type OrderRecord,
  UNNUMBERED,
} from '../../../actors/feedback-record.ts'
import type { VenuePorts } from '../../../runtime/environment.ts'
import { type Fact, FakeExchange } from './fake-exchange.ts'

export type FakeLiveOptions = {
  readonly seed: number
  /** Each message takes from the first to the second, in ns; those of one order keep their order. */
  readonly entryNs: readonly [number, number]
  readonly responseNs: readonly [number, number]
  /** How long what was received waits in the socket until it is read; 0: it is read at once. */
  readonly readNs: number
  /** One in so many requests does not leave; 0: none. */
  readonly refusesOneIn: number
}

type Ports = {
  in: VenuePorts['in'] & { arrival: Dispatch; reply: OrderRecord; read: null }
  out: VenuePorts['out']
}

/**
 * A Venue that behaves like a connection to one: answers take their time and overtake each other
 * between orders, several are read at once, ids and numbers are the exchange's own.
 */
export const fakeLiveVenue = (options: FakeLiveOptions): Actor<VenuePorts> =>
  actor<Ports>()(
    'fake-live-venue',
    {
      in: {
        market: Priority.venueMarket,
        request: Priority.execution,
        arrival: Priority.venueRequest,
        reply: Priority.execution,
        read: Priority.execution,
      },
      out: ['records'],
      optional: ['arrival', 'reply', 'read'],
    },
    (context) => {
      const random = lottery(options.seed)
      const socket = new Socket(random)
      const [there, back] = [new Map<number, Nanos>(), new Map<number, Nanos>()]
      /** Later than the last message of the order in this direction, and never before it. */
      const due = (
        lane: Map<number, Nanos>,
        key: number,
        [least, most]: readonly [number, number],
      ) => {
        const time = Math.max(context.now + least + random(most - least + 1), lane.get(key) ?? 0)
        lane.set(key, time)
        return time
      }
      const exchange = new FakeExchange((key, fact) => {
        const time = due(back, key, options.responseNs)
        context.schedule(time, 'reply', recordOf(key, context.now, time, `V${key}`, fact))
      })
      const receive = (record: OrderRecord) => {
        if (!socket.take(record)) return
        if (options.readNs === 0) context.emit('records', socket)
        else context.schedule(context.now + options.readNs, 'read', null)
      }
      return {
        market(batch) {
          const { time, kind, side, price, qty } = batch.view
          while (batch.next < batch.end && time[batch.next]! <= context.horizon) {
            const row = batch.next++
            context.advance(time[row]!)
            exchange.row(kind[row]!, side[row] as Side, price[row]!, qty[row]!)
          }
          return batch.next < batch.end ? time[batch.next]! : undefined
        },
        request(dispatch) {
          const { key } = dispatch
          const { now } = context
          const fails = options.refusesOneIn > 0 && random(options.refusesOneIn) === 0
          receive(recordOf(key, now, now, null, fails ? failed(dispatch) : transmitted(dispatch)))
          if (!fails) context.schedule(due(there, key, options.entryNs), 'arrival', dispatch)
        },
        arrival: (dispatch) => exchange.request(dispatch),
        reply: receive,
        read: () => context.emit('records', socket),
      }
    },
    JSON.stringify(options),
  )

/** What was received and not read; numbered by a count that others share, so with gaps. */
class Socket implements ExecutionFeedbackRecordSource {
  readonly name = 'fake-live'
  readonly #random: (below: number) => number
  #waiting: ExecutionFeedbackRecord[] = []
  #count = 0

  constructor(random: (below: number) => number) {
    this.#random = random
  }

  /** Whether nothing was waiting, so that a read has to be asked for. */
  take(record: OrderRecord): boolean {
    this.#count += 1 + this.#random(3)
    this.#waiting.push({ ...record, sourceSequence: this.#count })
    return this.#waiting.length === 1
  }

  drain(): readonly ExecutionFeedbackRecord[] {
    return this.#waiting.splice(0)
  }
}

const recordOf = (
  key: number,
  exchTime: Nanos,
  time: Nanos,
  venueOrderId: string | null,
  fact: Fact,
): OrderRecord => ({
  ...fact,
  sourceSequence: UNNUMBERED,
  exchTime,
  time,
  instrument: 0,
  key,
  venueOrderId,
})

const failed = ({ kind }: Dispatch): Fact => ({
  kind: 'notTransmitted',
  request: kind,
  reason: 'connection',
})

function transmitted({ kind, side, orderType, timeInForce, price, qty }: Dispatch): Fact {
  return kind === 'new'
    ? { kind: 'newTransmitted', side, orderType, timeInForce, price, qty }
    : { kind: 'changeTransmitted', request: kind }
}

/** Integers below a bound, the same ones for the same seed (xorshift32). */
function lottery(seed: number): (below: number) => number {
  let x = seed | 1
  return (below) => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return (x >>> 0) % below
  }
}
