import { type CoreEvent, orderChart, type State } from '@escapement/core'
import { isOpen } from '../../../core/commands/dominance.ts'
import type { Clock } from './clock.ts'
import { entriesOf, type Vector, type VectorEvent } from './format.ts'
import { type Listed, lotsOf, ticksOf } from './instruments.ts'
import type { Keys, OrderName } from './keys.ts'
import { accountOf, bookOf, fillOf, submittedOf, tradeOf } from './mapping.ts'

export type EventParts = {
  readonly vector: Vector
  readonly instruments: ReadonlyMap<string, Listed>
  readonly keys: Keys
  readonly clock: Clock
  readonly state: () => State
  /** Called when a fill makes the mapping state the account again. */
  readonly restated: () => void
}

/** The Events of the corpus as ours, given what our State knows; `mapping.ts` has the table. */
export class Events {
  readonly #vector: Vector
  readonly #instruments: EventParts['instruments']
  readonly #keys: Keys
  readonly #clock: Clock
  readonly #state: () => State
  readonly #restated: () => void
  readonly #feedback = new Map<string, { readonly position: number; readonly balance: number }>()

  constructor(parts: EventParts) {
    this.#vector = parts.vector
    this.#instruments = parts.instruments
    this.#keys = parts.keys
    this.#clock = parts.clock
    this.#state = parts.state
    this.#restated = parts.restated
  }

  /** Remembers an account feedback that the Core accepts. */
  fed({ instrument = '', position = 0, balance = 0 }: VectorEvent): void {
    this.#feedback.set(instrument, { position, balance })
  }

  /** Our Events for one entry of the step `index`, whose `now_ns` is the default of times. */
  eventsOf(event: VectorEvent, index: number, time: number): CoreEvent[] {
    const name: OrderName = { instrument: event.instrument ?? '', id: event.client_order_id ?? '' }
    const listed = this.#instruments.get(name.instrument)
    const exchTime = this.#clock.time(event.ts_ns_exch ?? this.#clock.text(time))
    if (event.type === 'control_time') {
      const due = event.obligation_due_ts_ns_local ?? event.due_ts_ns_local
      return [
        {
          type: 'control.time',
          time,
          due: Math.min(time, due ? this.#clock.time(due) : time),
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
    const key = this.#keys.forReport(name)
    const { orders, inflight } = this.#state().execution
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
    const key = this.#keys.forSubmission(name)
    const order = this.#state().execution.orders.get(key)
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
    const key = this.#keys.forReport(name)
    const { cumQty = 0, qty = 0 } = this.#state().execution.orders.get(key) ?? {}
    const execId = this.#state().control.nextPosition
    const { position_limits, notional_limits, max_loss } = this.#vector.configuration.risk ?? {}
    const asked = position_limits ?? notional_limits ?? max_loss
    if (this.#feedback.has(name.instrument) || asked !== undefined) {
      this.#restated()
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
}
