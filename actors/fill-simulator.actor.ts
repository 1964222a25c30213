import { assert, type Dispatch, type InstrumentIndex } from '@escapement/core'
import { type Actor, actor, Priority } from './actor.ts'
import { transmitted } from './feedback/transmitted.ts'
import type { OrderRecord } from './feedback-record.ts'
import { Arrivals } from './fill-simulator/arrivals.ts'
import { Desk } from './fill-simulator/desk.ts'
import { Lane } from './fill-simulator/lane.ts'
import { noQuirks } from './fill-simulator/quirks.ts'
import type { VenueBook } from './fill-simulator/reference-book.ts'
import { Reporter, type SendReport } from './fill-simulator/reports.ts'
import { Rows } from './fill-simulator/rows.ts'
import { type FillSimulatorConfig, venueIdentity } from './fill-simulator/venue-config.ts'
import type { ExecutionFeedbackRecordSource, LatencyModel, MarketBatch } from './ports.ts'
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
    response: OrderRecord
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
      const yields = (record: OrderRecord) => {
        outbox.push(record)
        context.emit('records', outbox)
      }
      const { watch } = config
      let executions = 0
      const nextExecId = () => ++executions
      const send: SendReport = (exchTime, record) => {
        // A row's reports leave at the time of the row.
        if (exchTime > context.now) context.advance(exchTime)
        watch?.reported(record)
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
          const { rows } = counterOf(batch.instrument)
          const { view, end } = batch
          const { time } = view
          let row = batch.next
          while (row < end && time[row]! <= context.horizon) {
            row = rows.advance(view, row, end, context.horizon)
          }
          batch.next = row
          return row < end ? time[row]! : undefined
        },
        request(dispatch) {
          const counter = counterOf(dispatch.instrument)
          const { now } = context
          yields(transmitted(dispatch, now))
          const entry = counter.latency.entry(now)
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

/** One instrument's side of the venue. */
type Counter = {
  readonly latency: LatencyModel
  readonly requests: Lane
  readonly reporter: Reporter
  readonly rows: Rows
  readonly arrivals: Arrivals
}

function openCounter(
  config: FillSimulatorConfig,
  index: InstrumentIndex,
  send: SendReport,
  nextExecId: () => number,
  book: VenueBook | undefined,
): Counter {
  const latency = config.latency.create()
  const reporter = new Reporter(index, latency, send, nextExecId)
  const { instruments, quirks = noQuirks, watch = null } = config
  const desk = new Desk(instruments[index]!, quirks, reporter, book, watch)
  return {
    latency,
    requests: new Lane(),
    reporter,
    rows: new Rows(desk),
    arrivals: new Arrivals(desk),
  }
}
