import {
  type CoreConfiguration,
  type CoreEvent,
  type Dispatch,
  defineStrategy,
  type Intent,
  type Obligation,
  type OrderKey,
  orderNamespace,
  type StepResult,
  type StrategyInstance,
} from '@escapement/core'
import { Desk, recordOf } from './core-desk.ts'
import { fitted, type Move, type Plan, type Wish } from './core-plans.ts'
import { cancel, newOrder, puppet, replace, saying } from './core-puppet.ts'

export { type Move, type Plan, plans } from './core-plans.ts'

export type Observer = (desk: Desk, event: CoreEvent, result: StepResult) => void

/** Both strategies of a session: one told by the moves, one with a will of its own. */
export const strategies = (): StrategyInstance[] => [puppet(), quoter()]

/** Every fifth Event: quotes one order at the bid, follows it, and takes it away again. */
const quoter = (): StrategyInstance => ({
  strategy: defineStrategy<unknown, { readonly turn: number }>({
    name: 'quoter',
    trigger: { everyNth: 5 },
    init: () => ({ turn: 0 }),
    decide(view, { turn }) {
      const memory = { turn: turn + 1 }
      const touch = view.touch(0)
      if (touch === null) return { memory }
      const mine = view.openOrders(0).find(({ key }) => orderNamespace(key) === 1)
      const terms = { instrument: 0, price: touch.bid, qty: 1 + (turn % 4) }
      const intent: Intent =
        mine === undefined
          ? { ...newOrder(0, 1, terms.price, terms.qty), key: view.newOrderKey() }
          : turn % 3 === 0
            ? { type: 'intent.cancel', key: mine.key, instrument: 0 }
            : { type: 'intent.replace', key: mine.key, ...terms }
      return { intents: [intent], memory, wakeAt: view.now + 700_000_000 }
    },
  }) as unknown as StrategyInstance['strategy'],
  params: {},
})

type AtVenue = { dispatch: Dispatch; price: number; qty: number; cum: number; open: boolean }

/** Plays a plan from its first Event; `observe` sees every step. */
export function play({ config, moves }: Plan, observe: Observer = () => {}): Desk {
  const session = new Session(config, observe)
  for (const each of moves) session.make(each)
  return session.desk
}

class Session {
  readonly desk: Desk
  readonly #observe: Observer
  readonly #orders = new Map<OrderKey, AtVenue>()
  readonly #requests: Dispatch[] = []
  #records: Dispatch[] = []
  #obligation: Obligation | null = null
  #highest = 0
  #lag = 0
  #fails = false

  constructor(config: CoreConfiguration, observe: Observer) {
    this.desk = new Desk(config, strategies())
    this.#observe = observe
    this.#step({ type: 'control.sessionStarted', time: 0, seed: 1 })
  }

  make(move: Move): void {
    const { desk } = this
    const time = desk.now
    switch (move.do) {
      case 'market':
        return this.#watch(() => desk.quote(move.bid, move.bid + move.spread, move.instrument))
      case 'say': {
        const wakeAt =
          move.wake === 0 ? undefined : Math.max(time, desk.state.control.clock) + move.wake
        return this.#step(
          saying(
            time,
            move.wishes.map((each) => this.#intent(each)),
            wakeAt,
          ),
        )
      }
      case 'answer':
        return this.#answer(move.pick, move.how)
      case 'happen':
        return this.#happen(move.pick, move.how, move.qty)
      case 'wait':
        return this.#wait(time + move.ns)
      case 'trading': {
        const type = move.on ? 'control.tradingEnabled' : 'control.tradingDisabled'
        return this.#step({ type, time, reason: 'test' })
      }
      case 'configure': {
        const changes = fitted(move.changes, desk.state.configuration)
        return this.#step({ type: 'control.configurationChanged', time, version: '2', changes })
      }
      case 'lag':
        this.#lag = 2
        return
      case 'fail':
        this.#fails = true
    }
  }

