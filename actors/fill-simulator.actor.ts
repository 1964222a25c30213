import { assert, type Dispatch, type InstrumentIndex } from '@escapement/core'
import { type Actor, type ActorContext, actor, Priority } from './actor.ts'
import { transmitted } from './feedback/transmitted.ts'
import { type ExecutionFeedbackRecord, isOrderRecord } from './feedback-record.ts'
import { Arrivals } from './fill-simulator/arrivals.ts'
import { Desk } from './fill-simulator/desk.ts'
import { Funding } from './fill-simulator/funding.ts'
import { Lane } from './fill-simulator/lane.ts'
import { MessageTimes } from './fill-simulator/latency/message-times.ts'
import { noQuirks } from './fill-simulator/quirks.ts'
import type { VenueBook } from './fill-simulator/reference-book.ts'
import { Reporter, type SendReport } from './fill-simulator/reports.ts'
import { Rows } from './fill-simulator/rows.ts'
import { LastTrade } from './fill-simulator/rules/last-trade.ts'
import { Rulebook } from './fill-simulator/rules/rulebook.ts'
import { type FillSimulatorConfig, venueIdentity } from './fill-simulator/venue-config.ts'
import type { ExecutionFeedbackRecordSource, MarketBatch } from './ports.ts'
import { RecordOutbox } from './record-outbox.ts'

export type FillSimulatorPorts = {
  in: {
    /** The exchange's own view of the market. */
    market: MarketBatch
    /** What the Core lets go. */
    request: Dispatch
    /** Own timer: a request reaches the venue. */
    arrival: Dispatch
    /** Own timer: a report reaches us. */
    response: ExecutionFeedbackRecord
  }
  /** The outbox, each time that something was put in. */
  out: { records: ExecutionFeedbackRecordSource }
}

/**
 * Fill simulator: the Venue of backtests and paper trading.
 *
 * in  market    rows as the exchange saw them; they move the book and execute resting orders
 *     request   NEW, REPLACE, CANCEL: recorded as dispatched at once, judged on arrival
 * out records   dispatch records, then what became of each request, at the time of receipt
 *
 * Own orders do not move the market: they are compared with what was displayed and traded, and the
 * displayed size that own takes used up is not theirs again until that level changes. `books`, by
 * instrument, are read in place of own ones, except where a quirk is about the book itself.
 */
export const fillSimulator = (
  config: FillSimulatorConfig,
  books: readonly VenueBook[] = [],
): Actor<FillSimulatorPorts> =>
  actor<FillSimulatorPorts>()(
    'fill-simulator',
    {
      in: {
        market: Priority.venueMarket,
        request: Priority.execution,
        arrival: Priority.venueRequest,
        response: Priority.execution,
      },
      out: ['records'],
      // The two timers are never wired.
      optional: ['arrival', 'response'],
    },
    (context) => {
      const outbox = new RecordOutbox('fill-simulator')
      const yields = (record: ExecutionFeedbackRecord) => {
        outbox.push(record)
        context.emit('records', outbox)
      }
      const { watch } = config
      let executions = 0
      const nextExecId = () => ++executions
      const send: SendReport = (exchTime, record) => {
        // A row's reports leave at the time of the row.
        if (exchTime > context.now) context.advance(exchTime)
        if (watch !== undefined && isOrderRecord(record)) watch.reported(record)
        context.schedule(record.time, 'response', record)
      }
      const counters = config.instruments.map((_, index) =>
        openCounter(config, index, send, nextExecId, books[index]),
      )
      const counterOf = (instrument: InstrumentIndex): Counter => {
        const counter = counters[instrument]
        assert(counter !== undefined, `the venue does not know instrument ${instrument}`)
        return counter
      }
      return {
        market(batch) {
          const { rows, latency, lastTrade, funding } = counterOf(batch.instrument)
          const { view, end } = batch
          latency.batch(view, batch.next, end)
          const { time } = view
          const from = batch.next
          let row = from
          if (funding !== null) row = advanceFunded(context, rows, funding, batch)
          else {
            while (row < end && time[row]! <= context.horizon) {
              row = rows.advance(view, row, end, context.horizon)
            }
          }
          batch.next = row
          lastTrade?.saw(view, from, row)
          if (funding === null) return row < end ? time[row]! : undefined
          const last = row < end ? time[row]! : time[end - 1]!
          return row < end || funding.next <= last ? Math.min(last, funding.next) : undefined
        },
        request(dispatch) {
          const counter = counterOf(dispatch.instrument)
          const { now } = context
          yields(transmitted(dispatch, now))
          const entry = counter.latency.entry(dispatch.kind, now)
          if (entry < 0) counter.reporter.lost(dispatch.kind, now, now - entry, dispatch.key)
          else context.schedule(counter.requests.enter(now + entry), 'arrival', dispatch)
        },
        arrival(dispatch) {
          const counter = counterOf(dispatch.instrument)
          counter.requests.leave()
          watch?.arrived(dispatch, context.now)
          counter.arrivals.handle(dispatch, context.now)
        },
        response(record) {
          counterOf(record.instrument).reporter.delivered()
          yields(record)
        },
      }
    },
    venueIdentity(config),
  )

/** The same with funding, which is paid between the rows up to its time and those after it. */
function advanceFunded(
  context: Pick<ActorContext<FillSimulatorPorts>, 'now' | 'horizon'>,
  rows: Rows,
  funding: Funding,
  { view, next, end }: MarketBatch,
): number {
  const { time } = view
  let row = next
  const last = time[end - 1]!
  while (row < end || funding.next <= last) {
    const { horizon } = context
    const stop = Math.min(horizon, funding.next)
    if (row < end && time[row]! <= stop) row = rows.advance(view, row, end, stop)
    else if (funding.next <= horizon) funding.pay(Math.max(context.now, funding.next))
    else break
  }
  return row
}

/** One instrument's side of the venue. */
type Counter = {
  readonly latency: MessageTimes
  readonly requests: Lane
  readonly reporter: Reporter
  readonly rows: Rows
  readonly arrivals: Arrivals
  /** Null where no rule asks for it. */
  readonly lastTrade: LastTrade | null
  readonly funding: Funding | null
}

function openCounter(
  config: FillSimulatorConfig,
  index: InstrumentIndex,
  send: SendReport,
  nextExecId: () => number,
  book: VenueBook | undefined,
): Counter {
  const latency = new MessageTimes(config.latency, config.seed ?? 0, index)
  const reporter = new Reporter(index, latency, send, nextExecId)
  const { instruments, quirks = noQuirks, watch = null } = config
  const one = instruments[index]!
  const desk = new Desk(one, quirks, reporter, book, watch)
  const lastTrade = one.rules === undefined ? null : new LastTrade()
  const rules = lastTrade && new Rulebook(one.rules!, one.instrument, desk.book, lastTrade)
  return {
    latency,
    requests: new Lane(),
    reporter,
    rows: new Rows(desk),
    arrivals: new Arrivals(desk, rules),
    lastTrade,
    funding:
      one.funding === undefined || one.funding.length === 0
        ? null
        : new Funding(one.funding, one.instrument, desk),
  }
}
