import { type CoreEvent, type OrderKey, orderChart } from '@escapement/core'
import { isOpen } from '../../../core/commands/dominance.ts'
import { type Entry, entriesOf, type Step, type Vector, type VectorEvent } from './format.ts'
import { type Listed, listInstruments, lotsOf, ticksOf } from './instruments.ts'
import { Keys, type OrderName } from './keys.ts'
import {
  accountOf,
  bookOf,
  configurationOf,
  fillOf,
  intentOf,
  submittedOf,
  tradeOf,
} from './mapping.ts'
import { type Decision, refusedField, Turn } from './turn.ts'

/** What a step did with us, beside the State it left. */
export type Outcome = {
  readonly decision: Decision | null
  readonly error: string | null
  /** Facts about the step that rules may refer to. */
  readonly notes: ReadonlySet<Note>
}

export type Note =
  /** The position left a gap; our Core refused it and the harness renumbered. */
  | 'gapRefused'
  /** The reference refuses this; our Core took it on a copy of the State. */
  | 'tradeTaken'
  | 'oneSidedBookTaken'
  /** The decision was made later than the step's Events say. */
  | 'decidedLater'
  /** A fill moved the account, and the mapping restated what the last feedback said. */
  | 'accountRestated'
  /** The step has no policy, so nothing is decided. */
  | 'undecided'
  /** What a request under way asks for is not known to the orders yet when the step decides. */
  | 'askedUnderWay'
  /** A REPLACE of a partly filled order is queued when the step decides. */
  | 'replaceOfPartlyFilled'
  /** `now_ns` is before the clock, which never goes back. */
  | 'nowBeforeClock'

/** Everything of a drive that a step changes. */
type Saved = {
  readonly bytes: Uint8Array
  readonly cursor: number | null
  readonly dispatched: Decision['dispatched']
}

/** One vector through the real Core. */
export class Drive {
  readonly turn: Turn
  readonly instruments: ReadonlyMap<string, Listed>
  readonly keys: Keys
  readonly #vector: Vector
  readonly #origin: bigint
  readonly #feedback = new Map<string, { readonly position: number; readonly balance: number }>()
  #cursor: number | null = null
  /** What the last step dispatched: under way with us, handed over only if the next step marks it. */
  #dispatched: Decision['dispatched'] = []
  #notes = new Set<Note>()
  /** Refs to leave out of a step that is decided with the reference's verdicts; else null. */
  #without: ReadonlySet<string> | null = null
  /** Allowed Intents that our Core closed although the reference queued them, by ref. */
  readonly duplicates = new Set<string>()
  /** Ids whose NEW the corpus marked as handed over. */
  readonly markedNew = new Set<string>()
  /** Times of decisions that no Event of the corpus has. */
  readonly decisionTimes = new Set<string>()

  constructor(vector: Vector) {
    this.#vector = vector
    this.instruments = listInstruments(vector)
    this.turn = new Turn(configurationOf(vector, this.instruments.values()))
    this.keys = new Keys(() => this.turn.state)
    this.#origin = originOf(vector)
  }

  /** Position of the corpus that the Core accepted last. */
  get cursor(): number | null {
    return this.#cursor
  }

  /** Whether this key's request left in the last step, so that nobody has handed it over yet. */
  justDispatched(key: OrderKey): boolean {
    return this.#dispatched.some(({ dispatch }) => dispatch.key === key)
  }

