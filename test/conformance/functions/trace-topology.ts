import {
  Core,
  type CoreEvent,
  type Dispatch,
  defaultControlRules,
  defineStrategy,
  type Intent,
  millis,
  orderKey,
  type RateLimits,
  type StepResult,
  type StrategyInstance,
} from '@escapement/core'
import { type Actor, actor, Priority } from '../../../actors/actor.ts'
import { coreActor } from '../../../actors/core.actor.ts'
import { gateActor } from '../../../actors/gate.actor.ts'
import type { Journal, VenueReport } from '../../../actors/ports.ts'
import { queueActor } from '../../../actors/queue.actor.ts'
import { schedulerActor } from '../../../actors/scheduler.actor.ts'
import { startTopology } from '../../../runtime/run-topology.ts'
import { topology } from '../../../runtime/topology.ts'
import { wire } from '../../../runtime/wire.ts'
import { linear } from '../../kit/configuration.ts'
import { recordOf } from '../../kit/core-desk.ts'
import { ask, bid, marketEvent } from '../../kit/market.ts'
import { exact } from '../steps/grid.ts'
import type { TraceCase, TraceIntent } from './trace-format.ts'

/** What the trace calls an operation of the Core, as our topology did it. */
export type CoreTurn = { readonly event: string; readonly result: StepResult }
export type TraceRun = {
  readonly core: Core
  readonly turns: readonly CoreTurn[]
  readonly failedAt: string | null
}

export const nameOf = ({ kind, key }: Pick<Dispatch, 'kind' | 'key'>): string =>
  `${kind}:${String.fromCodePoint(key)}`

/** The world of the script: its wake-ups with data become Events at their times. */
type WorldPorts = { in: { tick: number }; out: { event: CoreEvent } }
const worldActor = (script: TraceCase['venue_script']): Actor<WorldPorts> =>
  actor<WorldPorts>()(
    'world',
    { in: { tick: Priority.market }, out: ['event'], optional: ['tick'] },
    (context) => {
      // The first wake-up of the reference sets its clock and nothing else.
      for (const [ms, code] of script.slice(1)) context.schedule(millis(ms), 'tick', code)
      return {
        tick(code) {
          const time = context.now
          if (code === 2) {
            const book = marketEvent(time, [bid(995, 10), ask(1005, 10)])
            context.emit('event', { ...book, type: 'market.snapshot' })
          } else if (code === 3) {
            const account = { instrument: 0, position: 0, balance: 0 }
            context.emit('event', { type: 'account.updated', time, exchTime: time, ...account })
          }
        },
      }
    },
  )

/** Says at once whether a request left, and acknowledges a NEW, as the reference's record does. */
type DeskPorts = { in: { request: Dispatch }; out: { report: VenueReport } }
const deskActor = (failures: readonly string[]): Actor<DeskPorts> =>
  actor<DeskPorts>()(
    'desk',
    { in: { request: Priority.venueRequest }, out: ['report'] },
    (context) => ({
      request(dispatch) {
        const time = context.now
        const { key, kind } = dispatch
        if (failures.includes(nameOf(dispatch))) {
          context.emit('report', { type: 'dispatch.failed', time, key, kind, reason: 'scripted' })
          return
        }
        context.emit('report', recordOf(dispatch, time) as VenueReport)
        if (kind === 'new')
          context.emit('report', { type: 'order.accepted', time, exchTime: time, key })
      },
    }),
  )

/** Events that the trace counts as calls of the Core; records of dispatches are its `ingest`. */
const CALLS: { readonly [type: string]: string } = {
  'market.snapshot': 'market',
  'account.updated': 'account_feedback',
  'control.time': 'control_time',
}

/** Runs core, queue, gate and scheduler of the standard topology in virtual time. */
export function runTrace(trace: TraceCase): TraceRun {
  const core = new Core(configurationOf(trace), [scripted(trace)])
  const turns: CoreTurn[] = []
  let calls = 0
  let failedAt: string | null = null
  const journal: Journal = {
    append(_position, event) {
      const call = CALLS[event.type]
      if (call !== undefined && ++calls === trace.core_failure_at_call) {
        failedAt = call
        throw new Error('injected')
      }
    },
    commit: () => undefined,
  }
  const system = startTopology(
    topology('trace', {
      actors: {
        world: worldActor(trace.venue_script),
        core: coreActor(core, journal),
        queue: queueActor(),
        gate: gateActor(),
        scheduler: schedulerActor(),
        desk: deskActor(trace.dispatch_failures),
      },
      wires: ({ world, core, queue, gate, scheduler, desk }) => [
        wire(world.out.event, core.in.event, { priority: Priority.market }),
        wire(core.out.step, queue.in.step),
        wire(queue.out.step, gate.in.step),
        wire(gate.out.step, core.in.step),
        wire(core.out.request, desk.in.request),
        wire(desk.out.report, core.in.event, { priority: Priority.execution }),
        wire(core.out.obligation, scheduler.in.obligation),
        wire(scheduler.out.event, core.in.control),
      ],
    }),
  )
  system.tap('core', 'summary').subscribe(({ event, result }) => {
    const call = CALLS[event.type]
    if (call !== undefined) turns.push({ event: call, result })
  })
  try {
    system.run()
  } catch (cause) {
    if (failedAt === null) throw cause
  }
  return { core, turns, failedAt }
}

function configurationOf({ rate_limits }: TraceCase) {
  const { max_orders_per_sec: orders, max_cancels_per_sec: cancels } = rate_limits
  const rateLimits: RateLimits = {
    ...(orders === null ? {} : { orders: exact(orders) }),
    ...(cancels === null ? {} : { cancels: exact(cancels) }),
  }
  return {
    version: '1',
    instruments: [linear],
    namespaces: ['trace'],
    risk: {},
    rateLimits,
    control: defaultControlRules,
  }
}

/** Answers the n-th market or account Event with the n-th list of the script. */
function scripted({ strategy: { feed, update } }: TraceCase): StrategyInstance {
  const said = new Map([
    ['market.snapshot', [...feed]],
    ['account.updated', [...update]],
  ])
  let last = ''
  const strategy = defineStrategy<unknown, null>({
    name: 'trace',
    trigger: { events: ['market.snapshot', 'account.updated'] },
    init: () => null,
    reduce: (memory, { type }) => {
      last = type
      return memory
    },
    decide: () => ({ intents: (said.get(last)?.shift() ?? []).map(intentOf) }),
  })
  return { strategy: strategy as unknown as StrategyInstance['strategy'], params: {} }
}

/** Ids of the traces are single letters: the key's counter is the letter's code. */
function intentOf([type, id, price]: TraceIntent): Intent {
  const key = orderKey(0, id.codePointAt(0)!)
  const common = { key, instrument: 0 }
  if (type === 'cancel') return { type: 'intent.cancel', ...common }
  const terms = { ...common, price: Math.round(price * 10), qty: 1 }
  if (type === 'replace') return { type: 'intent.replace', ...terms }
  return { type: 'intent.new', ...terms, side: 1, orderType: 'limit', timeInForce: 'GTC' }
}
