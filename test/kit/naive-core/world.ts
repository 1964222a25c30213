import {
  type CoreEvent,
  type Dispatch,
  type MarketEvent,
  type OrderFilled,
  RowKind,
  type StepResult,
  WHOLE_SIDE,
} from '@escapement/core'
import { ask, bid, marketEvent, type Row, trade } from '../market.ts'
import { fillOf } from './fill-of.ts'
import type { NaiveCore } from './naive-core.ts'
import { hasEnded, type NaiveOrder } from './naive-orders.ts'
import type { Move, Session } from './session.ts'
import { unlawfulReport } from './unlawful.ts'

/** What a Runtime remembers of a session: its clock, its Venue's unanswered requests, the obligation. */
export class World {
  time = 1_000
  execIds = 0
  readonly unanswered: Dispatch[] = []
  obligation: StepResult['obligation'] = null
  readonly #unrecorded: Dispatch[] = []
  readonly #session: Session
  readonly #core: NaiveCore

  /** `core` is read for what is open: a Venue that knows its orders. */
  constructor(session: Session, core: NaiveCore) {
    this.#session = session
    this.#core = core
  }

  /** The dispatch records of one step; sent requests wait for the Venue. */
  recordsOf(dispatches: readonly Dispatch[]): CoreEvent[] {
    const { time } = this
    return dispatches.map((dispatch) => {
      const { kind, sequence, ...terms } = dispatch
      if ((sequence * 37 + 11) % 100 < this.#session.failures) {
        return { type: 'dispatch.failed', time, key: terms.key, kind, reason: 'not connected' }
      }
      this.#unrecorded.push(dispatch)
      return kind === 'new'
        ? { type: 'order.submitted', time, ...terms }
        : { type: 'intent.dispatched', time, key: terms.key, kind }
    })
  }

