import {
  type Core,
  type CoreEvent,
  type Dispatch,
  formatDecimal,
  type OrderFilled,
} from '@escapement/core'
import type { StepSummary } from '../../actors/core.actor.ts'
import { Fnv } from './fnv.ts'
import { asked, heard, type OwnOrder, submitted } from './own-orders.ts'

export type FillRow = { readonly fill: OrderFilled; readonly orderPrice: number }

/** What became of one order: its own copy at the end, and the last answer that was no late reject. */
type Fate = {
  own: OwnOrder
  readonly submitTime: number
  readonly firstPrice: number
  readonly timeInForce: string
  exchTime: bigint
  localTime: bigint
}

/** A state sample of the reference: every hundredth is recorded there. */
export type Sample = {
  readonly n: number
  readonly ts: string
  readonly bid: number
  readonly ask: number
  readonly position_lots: number
  readonly cash_ticklots: string
  readonly fills: number
  readonly equity: number
  readonly hash: string
}

const EVERY = 100

/**
 * Watches a parity session from outside and writes down what the reference writes down: each
 * execution, each order's fate, each state sample.
 */
export class Observer {
  steps = 0
  lastStepTime: number | null = null
  lastResponseTime: number | null = null
  readonly fills: FillRow[] = []
  readonly fates: Fate[] = []
  readonly samples: Sample[] = []
  readonly requests = { new: 0, cancel: 0, replace: 0 }
  readonly state = new Fnv()
  sampled = 0
  position = 0
  cash = 0n
  readonly #core: Core
  readonly #origin: bigint

  constructor(core: Core, origin: bigint) {
    this.#core = core
    this.#origin = origin
  }

  see({ event, result }: StepSummary): void {
    if ('exchTime' in event && 'key' in event) this.#report(event)
    if (event.type === 'control.time' && event.reason === 'wakeUp') this.#step(event.time)
    for (const dispatch of result.dispatches) this.#sent(dispatch, event.time)
  }

  #step(time: number): void {
    this.steps++
    this.lastStepTime = time
    const touch = this.#core.view.touch()
    if (touch === null) return
    const { bid, ask } = touch
    const n = ++this.sampled
    const ts = BigInt(time) + this.#origin
    const words = [ts, bid, ask, this.position, this.cash, this.fills.length]
    for (const word of words) this.state.i64(word)
    if (n % EVERY !== 0) return
    const { quoteDecimals } = this.#core.state.configuration.instruments[0]!
    const equity = this.#core.view.equity() ?? 0n
    this.samples.push({
      n,
      ts: String(ts),
      bid,
      ask,
      position_lots: this.position,
      cash_ticklots: String(this.cash),
      fills: this.fills.length,
      equity: Number(formatDecimal({ digits: equity, scale: quoteDecimals })),
      hash: this.state.hex(),
    })
  }

  #sent(dispatch: Dispatch, time: number): void {
    this.requests[dispatch.kind]++
    const { key, side, price, timeInForce } = dispatch
    if (dispatch.kind === 'new') {
      const own = submitted(key, side, price)
      const fate = { own, submitTime: time, firstPrice: price, timeInForce }
      this.fates.push({ ...fate, exchTime: 0n, localTime: 0n })
      return
    }
    const fate = this.#fateOf(key)
    fate.own = asked(fate.own, dispatch.kind, price)
  }

  #report(event: Extract<CoreEvent, { exchTime: number; key: number }>): void {
    const fate = this.#fateOf(event.key)
    this.lastResponseTime = event.time
    if (event.type === 'order.filled') this.#fill(event, fate.own)
    fate.own = heard(fate.own, event)
    if (event.type === 'order.cancelRejected' || event.type === 'order.replaceRejected') return
    // A submission that never arrived was nowhere at no time.
    fate.exchTime = event.type === 'order.rejected' ? 0n : BigInt(event.exchTime) + this.#origin
    fate.localTime = BigInt(event.time) + this.#origin
  }

  #fill(fill: OrderFilled, own: OwnOrder): void {
    const { side, lastPrice, lastQty, liquidity } = fill
    this.position += side * lastQty
    this.cash -= BigInt(side * lastQty) * BigInt(lastPrice)
    this.fills.push({ fill, orderPrice: liquidity === 'maker' ? lastPrice : own.price })
  }

  /** Keys count from 1, as the reference's ids do. */
  #fateOf(key: number): Fate {
    return this.fates[key - 1]!
  }
}
