import { type MarketRows, Random, RowFlag, RowKind } from '@escapement/core'
import type { SyntheticOptions } from './options.ts'
import { RowWriter } from './row-writer.ts'
import { syntheticMarket } from './synthetic.ts'

/**
 * {@link syntheticMarket} told order by order: after each message its levels are the same.
 *
 * What a level gains is one new order. What a trade takes from it is FILL rows of its orders, first
 * come first; what it loses otherwise is CANCEL rows, and one MODIFY, of orders drawn by the seed.
 * @throws ESC_CONFIG_INVALID naming the option.
 */
export function syntheticOrders(options: SyntheticOptions): MarketRows {
  const levels = syntheticMarket(options)
  const teller = new OrderTeller(new Random((options.seed ^ 0x6f726472) >>> 0), levels.length)
  for (let row = 0; row < levels.length; row++) teller.tell(levels, row)
  const { originNs, priceDecimals, qtyDecimals } = levels
  return teller.rows.finish(originNs, priceDecimals, qtyDecimals)
}

type Resting = { readonly id: bigint; left: number }

class OrderTeller {
  readonly rows: RowWriter
  readonly #random: Random
  /** Orders of each level by price, first come first; a price belongs to one side at a time. */
  readonly #levels = new Map<number, Resting[]>()
  #ids = 0n

  constructor(random: Random, expected: number) {
    this.#random = random
    this.rows = new RowWriter(expected * 2, true)
  }

  tell({ kind, flags, price, qty, exchTime, localTime }: MarketRows, row: number): void {
    const side = flags[row]! & (RowFlag.BUY | RowFlag.SELL)
    const at = price[row]!
    this.rows.exchTime = exchTime[row]!
    this.rows.localTime = localTime[row]!
    if (kind[row] === RowKind.CLEAR || kind[row] === RowKind.TRADE) {
      this.rows.append(kind[row]!, side, at, qty[row]!)
      if (kind[row] === RowKind.TRADE)
        this.#fill(side ^ (RowFlag.BUY | RowFlag.SELL), at, qty[row]!)
    } else {
      this.#settle(side, at, qty[row]!)
    }
  }

  #fill(side: number, price: number, qty: number): void {
    const queue = this.#levels.get(price) ?? []
    for (let left = qty; left > 0 && queue.length > 0; ) {
      const first = queue[0]!
      const filled = Math.min(left, first.left)
      this.rows.append(RowKind.FILL, side, price, filled, first.id)
      first.left -= filled
      left -= filled
      if (first.left === 0) queue.shift()
    }
  }

  /** Adds, cancels and changes orders until the level has `total`. */
  #settle(side: number, price: number, total: number): void {
    const queue = this.#levels.get(price) ?? []
    this.#levels.set(price, queue)
    let more = total - queue.reduce((sum, { left }) => sum + left, 0)
    if (more > 0) {
      const id = ++this.#ids
      queue.push({ id, left: more })
      this.rows.append(RowKind.ADD, side, price, more, id)
    }
    while (more < 0) {
      const at = this.#random.integer(0, queue.length - 1)
      const order = queue[at]!
      if (order.left <= -more) {
        this.rows.append(RowKind.CANCEL, side, price, order.left, order.id)
        queue.splice(at, 1)
        more += order.left
      } else {
        order.left += more
        this.rows.append(RowKind.MODIFY, side, price, order.left, order.id)
        more = 0
      }
    }
    if (queue.length === 0) this.#levels.delete(price)
  }
}
