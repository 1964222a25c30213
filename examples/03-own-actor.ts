/**
 * An actor of one's own in a topology of one's own: a surveillance desk between the Venue and the
 * Core. It passes every report on, and when the same second brought too many fills it pulls the
 * kill switch, which the Core then obeys like any other Event.
 */
import {
  type Actor,
  actor,
  Core,
  type CoreEvent,
  clockActor,
  coreActor,
  defineBacktest,
  EventLog,
  feedActor,
  feedbackActor,
  fillSimulator,
  gateActor,
  instantiate,
  NANOS_PER_SECOND,
  Priority,
  queueActor,
  schedulerActor,
  startTopology,
  topology,
  type VenueReport,
  wire,
} from 'escapement'
import { syntheticMarket } from 'escapement/data'
import { strategy } from './02-market-maker.ts'

type DeskPorts = { in: { report: VenueReport }; out: { event: CoreEvent } }

const surveillanceDesk = (fillsPerSecond: number): Actor<DeskPorts> =>
  actor<DeskPorts>()(
    'surveillance-desk',
    { in: { report: Priority.execution }, out: ['event'] },
    (context) => {
      let second = -1
      let fills = 0
      let isShut = false
      return {
        report(report) {
          context.emit('event', report)
          if (report.type !== 'order.filled' || isShut) return
          const now = Math.floor(context.now / NANOS_PER_SECOND)
          fills = now === second ? fills + 1 : 1
          second = now
          if (fills <= fillsPerSecond) return
          isShut = true
          const reason = `${fills} fills in second ${second}`
          context.emit('event', { type: 'control.tradingDisabled', time: context.now, reason })
        },
      }
    },
    String(fillsPerSecond),
  )

const rows = syntheticMarket({ seed: 11, durationSeconds: 60, rowsPerSecond: 1500 })
const maker = instantiate(strategy, { qtyLots: 10, halfSpreadTicks: 1, skewTicks: 8 })
const { configuration, feed, origin, venue, seed } = defineBacktest(
  { name: 'desk', instruments: { DEMO: { tickSize: '0.1', lotSize: '0.001', quote: 'USDT' } } },
  { DEMO: rows },
  maker,
)
const core = new Core(configuration, [maker])
const log = new EventLog()

const watched = topology('watched', {
  actors: {
    clock: clockActor(seed),
    feed: feedActor(feed),
    core: coreActor(core, log),
    queue: queueActor(),
    gate: gateActor(),
    scheduler: schedulerActor(),
    venue: fillSimulator(venue),
    feedback: feedbackActor(),
    desk: surveillanceDesk(2),
  },
  wires: ({ clock, feed, core, queue, gate, scheduler, venue, feedback, desk }) => [
    wire(clock.out.event, core.in.event),
    wire(feed.out.snapshot, core.in.event),
    wire(feed.out.local, core.in.market),
    wire(feed.out.exchange, venue.in.market),
    wire(feed.out.ended, clock.in.drain),
    wire(core.out.step, queue.in.step),
    wire(queue.out.step, gate.in.step),
    wire(gate.out.step, core.in.step),
    wire(core.out.request, venue.in.request),
    wire(core.out.request, feedback.in.request),
    wire(venue.out.records, feedback.in.records),
    wire(feedback.out.event, desk.in.report),
    wire(desk.out.event, core.in.event),
    wire(core.out.obligation, scheduler.in.obligation),
    wire(scheduler.out.event, core.in.control),
  ],
})

const system = startTopology(watched, { origin })
const denied: string[] = []
system.tap('core', 'summary').subscribe(({ event, result }) => {
  if (event.type === 'control.tradingDisabled') {
    console.log(`position ${result.position}: trading disabled, ${event.reason}`)
  }
  for (const { reason } of result.denials) denied.push(reason)
})
system.run()
console.log(`${denied.length} later quotes denied: ${[...new Set(denied)].join(', ')}`)
console.log(`position ${core.state.execution.accounts[0]!.position} lots`)
console.log(`event log ${log.hash()}`)
