import {
  BUY,
  type Dispatch,
  type Nanos,
  NO_ASK,
  NO_BID,
  type OrderTerms,
  type PriceTicks,
  SELL,
  type Side,
} from '@escapement/core'
import type { Desk } from './desk.ts'
import type { OwnOrder } from './own-order.ts'
import type { Rulebook } from './rules/rulebook.ts'
import { SelfTrade } from './rules/self-trade.ts'
import { Taking } from './taking.ts'

/**
 * What requests do when they arrive at the venue: refuse, rest, take, replace, cancel. An order
 * that is not refused is reported accepted before anything else happens to it.
 * @source README.md, "Arrivals"
 */
export class Arrivals {
  readonly #desk: Desk
  readonly #taking: Taking
  /** Null where the venue has no rules of its own. */
  readonly #rules: Rulebook | null
  readonly #selfTrade: SelfTrade | null

  constructor(desk: Desk, rules: Rulebook | null = null) {
    this.#desk = desk
    this.#taking = new Taking(desk)
    this.#rules = rules
    const policy = rules?.selfTrade ?? 'none'
    this.#selfTrade = policy === 'none' ? null : new SelfTrade(desk, this.#taking, policy)
  }

  handle(request: Dispatch, exchTime: Nanos): void {
    if (this.#rules?.admits(request.kind, exchTime) === false) {
      this.#desk.reporter.refused(request.kind, exchTime, request.key, 'requestLimit')
    } else if (request.kind === 'new') this.#enterNew(request, exchTime)
    else if (request.kind === 'replace') this.#replace(request, exchTime)
    else this.#cancel(request, exchTime)
  }

  #enterNew(request: Dispatch, exchTime: Nanos): void {
    const { orders, reporter } = this.#desk
    const fault = orders.has(request.key)
      ? 'duplicateOrder'
      : (refusal(request) ?? this.#broken(request, exchTime, true))
    if (fault !== null) {
      reporter.refused('new', exchTime, request.key, fault)
      return
    }
    reporter.accepted(exchTime, request.key)
    const order: OwnOrder = {
      key: request.key,
      side: request.side,
      orderType: request.orderType,
      timeInForce: request.timeInForce,
      price: request.price,
      cum: 0,
      leaves: request.qty,
      front: 0,
      traded: 0,
      displaced: false,
      since: 0,
      ahead: 0,
      dead: false,
    }
    const price = this.#placed(order, order.price)
    if (price !== order.price) {
      order.price = price
      reporter.replaced(exchTime, order)
    }
    this.#enter(order, exchTime)
  }

  #cancel(request: Dispatch, exchTime: Nanos): void {
    const { orders, reporter } = this.#desk
    const order = orders.get(request.key)
    if (order === undefined) {
      reporter.refused('cancel', exchTime, request.key, 'unknownOrder')
      return
    }
    this.#desk.drop(order)
    reporter.canceled(exchTime, request.key)
  }

  /**
   * New price and new total quantity. A price change or an increase loses the queue position and
   * may take; a decrease keeps it. A total equal to what is already executed cancels the rest.
   */
  #replace(request: Dispatch, exchTime: Nanos): void {
    const desk = this.#desk
    const { reporter, quirks } = desk
    const order = desk.orders.get(request.key)
    if (order === undefined) {
      reporter.refused('replace', exchTime, request.key, 'unknownOrder')
      return
    }
    const size = quirks.inPlaceReplaceSetsLeaves ? order.leaves : order.cum + order.leaves
    const requeued = request.price !== order.price || request.qty > size
    const fault =
      termsFault(request.price, request.qty) ??
      (this.#rules && this.#broken(termsAfter(order, request), exchTime, requeued))
    if (fault !== null) {
      reporter.refused('replace', exchTime, request.key, fault)
      return
    }
    let leaves = request.qty - order.cum
    if (requeued && quirks.requeuedReplaceKeepsLeaves) leaves = order.leaves
    else if (!requeued && quirks.inPlaceReplaceSetsLeaves) leaves = request.qty
    if (leaves < 0) {
      reporter.refused('replace', exchTime, request.key, 'belowFilled')
    } else if (leaves === 0) {
      desk.drop(order)
      reporter.canceled(exchTime, order.key)
    } else if (requeued) {
      desk.drop(order)
      order.price = this.#placed(order, request.price)
      order.leaves = leaves
      reporter.replaced(exchTime, order)
      this.#enter(order, exchTime)
    } else {
      order.leaves = leaves
      reporter.replaced(exchTime, order)
    }
  }

  /** An accepted order meets the book: it takes, rests, or expires. */
  #enter(order: OwnOrder, exchTime: Nanos): void {
    if (this.#selfTrade?.ends(order, exchTime) === true) return
    const desk = this.#desk
    if (order.orderType === 'market') {
      this.#taking.take(order, exchTime)
      return
    }
    const crosses = this.#crosses(order.side, order.price)
    const { timeInForce } = order
    if (timeInForce === 'postOnly') {
      if (crosses) desk.reporter.expired(exchTime, order.key, 'postOnlyWouldTake')
      else desk.rest(order)
    } else if (crosses) {
      this.#taking.take(order, exchTime)
    } else if (timeInForce === 'GTC') {
      desk.rest(order)
    } else {
      desk.reporter.expired(exchTime, order.key, timeInForce === 'IOC' ? 'ioc' : 'fok')
    }
  }

  /** The rule of the venue that the terms break, or null; `enters`: they would meet the book. */
  #broken(terms: OrderTerms, exchTime: Nanos, enters: boolean): string | null {
    const rules = this.#rules
    if (rules === null) return null
    const fault = rules.fault(terms, exchTime)
    if (fault !== null) return fault
    const wouldTake = enters && terms.timeInForce === 'postOnly' && rules.postOnly === 'reject'
    return wouldTake && this.#crosses(terms.side, terms.price) ? 'postOnlyWouldTake' : null
  }

  /** Where an order with that price is placed: a post-only one may slide behind the other side. */
  #placed({ side, timeInForce }: OwnOrder, price: PriceTicks): PriceTicks {
    const rules = this.#rules
    if (rules === null || rules.postOnly !== 'slide' || timeInForce !== 'postOnly') return price
    if (!this.#crosses(side, price)) return price
    return rules.behind(side, this.#taking.best(side === BUY ? SELL : BUY))
  }

  #crosses(side: Side, price: PriceTicks): boolean {
    const best = this.#taking.best(side === BUY ? SELL : BUY)
    return side === BUY ? price >= best : price <= best
  }
}

/** What an order would be once it is replaced. */
const termsAfter = ({ side, orderType, timeInForce }: OwnOrder, request: Dispatch): OrderTerms => ({
  ...request,
  side,
  orderType,
  timeInForce,
})

/** Why the venue refuses an order, or null. */
function refusal(terms: OrderTerms): string | null {
  if (terms.orderType !== 'market') return termsFault(terms.price, terms.qty)
  if (terms.timeInForce === 'postOnly') return 'marketPostOnly'
  return termsFault(0, terms.qty)
}

function termsFault(price: PriceTicks, qty: number): string | null {
  if (!Number.isInteger(price) || price <= NO_BID || price >= NO_ASK) return 'badPrice'
  if (!Number.isSafeInteger(qty) || qty <= 0) return 'badQuantity'
  return null
}