  /** What both Cores took: the last obligation holds, and a recorded request may be answered. */
  took(event: CoreEvent, { obligation }: StepResult): void {
    this.obligation = obligation
    if (event.type !== 'order.submitted' && event.type !== 'intent.dispatched') return
    const index = this.#unrecorded.findIndex(({ key }) => key === event.key)
    if (index >= 0) this.unanswered.push(...this.#unrecorded.splice(index, 1))
  }

  /** The Events of one move, in order. */
  eventsOf(move: Move): CoreEvent[] {
    this.time += move.wait
    switch (move.op) {
      case 'market':
        return [this.#market(move)]
      case 'venue':
        return this.#answer(move)
      case 'order':
        return this.#happenToOrder(move)
      case 'unlawful':
        return [unlawfulReport(move, this.time, this.#core)]
      case 'tick':
        return [this.#tick(move)]
      case 'control':
        return [this.#control(move)]
      case 'change':
        return [this.#change(move)]
    }
  }

  #market({ pick, how, much }: Move): MarketEvent {
    const rows: Row[] = []
    const center = 1_000 + (pick % 7) - 3
    const instrument = how % this.#core.books.length
    for (let i = 0; i <= much % 4; i += 1) {
      const away = ((how >> 1) * 5 + i * 3 + much) % 6
      rows.push(i % 2 === pick % 2 ? bid(center - away, (much + i) % 9) : ask(center + away, 1 + i))
    }
    if (how % 5 === 0) rows.push(trade(how % 2 === 0 ? 1 : -1, center, 1 + much))
    if (how % 17 === 3) {
      const price = pick % 3 === 0 ? WHOLE_SIDE : center
      rows.unshift({ kind: RowKind.CLEAR, side: pick % 2 === 0 ? 1 : -1, price, qty: 0 })
    }
    const event = marketEvent(this.time, rows, instrument)
    return how % 23 === 7 ? { ...event, type: 'market.snapshot' } : event
  }

  #answer(move: Move): CoreEvent[] {
    const index = this.unanswered.length === 0 ? -1 : move.pick % this.unanswered.length
    const [request] = index < 0 ? [] : this.unanswered.splice(index, 1)
    if (request === undefined) return this.#happenToOrder(move)
    const report = { time: this.time, exchTime: this.time - 500, key: request.key }
    const order = this.#core.execution.orders.get(request.key)
    const refused = move.how < this.#session.refusals
    const isOver = order === undefined || hasEnded(order)
    switch (request.kind) {
      case 'new': {
        if (order?.status !== 'submitted') return []
        if (refused) return [{ type: 'order.rejected', ...report, reason: 'refused' }]
        const accepted: CoreEvent = { type: 'order.accepted', ...report }
        if (move.much % 4 === 0) return [accepted, this.#fill(order, move.much)]
        return move.much % 9 === 1
          ? [accepted, { type: 'order.expired', ...report, reason: 'immediate' }]
          : [accepted]
      }
      case 'replace': {
        if (refused || isOver) return [{ type: 'order.replaceRejected', ...report, reason: 'late' }]
        const leavesQty = Math.max(0, request.qty - order.cum)
        const { price, qty } = request
        return [
          { type: 'order.replaced', ...report, price, qty: Math.max(qty, order.cum), leavesQty },
        ]
      }
      case 'cancel':
        if (refused || isOver) return [{ type: 'order.cancelRejected', ...report, reason: 'late' }]
        return [{ type: 'order.canceled', ...report }]
    }
  }

  #happenToOrder({ pick, how, much }: Move): CoreEvent[] {
    const orders = [...this.#core.execution.orders.values()].filter((order) => !hasEnded(order))
    const order = orders[pick % Math.max(1, orders.length)]
    if (order === undefined) return [this.#checkpoint()]
    const report = { time: this.time, exchTime: this.time, key: order.terms.key }
    if (order.status === 'submitted') {
      if (how > 5) return [this.#checkpoint()]
      const outcome = how % 2 === 0 ? 'canceled' : 'rejected'
      return [{ type: 'order.disposed', ...report, outcome, reason: 'disposition' }]
    }
    if (how < 4) return [{ type: 'order.expired', ...report, reason: 'time in force' }]
    if (how < 8) return [{ type: 'order.canceled', ...report }]
    if (how < 10) {
      return [{ type: 'order.disposed', ...report, outcome: 'canceled', reason: 'disposition' }]
    }
    return [this.#fill(order, how < 40 ? order.leaves : much)]
  }

  #fill({ terms, cum, leaves }: NaiveOrder, much: number): OrderFilled {
    const lastQty = Math.min(leaves, 1 + (much % Math.max(1, leaves)))
    this.execIds += 1
    return {
      ...fillOf(terms.key, this.time),
      instrument: terms.instrument,
      side: terms.side,
      execId: this.execIds,
      lastPrice: terms.orderType === 'market' ? 1_000 : terms.price,
      lastQty,
      cumQty: cum + lastQty,
      leavesQty: leaves - lastQty,
      fee: (much % 7) * 1_000 - 2_000,
    }
  }

  #tick({ pick, how }: Move): CoreEvent {
    if (this.obligation === null) return this.#checkpoint()
    const { due, reason } = this.obligation
    this.time = Math.max(this.time, due) + (how < 20 ? pick : 0)
    return { type: 'control.time', time: this.time, due, reason }
  }

  #control({ pick, how }: Move): CoreEvent {
    const { time } = this
    const reason = 'operator'
    if (how < 40) {
      return this.#core.tradingEnabled || how < 10
        ? { type: 'control.tradingDisabled', time, reason }
        : { type: 'control.tradingEnabled', time, reason }
    }
    const instrument = pick % this.#core.books.length
    if (how < 55) return { type: 'control.feedGap', time, instrument }
    if (how < 70) return { type: 'control.feedRestored', time, instrument }
    if (how < 72) {
      const strategy = pick % this.#core.strategies.length
      return { type: 'control.strategyDisabled', time, strategy, reason }
    }
    if (how < 73) return { type: 'control.sessionDraining', time, reason }
    if (how < 74) return { type: 'control.sessionEnded', time, reason }
    if (how < 90) return { type: 'control.signal', time, name: 's', version: 1, payload: [pick] }
    return this.#account(pick)
  }

  #account(pick: number): CoreEvent {
    const { time } = this
    const instrument = pick % this.#core.books.length
    const { position, cash, fees, funding } = this.#core.execution.accounts[instrument]!
    if (pick % 4 === 3) {
      const said = { mark: '100.05', rate: '0.0001', amount: ((pick % 9) - 4) * 1_000 }
      return { type: 'account.funded', time, exchTime: time, instrument, position, ...said }
    }
    const off = pick % 3
    const balance = Number(cash - fees + funding) + off * 100
    return { type: 'account.updated', time, exchTime: time, instrument, position, balance }
  }

  #change({ pick }: Move): CoreEvent {
    const { changes } = this.#session
    const index = pick % changes.length
    const version = `changed-${index}`
    const next = changes[index]!
    return { type: 'control.configurationChanged', time: this.time, version, changes: next }
  }

  #checkpoint(): CoreEvent {
    return { type: 'control.checkpoint', time: this.time, label: 'nothing' }
  }
}
