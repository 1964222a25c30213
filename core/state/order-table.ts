import { compile, orderLifecycle } from '@escapement/machines'
import type { ByteReader, ByteWriter } from '../codec.ts'
import { Digest } from '../digest.ts'
import { assert, CodedError } from '../errors.ts'
import { digestTerms, readTerms, writeTerms } from '../order-terms.ts'
import type { OrderKey, OrderTerms, OrderType, TimeInForce } from '../orders.ts'
import type { Nanos, PriceTicks, QtyLots, Side } from '../units.ts'

/** The lifecycle as a table: what one Order may become (`machines/order-lifecycle.machine.ts`). */
export const orderChart = compile(orderLifecycle)
/** Name of a state of the machine `order-lifecycle`, as in FIX 4.4 OrdStatus(39). */
export type OrderStatus = keyof typeof orderChart.state & string
export type OrderSignalName = keyof typeof orderChart.signal & string

/** One Order of Execution State. Only the table changes it; views hand out frozen copies. */
export type Order = {
  readonly key: OrderKey
  readonly instrument: number
  readonly side: Side
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  price: PriceTicks
  qty: QtyLots
  cumQty: QtyLots
  leavesQty: QtyLots
  /** State code of {@link orderChart}. */
  status: number
  readonly submittedTime: Nanos
  updatedTime: Nanos
  /** Cached digest of this row, valid while it is not dirty. */
  hashLow: number
  hashHigh: number
}

/**
 * Orders by key. Open ones stay; of the terminal ones the newest `terminalKept` stay, so State is
 * bounded however long a session runs. Its digest is the sum of row digests, updated by change.
 */
export class OrderTable {
  digestLow = 0
  digestHigh = 0
  readonly #orders = new Map<OrderKey, Order>()
  readonly #open = new Map<OrderKey, Order>()
  /** Keys of terminal orders, oldest first. */
  readonly #terminal: OrderKey[] = []
  readonly #terminalKept: number
  readonly #digest = new Digest()

  constructor(terminalKept: number) {
    this.#terminalKept = terminalKept
  }

  get(key: OrderKey): Order | undefined {
    return this.#orders.get(key)
  }

  /** Open orders in order of submission. */
  open(): Iterable<Order> {
    return this.#open.values()
  }

  get openCount(): number {
    return this.#open.size
  }

  /** Every order in State, in order of submission. */
  all(): Iterable<Order> {
    return this.#orders.values()
  }

  submit(terms: OrderTerms, time: Nanos): Order {
    assert(!this.#orders.has(terms.key), `order ${terms.key} is submitted twice`)
    const order: Order = {
      key: terms.key,
      instrument: terms.instrument,
      side: terms.side,
      orderType: terms.orderType,
      timeInForce: terms.timeInForce,
      price: terms.price,
      qty: terms.qty,
      cumQty: 0,
      leavesQty: terms.qty,
      status: orderChart.initial,
      submittedTime: time,
      updatedTime: time,
      hashLow: 0,
      hashHigh: 0,
    }
    this.#orders.set(order.key, order)
    this.#open.set(order.key, order)
    this.changed(order)
    return order
  }

  /** Takes a changed row into the digest and, when it became terminal, out of the open ones. */
  changed(order: Order): void {
    this.#forget(order)
    this.#hash(order)
    this.digestLow = (this.digestLow + order.hashLow) | 0
    this.digestHigh = (this.digestHigh + order.hashHigh) | 0
    if (orderChart.isTerminal(order.status) && this.#open.delete(order.key)) {
      this.#terminal.push(order.key)
      if (this.#terminal.length > this.#terminalKept) this.#evict(this.#terminal.shift()!)
    }
  }

  write(writer: ByteWriter): void {
    writer.i32(this.#orders.size)
    for (const order of this.#orders.values()) writeOrder(order, writer)
    writer.i32(this.#terminal.length)
    for (const key of this.#terminal) writer.f64(key)
  }

  static read(reader: ByteReader, terminalKept: number): OrderTable {
    const table = new OrderTable(terminalKept)
    for (let rest = reader.i32(); rest > 0; rest--) {
      const order = readOrder(reader)
      table.#orders.set(order.key, order)
      if (!orderChart.isTerminal(order.status)) table.#open.set(order.key, order)
      table.#hash(order)
      table.digestLow = (table.digestLow + order.hashLow) | 0
      table.digestHigh = (table.digestHigh + order.hashHigh) | 0
    }
    for (let rest = reader.i32(); rest > 0; rest--) table.#terminal.push(reader.f64())
    return table
  }

  #evict(key: OrderKey): void {
    const order = this.#orders.get(key)
    assert(order !== undefined, `terminal order ${key} is not in the table`)
    this.#forget(order)
    this.#orders.delete(key)
  }

  #forget(order: Order): void {
    this.digestLow = (this.digestLow - order.hashLow) | 0
    this.digestHigh = (this.digestHigh - order.hashHigh) | 0
  }

  #hash(order: Order): void {
    const digest = digestTerms(order, this.#digest.reset())
    digest.int(order.cumQty).int(order.leavesQty).u32(order.status)
    digest.int(order.submittedTime).int(order.updatedTime)
    order.hashLow = digest.low() | 0
    order.hashHigh = digest.high() | 0
  }
}

function writeOrder(order: Order, writer: ByteWriter): void {
  writeTerms(order, writer)
    .f64(order.cumQty)
    .f64(order.leavesQty)
    .text(orderChart.states[order.status]!)
    .f64(order.submittedTime)
    .f64(order.updatedTime)
}

function readOrder(reader: ByteReader): Order {
  return {
    ...readTerms(reader),
    cumQty: reader.f64(),
    leavesQty: reader.f64(),
    status: statusCode(reader.text()),
    submittedTime: reader.f64(),
    updatedTime: reader.f64(),
    hashLow: 0,
    hashHigh: 0,
  }
}

function statusCode(name: string): number {
  const code = orderChart.states.indexOf(name as OrderStatus)
  if (code < 0) throw new CodedError('ESC_STATE_RESTORE', { field: 'order status', found: name })
  return code
}