  #step(event: CoreEvent): void {
    this.#watch(() => this.desk.step(event))
  }

  /** One step, the Runtime's bookkeeping after it, and the records of what left. */
  #watch(step: () => StepResult): void {
    const result = step()
    for (const { cause } of result.failures) throw cause
    this.#obligation = result.obligation
    this.#records.push(...result.dispatches)
    this.#observe(this.desk, this.desk.events.at(-1)!, result)
    if (this.#lag > 0 && --this.#lag > 0) return
    const dispatch = this.#records.shift()
    if (dispatch !== undefined) this.#transmit(dispatch)
  }

  #transmit(dispatch: Dispatch): void {
    const { kind, key, price, qty } = dispatch
    const time = this.desk.now
    if (this.#fails) {
      this.#fails = false
      this.#step({ type: 'dispatch.failed', time, key, kind, reason: 'test' })
      return
    }
    this.#requests.push(dispatch)
    if (kind === 'new') this.#orders.set(key, { dispatch, price, qty, cum: 0, open: false })
    this.#step(recordOf(dispatch, time))
  }

  #intent({ kind, pick, side, price, qty, instrument }: Wish): Intent {
    if (kind === 'new' && pick % 10 > 0) {
      return newOrder(++this.#highest, side, price, qty, { instrument })
    }
    const counter = 1 + (pick % (this.#highest + 1))
    if (kind === 'new') return newOrder(counter, side, price, qty, { instrument })
    return kind === 'replace' ? replace(counter, price, qty) : cancel(counter)
  }

  /** The Venue answers one of its requests; of one order the oldest first. */
  #answer(pick: number, how: number): void {
    if (this.#requests.length === 0) return
    const { key } = this.#requests[pick % this.#requests.length]!
    const [request] = this.#requests.splice(
      this.#requests.findIndex((each) => each.key === key),
      1,
    )
    const order = this.#orders.get(key)!
    const report = { time: this.desk.now, exchTime: this.desk.now, key }
    const { kind, price, qty } = request!
    if (kind === 'new') {
      if (how === 0) return this.#step({ type: 'order.rejected', ...report, reason: 'test' })
      if (how === 1) {
        const given = { type: 'order.disposed', outcome: 'canceled', reason: 'lost' } as const
        return this.#step({ ...given, ...report })
      }
      order.open = true
      return this.#step({ type: 'order.accepted', ...report })
    }
    const refused = how < 3 || !order.open || (kind === 'replace' && qty <= order.cum)
    if (kind === 'replace') {
      if (refused) return this.#step({ type: 'order.replaceRejected', ...report, reason: 'test' })
      Object.assign(order, { price, qty })
      const leavesQty = qty - order.cum
      return this.#step({ type: 'order.replaced', ...report, price, qty, leavesQty })
    }
    if (refused) return this.#step({ type: 'order.cancelRejected', ...report, reason: 'test' })
    order.open = false
    this.#step({ type: 'order.canceled', ...report })
  }

  /** What the Venue does of its own accord with an order that works. */
  #happen(pick: number, how: number, qty: number): void {
    const open = [...this.#orders.values()].filter((order) => order.open)
    const order = open[pick % open.length]
    if (order === undefined) return
    const { key, side, instrument } = order.dispatch
    const report = { time: this.desk.now, exchTime: this.desk.now, key }
    if (how < 2) {
      order.open = false
      const type = how === 0 ? 'order.expired' : 'order.canceled'
      return this.#step({ type, ...report, ...(how === 0 ? { reason: 'test' } : {}) } as CoreEvent)
    }
    const lastQty = Math.min(qty, order.qty - order.cum)
    order.cum += lastQty
    const leavesQty = order.qty - order.cum
    if (leavesQty === 0) order.open = false
    this.#step({
      type: 'order.filled',
      ...report,
      instrument,
      side,
      execId: this.desk.events.length,
      lastPrice: order.price,
      lastQty,
      cumQty: order.cum,
      leavesQty,
      liquidity: 'maker',
      fee: how - 4,
      cause: 'trade',
      causeRow: -1,
      queueBefore: 0,
      queueAfter: 0,
    })
  }

  #wait(until: number): void {
    const { desk } = this
    while (this.#obligation !== null && this.#obligation.due <= until) {
      const { due, reason } = this.#obligation
      desk.at(Math.max(desk.now, due))
      this.#step({ type: 'control.time', time: desk.now, due, reason })
    }
    desk.at(until)
  }
}
