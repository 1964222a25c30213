import { type CoreEvent, type OrderKey, orderChart } from '@escapement/core'
import { Clock } from './clock.ts'
import { Events } from './events.ts'
import { type Entry, entriesOf, type Step, type Vector } from './format.ts'
import { type Listed, listInstruments } from './instruments.ts'
import { Keys } from './keys.ts'
import { configurationOf, intentOf } from './mapping.ts'
import type { Note, Outcome } from './outcome.ts'
import { type Decision, refusedField, Turn } from './turn.ts'

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
  readonly #clock: Clock
  readonly #events: Events
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
    this.#clock = new Clock(vector)
    this.#events = new Events({
      vector,
      instruments: this.instruments,
      keys: this.keys,
      clock: this.#clock,
      state: () => this.turn.state,
      restated: () => this.#notes.add('accountRestated'),
    })
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
    return time === 0 ? '0' : this.#clock.text(time)
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
      const failed = decision.result.failures[0]?.stage === 'strategy'
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
      // A NEW that we did not dispatch has no record of a hand-over; what differs then will show.
      if (type === 'new') continue
      const key = this.keys.forChange({ instrument, id: client_order_id })
      this.turn.reduce({ type: 'intent.dispatched', time, key, kind: type })
    }
  }

  /** Takes the Event of the decision out of `events`; a signal at `now_ns` where that is later. */
  #lastEvent(events: CoreEvent[], { now_ns }: Step): CoreEvent {
    const now = this.#clock.time(now_ns)
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
    const time = this.#clock.time(event.ts_ns_local ?? step.now_ns)
    const mapped = this.#events.eventsOf(event, index, time)
    this.#checkPosition(position, mapped[0]!)
    const oneSided = event.type === 'market' && (!event.bids?.length || !event.asks?.length)
    if (event.type === 'trade' || oneSided) {
      if (this.turn.wouldTake(mapped[0]!)) {
        this.#notes.add(oneSided ? 'oneSidedBookTaken' : 'tradeTaken')
        throw new Taken()
      }
    }
    if (event.type === 'account_feedback') this.#events.fed(event)
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
}

/** Ends a step that the reference refuses and we take: the vector goes on from the State before it. */
class Taken extends Error {}

const KINDS: { readonly [field: string]: string } = {
  position: 'non_monotonic_position',
  instrument: 'configuration',
  type: 'unsupported_event',
}

export const statusName = (status: number): string => orderChart.states[status]!