  /** A time of ours as the corpus writes it; "0" before the first Event. */
  nanosOf(time: number): string {
    return time === 0 ? '0' : String(this.#origin + BigInt(time))
  }

  save(): Saved {
    return { bytes: this.turn.save(), cursor: this.#cursor, dispatched: this.#dispatched }
  }

  /** Takes the last step back and decides it with the reference's verdicts. */
  again(index: number, saved: Saved, without: ReadonlySet<string>): Outcome {
    this.turn.load(saved.bytes)
    this.#cursor = saved.cursor
    this.#dispatched = saved.dispatched
    this.#without = without
    const outcome = this.step(index)
    this.#without = null
    return outcome
  }

  step(index: number): Outcome {
    this.#notes = new Set()
    this.keys.startStep()
    const step = this.#vector.steps[index]!
    const { policy = true, execution_control = true } = this.#vector.configuration.mode ?? {}
    // Execution Control takes `Allowed` Intents only, so this composition does not compile here;
    // see the @ts-expect-error in conformance.test.ts.
    if (!policy && execution_control) return this.#outcome(null, 'execution_without_policy')
    this.#handOver(step)
    const entries = entriesOf(step)
    try {
      for (const entry of entries.slice(0, -1)) {
        for (const event of this.#eventsOf(entry, index, step)) this.turn.reduce(event)
        this.#cursor = entry.position
      }
      const entry = entries.at(-1)
      const events = entry === undefined ? [] : [...this.#eventsOf(entry, index, step)]
      const last = this.#lastEvent(events, step)
      for (const event of events) this.turn.reduce(event)
      if (!policy) {
        this.turn.reduce(last)
        this.#notes.add('undecided')
        this.#cursor = entry?.position ?? this.#cursor
        return this.#outcome(null, null)
      }
      const decision = this.#decide(last, index, step)
      this.#cursor = entry?.position ?? this.#cursor
      this.#dispatched = decision.dispatched
      for (const ref of decision.duplicates) this.duplicates.add(ref)
      const failed = decision.result.failure?.stage === 'strategy'
      return this.#outcome(decision, failed ? 'strategy_failure' : null)
    } catch (cause) {
      if (cause instanceof Taken) return this.#outcome(null, null)
      const field = refusedField(cause)
      if (field === null) throw cause
      return this.#outcome(null, KINDS[field] ?? `refused ${field}`)
    }
  }

  #decide(last: CoreEvent, index: number, step: Step): Decision {
    const without = this.#without
    if (without === null) return this.turn.decide(last, () => this.#intentsOf(index, step))
    this.turn.reduce(last)
    const time = this.turn.state.control.clock
    return this.turn.decideWithout({ type: 'control.checkpoint', time, label: '' }, () =>
      this.#intentsOf(index, step).filter(({ ref }) => !without.has(ref)),
    )
  }

  #outcome(decision: Decision | null, error: string | null): Outcome {
    return { decision, error, notes: this.#notes }
  }

  /** Marks of the step: what they confirm stays under way, what they leave out never left. */
  #handOver({ mark_sent = [] }: Step): void {
    const time = this.turn.state.control.clock
    const open = [...mark_sent]
    for (const { dispatch } of this.#dispatched) {
      const { key, kind } = dispatch
      const name = this.keys.nameOf(key)
      const at = open.findIndex((mark) => {
        const same = mark.instrument === name.instrument && mark.client_order_id === name.id
        return same && mark.type === kind
      })
      if (at >= 0) open.splice(at, 1)
      else this.turn.reduce({ type: 'dispatch.failed', time, key, kind, reason: 'not handed over' })
    }
    this.#dispatched = []
    for (const { instrument, client_order_id, type } of mark_sent) {
      if (type === 'new') this.markedNew.add(`${instrument}.${client_order_id}`)
    }
    for (const { instrument, client_order_id, type } of open) {
      if (type === 'new') throw new Error('a NEW is marked that was not dispatched')
      const key = this.keys.forChange({ instrument, id: client_order_id })
      this.turn.reduce({ type: 'intent.dispatched', time, key, kind: type })
    }
  }

  /** Takes the Event of the decision out of `events`; a signal at `now_ns` where that is later. */
  #lastEvent(events: CoreEvent[], { now_ns }: Step): CoreEvent {
    const now = this.#time(now_ns)
    const reached = events.reduce(
      (max, { time }) => Math.max(max, time),
      this.turn.state.control.clock,
    )
    const last = events.at(-1)
    if (now < reached) this.#notes.add('nowBeforeClock')
    if (last !== undefined && reached >= now) {
      events.pop()
      return last
    }
    this.#notes.add('decidedLater')
    this.decisionTimes.add(this.nanosOf(now))
    return { type: 'control.signal', time: now, name: 'decide', version: 1, payload: [] }
  }

  #intentsOf(index: number, { intents = [], strategy }: Step) {
    if (strategy === 'error') throw new Error('the vector says that the strategy fails')
    if (strategy === 'none') return []
    const { inflight, orders, work } = this.turn.state.execution
    for (const { asked } of inflight.values()) if (asked !== null) this.#notes.add('askedUnderWay')
    for (const { key, kind } of work.queue.values()) {
      const filled = orders.get(key)?.cumQty ?? 0
      if (kind === 'replace' && filled > 0) this.#notes.add('replaceOfPartlyFilled')
    }
    return intents.map((intent, k) => {
      const name = { instrument: intent.instrument, id: intent.client_order_id }
      const key = intent.type === 'new' ? this.keys.forNew(name) : this.keys.forChange(name)
      return {
        intent: intentOf(intent, this.instruments.get(name.instrument)!, key),
        ref: `${index}.${k}`,
      }
    })
  }

  *#eventsOf({ position, event }: Entry, index: number, step: Step): Iterable<CoreEvent> {
    const time = this.#time(event.ts_ns_local ?? step.now_ns)
    const mapped = this.#mapped(event, index, time)
    this.#checkPosition(position, mapped[0]!)
    const oneSided = event.type === 'market' && (!event.bids?.length || !event.asks?.length)
    if (event.type === 'trade' || oneSided) {
      if (this.turn.wouldTake(mapped[0]!)) {
        this.#notes.add(oneSided ? 'oneSidedBookTaken' : 'tradeTaken')
        throw new Taken()
      }
    }
    if (event.type === 'account_feedback') {
      const { position: held = 0, balance = 0 } = event
      this.#feedback.set(event.instrument!, { position: held, balance })
    }
    yield* mapped
  }

