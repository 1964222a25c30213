import type { Nanos, PriceTicks } from '@escapement/core'
import type { Desk } from '../desk.ts'
import type { OwnOrder } from '../own-order.ts'
import type { Taking } from '../taking.ts'
import type { SelfTradePolicy } from './venue-rules.ts'

/**
 * Keeps orders of ours from trading with each other.
 *
 * An arriving order *meets* the first resting order of the other side when its price reaches that
 * order's price and the market displays at strictly better prices less than it wants (with whole
 * fills, or for a post-only order: nothing). What is displayed at the very price counts as behind
 * our order. Whoever the policy ends expires with `selfTrade`; an arriving order that ends has taken
 * the better prices before, unless it is FOK.
 */
export class SelfTrade {
  readonly #desk: Desk
  readonly #taking: Taking
  readonly #policy: SelfTradePolicy

  constructor(desk: Desk, taking: Taking, policy: SelfTradePolicy) {
    this.#desk = desk
    this.#taking = taking
    this.#policy = policy
  }

  /** Whether the arriving order ended here. */
  ends(order: OwnOrder, exchTime: Nanos): boolean {
    for (;;) {
      const met = this.#met(order)
      if (met === undefined) return false
      if (this.#policy === 'cancelOldest') {
        this.#expire(met, exchTime)
        continue
      }
      this.#takeBetter(order, met.price, exchTime)
      if (this.#policy === 'cancelBoth') this.#expire(met, exchTime)
      this.#desk.reporter.expired(exchTime, order.key, 'selfTrade')
      return true
    }
  }

  #met(order: OwnOrder): OwnOrder | undefined {
    const resting = (order.side > 0 ? this.#desk.asks : this.#desk.bids).first
    if (resting === undefined || !reaches(order, resting.price)) return undefined
    const better = this.#taking.available(order, resting.price - order.side)
    const takesAny = this.#desk.partialFills && order.timeInForce !== 'postOnly'
    return better >= (takesAny ? order.leaves : 1) ? undefined : resting
  }

  /** Takes what is displayed at prices better than `price`; with whole fills there is none. */
  #takeBetter(order: OwnOrder, price: PriceTicks, exchTime: Nanos): void {
    const { timeInForce } = order
    if (timeInForce === 'FOK' || timeInForce === 'postOnly' || !this.#desk.partialFills) return
    this.#taking.walk(order, price - order.side, exchTime)
  }

  #expire(resting: OwnOrder, exchTime: Nanos): void {
    this.#desk.drop(resting)
    this.#desk.reporter.expired(exchTime, resting.key, 'selfTrade')
  }
}

const reaches = ({ side, orderType, price }: OwnOrder, other: PriceTicks): boolean =>
  orderType === 'market' || (side > 0 ? price >= other : price <= other)
