import { BUY, type Dispatch, RowKind, SELL, type Side } from '@escapement/core'
import type { FilledRecord, OrderRecord } from '../../../actors/feedback-record.ts'

type Head = 'sourceSequence' | 'exchTime' | 'time' | 'instrument' | 'key' | 'venueOrderId'
type Without<T> = T extends unknown ? Omit<T, Head> : never
/** What an exchange says of an order, before anybody received it. */
export type Fact = Without<OrderRecord>
type Own = Dispatch & { price: number; cum: number; leaves: number }

/**
 * An exchange of a few lines, written without a look at the fill simulator: own orders execute
 * where a quote crosses them or a trade goes through them, and take what is displayed. It knows
 * no queue and remembers no size that was taken.
 */
export class FakeExchange {
  readonly #say: (key: number, fact: Fact) => void
  readonly #levels = { [BUY]: new Map<number, number>(), [SELL]: new Map<number, number>() }
  readonly #orders = new Map<number, Own>()
  #executions = 0

  constructor(say: (key: number, fact: Fact) => void) {
    this.#say = say
  }

  row(kind: number, side: Side, price: number, qty: number): void {
    if (kind === RowKind.CLEAR) this.#levels[side].clear()
    else if (kind === RowKind.TRADE) this.#through(side, price, qty)
    else if (qty === 0) this.#levels[side].delete(price)
    else this.#quote(side, price, qty)
  }

  request(request: Dispatch): void {
    const order = this.#orders.get(request.key)
    if (request.kind === 'new') this.#enterNew(request)
    else if (request.kind === 'cancel') this.#cancel(request.key, order)
    else this.#replace(request, order)
  }

  #enterNew(request: Dispatch): void {
    if (this.#orders.has(request.key)) {
      this.#say(request.key, { kind: 'rejected', reason: 'duplicateOrder' })
      return
    }
    this.#say(request.key, { kind: 'accepted' })
    this.#enter({ ...request, cum: 0, leaves: request.qty })
  }

  #cancel(key: number, order: Own | undefined): void {
    if (this.#orders.delete(key) && order !== undefined) this.#say(key, { kind: 'canceled' })
    else this.#say(key, { kind: 'cancelRejected', reason: 'unknownOrder' })
  }

  #replace({ key, price, qty }: Dispatch, order: Own | undefined): void {
    const leaves = qty - (order?.cum ?? 0)
    if (order === undefined || leaves < 0) {
      const reason = order === undefined ? 'unknownOrder' : 'belowFilled'
      this.#say(key, { kind: 'replaceRejected', reason })
    } else if (leaves === 0) {
      this.#cancel(key, order)
    } else {
      this.#orders.delete(key)
      this.#say(key, { kind: 'replaced', price, qty, leavesQty: leaves })
      this.#enter({ ...order, price, qty, leaves })
    }
  }

  /** Takes what it may, then rests or expires. */
  #enter(order: Own): void {
    const { key, timeInForce, orderType } = order
    const offered = this.#offered(order)
    const available = offered.reduce((sum, [, qty]) => sum + qty, 0)
    if (timeInForce === 'postOnly' && available > 0) return this.#expire(key, 'postOnlyWouldTake')
    if (timeInForce === 'FOK' && available < order.leaves) return this.#expire(key, 'fok')
    for (const [price, qty] of offered) this.#execute(order, price, qty, 'taker')
    if (order.leaves === 0) return
    if (orderType === 'market') this.#expire(key, 'noLiquidity')
    else if (timeInForce === 'IOC') this.#expire(key, 'ioc')
    else this.#orders.set(key, order)
  }

  /** Levels that the order may take, best first. */
  #offered({ side, price, orderType }: Own): [price: number, qty: number][] {
    const reaches = (level: number) => orderType === 'market' || side * level <= side * price
    return [...this.#levels[side === BUY ? SELL : BUY]]
      .filter(([level]) => reaches(level))
      .sort(([a], [b]) => side * (a - b))
  }

  #expire(key: number, reason: string): void {
    this.#say(key, { kind: 'expired', reason })
  }

  #quote(side: Side, price: number, qty: number): void {
    const other = this.#levels[side === BUY ? SELL : BUY]
    for (const level of [...other.keys()]) if (side * level <= side * price) other.delete(level)
    this.#levels[side].set(price, qty)
    for (const order of this.#resting(side === BUY ? SELL : BUY)) {
      if (side * order.price <= side * price) this.#execute(order, order.price, Infinity, 'maker')
    }
  }

  /** A trade of `aggressor` beyond own orders: its size is theirs, best price first. */
  #through(aggressor: Side, price: number, qty: number): void {
    let left = qty
    for (const order of this.#resting(aggressor === BUY ? SELL : BUY)) {
      if (aggressor * order.price >= aggressor * price || left === 0) continue
      left -= this.#execute(order, order.price, left, 'maker')
    }
  }

  #resting(side: Side): Own[] {
    return [...this.#orders.values()]
      .filter((order) => order.side === side)
      .sort((a, b) => side * (b.price - a.price))
  }

  #execute(order: Own, price: number, most: number, liquidity: FilledRecord['liquidity']): number {
    const lastQty = Math.min(most, order.leaves)
    if (lastQty === 0) return 0
    order.cum += lastQty
    order.leaves -= lastQty
    if (order.leaves === 0) this.#orders.delete(order.key)
    this.#say(order.key, {
      kind: 'filled',
      side: order.side,
      execId: ++this.#executions,
      lastPrice: price,
      lastQty,
      cumQty: order.cum,
      leavesQty: order.leaves,
      liquidity,
      fee: 0,
      cause: 'unknown',
      causeRow: -1,
      queueBefore: 0,
      queueAfter: 0,
    })
    return lastQty
  }
}