  /** Positions of ours are dense; a gap has to be refused before the harness closes it. */
  #checkPosition(position: number, event: CoreEvent): void {
    const next = this.turn.state.control.nextPosition
    const due = this.#cursor === null ? position : this.#cursor + 1
    if (position < due) this.turn.core.validate(next - (due - position), event)
    if (position <= due) return
    try {
      this.turn.core.validate(next + position - due, event)
    } catch (cause) {
      if (refusedField(cause) === 'position') this.#notes.add('gapRefused')
    }
  }

  #mapped(event: VectorEvent, index: number, time: number): CoreEvent[] {
    const name: OrderName = { instrument: event.instrument ?? '', id: event.client_order_id ?? '' }
    const listed = this.instruments.get(name.instrument)
    const exchTime = this.#time(event.ts_ns_exch ?? this.#text(time))
    if (event.type === 'control_time') {
      const due = event.obligation_due_ts_ns_local ?? event.due_ts_ns_local
      return [
        {
          type: 'control.time',
          time,
          due: Math.min(time, due ? this.#time(due) : time),
          reason: 'rate',
        },
      ]
    }
    if (listed === undefined) return [{ type: event.type, time } as unknown as CoreEvent]
    switch (event.type) {
      case 'market':
        return [bookOf(event, listed, time, exchTime)]
      case 'trade':
        return [tradeOf(event, listed, time, exchTime)]
      case 'order_submitted':
        return this.#submission(event, listed, name, index, time)
      case 'fill':
        return this.#fill(event, listed, name, time, exchTime)
      case 'order_canceled':
      case 'order_rejected':
      case 'order_expired':
        return this.#ending(event.type, name, time, exchTime)
      case 'account_feedback': {
        const { position = 0, balance = 0 } = event
        return [accountOf(listed, time, { position, balance })]
      }
      default:
        return [{ type: event.type, time } as unknown as CoreEvent]
    }
  }

  #ending(type: string, name: OrderName, time: number, exchTime: number): CoreEvent[] {
    const key = this.keys.forReport(name)
    const { orders, inflight } = this.turn.state.execution
    const order = orders.get(key)
    const report = { time, exchTime, key }
    const request = inflight.get(key)
    const terms = request?.kind === 'new' ? request.asked : null
    // A NEW that was handed over: the answer proves its record, which the corpus leaves out.
    const before: CoreEvent[] =
      terms === null ? [] : [{ type: 'order.submitted', ...terms, time: request!.time }]
    if (terms !== null && type !== 'order_rejected')
      before.push({ type: 'order.accepted', ...report })
    if (type === 'order_expired')
      return [...before, { type: 'order.expired', ...report, reason: '' }]
    // The Venue rejects what it has not accepted; what ends an accepted order is a cancellation.
    const accepted = isOpen(order) && order.status !== orderChart.state.submitted
    if (type === 'order_canceled' || accepted)
      return [...before, { type: 'order.canceled', ...report }]
    return [...before, { type: 'order.rejected', ...report, reason: '' }]
  }

  #submission(
    event: VectorEvent,
    listed: Listed,
    name: OrderName,
    index: number,
    time: number,
  ): CoreEvent[] {
    const key = this.keys.forSubmission(name)
    const order = this.turn.state.execution.orders.get(key)
    if (isOpen(order)) {
      const price = ticksOf(listed, event.price!)
      const qty = lotsOf(listed, event.qty!)
      const leavesQty = Math.max(0, qty - order.cumQty)
      return [{ type: 'order.replaced', time, exchTime: time, key, price, qty, leavesQty }]
    }
    const submitted = submittedOf(event, listed, key, time)
    if (this.#isRejectedLater(name, index)) return [submitted]
    return [submitted, { type: 'order.accepted', time, exchTime: time, key }]
  }

  /**
   * Whether the next report for this id is a rejection, and nothing is asked of the order before
   * it: then the Venue never accepted it.
   */
  #isRejectedLater({ instrument, id }: OrderName, index: number): boolean {
    for (const step of this.#vector.steps.slice(index + 1)) {
      const asked = (step.intents ?? []).some((intent) => {
        return intent.instrument === instrument && intent.client_order_id === id
      })
      if (asked) return false
      for (const { event } of entriesOf(step)) {
        if (event.instrument !== instrument || event.client_order_id !== id) continue
        return event.type === 'order_rejected'
      }
    }
    return false
  }

  #fill(
    event: VectorEvent,
    listed: Listed,
    name: OrderName,
    time: number,
    exchTime: number,
  ): CoreEvent[] {
    const key = this.keys.forReport(name)
    const { cumQty = 0, qty = 0 } = this.turn.state.execution.orders.get(key) ?? {}
    const execId = this.turn.state.control.nextPosition
    const { position_limits, notional_limits, max_loss } = this.#vector.configuration.risk ?? {}
    const asked = position_limits ?? notional_limits ?? max_loss
    if (this.#feedback.has(name.instrument) || asked !== undefined) {
      this.#notes.add('accountRestated')
    }
    const fill = fillOf(event, listed, key, { cumQty, qty }, { time, exchTime, execId })
    return [fill, this.#account(listed, time)]
  }

  /**
   * The account as last fed back. The reference's moves by feedback alone and ours by fills as well
   * (DESIGN 8, two sources of position), so after a fill the vector's feedback is stated again.
   */
  #account(listed: Listed, time: number): CoreEvent {
    return accountOf(listed, time, this.#feedback.get(listed.name) ?? { position: 0, balance: 0 })
  }

  #time(nanos: string): number {
    return Number(BigInt(nanos) - this.#origin)
  }

  #text(time: number): string {
    return String(this.#origin + BigInt(time))
  }
}

/** Ends a step that the reference refuses and we take: the vector goes on from the State before it. */
class Taken extends Error {}

const KINDS: { readonly [field: string]: string } = {
  position: 'non_monotonic_position',
  instrument: 'configuration',
  type: 'unsupported_event',
}

/** One ns before the first time of the vector, so that time 0 is "before the first Event". */
function originOf(vector: Vector): bigint {
  const times = vector.steps.flatMap((step) => [
    BigInt(step.now_ns),
    ...entriesOf(step).map(({ event }) => BigInt(event.ts_ns_local ?? step.now_ns)),
  ])
  return times.reduce((min, time) => (time < min ? time : min), times[0] ?? 1n) - 1n
}

export const statusName = (status: number): string => orderChart.states[status]!
