import {
  Core,
  type CoreConfiguration,
  type CoreEvent,
  type Dispatch,
  type Intent,
  type NewIntent,
  type OrderFilled,
  type OrderReport,
  orderChart,
  orderKey,
  type PendingCommand,
  type StepResult,
  type StrategyInstance,
} from '@escapement/core'
import { configuration } from './configuration.ts'
import { puppet, saying } from './core-puppet.ts'
import { ask, bid, marketEvent } from './market.ts'

/** What a report says besides its order; the desk fills in the rest. */
type Loose<T> = T extends unknown ? Omit<T, 'time' | 'exchTime' | 'key'> : never

/**
 * A Core with a puppet strategy and nobody around it: the test plays Runtime and Venue, one Event
 * at a time. Orders are named by the counter of their key.
 */
export class Desk {
  readonly core: Core
  readonly events: CoreEvent[] = []
  readonly results: StepResult[] = []
  now = 0

  constructor(
    parts: Parameters<typeof configuration>[0] | CoreConfiguration = {},
    strategies: readonly StrategyInstance[] = [puppet()],
    core: Core = new Core('version' in parts ? parts : configuration(parts), strategies),
  ) {
    this.core = core
  }

  get state() {
    return this.core.state
  }

  step(event: CoreEvent): StepResult {
    const result = this.core.step(this.state.control.nextPosition, event)
    this.events.push(event)
    this.results.push(result)
    return result
  }

  /** Moves the time of later Events. */
  at(time: number): this {
    this.now = time
    return this
  }

  start(): this {
    this.step({ type: 'control.sessionStarted', time: this.now, seed: 7 })
    return this
  }

  /** One level a side, so that there is a mid. */
  quote(bidPrice: number, askPrice: number, instrument = 0): StepResult {
    const bids = [bid(bidPrice, 1000), ask(askPrice, 1000)]
    const event = marketEvent(this.now, bids, instrument)
    return this.step({ ...event, type: 'market.snapshot' })
  }

  say(...intents: Intent[]): StepResult {
    return this.step(saying(this.now, intents))
  }

  /** A Control-Time Event, realised at its due time. */
  wake(due: number, reason: 'rate' | 'wakeUp' = 'rate'): StepResult {
    this.now = Math.max(this.now, due)
    return this.step({ type: 'control.time', time: this.now, due, reason })
  }

  /** Appends the dispatch records of a result, as the Runtime does before anything else. */
  transmit({ dispatches }: StepResult): StepResult[] {
    return dispatches.map((dispatch) => this.step(recordOf(dispatch, this.now)))
  }

  report(counter: number, report: Loose<OrderReport>): StepResult {
    const key = orderKey(0, counter)
    return this.step({ ...report, time: this.now, exchTime: this.now, key } as OrderReport)
  }

  accept(counter: number): StepResult {
    return this.report(counter, { type: 'order.accepted' })
  }

  /** A fill of `qty` at the order's own price, cumulative as the Venue counts. */
  fill(counter: number, qty: number, parts: Partial<OrderFilled> = {}): StepResult {
    const order = this.order(counter)
    const cumQty = (order?.cumQty ?? 0) + qty
    return this.report(counter, {
      type: 'order.filled',
      instrument: order?.instrument ?? 0,
      side: order?.side ?? 1,
      execId: this.results.length,
      lastPrice: order?.price ?? 100,
      lastQty: qty,
      cumQty,
      leavesQty: Math.max(0, (order?.qty ?? cumQty) - cumQty),
      liquidity: 'maker',
      fee: 0,
      cause: 'unknown',
      causeRow: -1,
      queueBefore: 0,
      queueAfter: 0,
      ...parts,
    })
  }

  /** An order that is working at the Venue. */
  working(intent: NewIntent): void {
    this.transmit(this.say(intent))
    this.step({ type: 'order.accepted', time: this.now, exchTime: this.now, key: intent.key })
  }

  order(counter: number) {
    return this.state.execution.orders.get(orderKey(0, counter))
  }

  status(counter: number): string {
    const order = this.order(counter)
    return order === undefined ? 'none' : orderChart.states[order.status]!
  }

  pending(counter: number): PendingCommand | undefined {
    return this.state.execution.work.queue.get(orderKey(0, counter))
  }

  inflight(counter: number): string | undefined {
    return this.state.execution.inflight.get(orderKey(0, counter))?.kind
  }

  position(instrument = 0): number {
    return this.state.execution.accounts[instrument]!.position
  }
}

export function recordOf(dispatch: Dispatch, time: number): CoreEvent {
  const { kind, sequence: _, ...terms } = dispatch
  return kind === 'new'
    ? { type: 'order.submitted', time, ...terms }
    : { type: 'intent.dispatched', time, key: terms.key, kind }
}

/** Kinds and counters of what left, such as `new 1`. */
export const left = ({ dispatches }: StepResult): string[] =>
  dispatches.map(({ kind, key }) => `${kind} ${key % 2 ** 40}`)
export const closed = ({ closures }: StepResult): string[] =>
  closures.map(({ kind, key, reason }) => `${kind} ${key % 2 ** 40} ${reason}`)
export const denied = ({ denials }: StepResult): string[] => denials.map(({ reason }) => reason)
export const flagged = ({ anomalies }: StepResult): string[] => anomalies.map(({ kind }) => kind)
