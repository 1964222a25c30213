import type {
  AccountFunded,
  CoreEvent,
  EventStreamEntry,
  Nanos,
  OrderFilled,
  OrderKey,
  OrderSubmitted,
  Position,
  PriceTicks,
  QtyLots,
} from '@escapement/core'

/** How an order ended; `open` of one that had not when the stream did. */
export type OrderEnd = 'filled' | 'canceled' | 'rejected' | 'expired' | 'disposed' | 'open'

/** What became of one order, as the Event Stream tells it. Times are local but for `exch...`. */
export type OrderHistory = {
  readonly submitted: OrderSubmitted
  readonly position: Position
  /** Price and total quantity now, after what replaced them. */
  readonly price: PriceTicks
  readonly qty: QtyLots
  readonly filledQty: QtyLots
  readonly fills: number
  readonly replaces: number
  readonly acceptedAt: Nanos | null
  readonly acceptedExchTime: Nanos | null
  readonly firstFillAt: Nanos | null
  readonly firstFillExchTime: Nanos | null
  readonly endedAt: Nanos | null
  readonly end: OrderEnd
  /** The Venue's own words, where it refused or ended it with some. */
  readonly reason: string | null
}

/** One price that an own order showed, from taking it to leaving it. Exchange times. */
export type QuoteHistory = {
  readonly order: OrderSubmitted
  readonly price: PriceTicks
  /** What was left to fill when it took the price. */
  readonly qty: QtyLots
  readonly from: Nanos
  readonly until: Nanos | null
  readonly filledQty: QtyLots
  readonly end: OrderEnd | 'replaced'
}

/** A request that left, or failed to. */
export type RequestHistory = {
  readonly position: Position
  readonly time: Nanos
  readonly key: OrderKey
  readonly kind: 'new' | 'replace' | 'cancel'
  readonly outcome: 'sent' | 'failed' | 'denied'
  readonly reason: string | null
}

/** What an Event Stream says of the orders of a run. */
export type RunEvents = {
  /** In order of submission. */
  readonly orders: readonly OrderHistory[]
  readonly quotes: readonly QuoteHistory[]
  readonly requests: readonly RequestHistory[]
  readonly fills: readonly { readonly position: Position; readonly fill: OrderFilled }[]
  readonly funding: readonly AccountFunded[]
}

/** Reads a stream once, in order. Reports of orders that it did not submit are left out. */
export function runEvents(stream: Iterable<EventStreamEntry>): RunEvents {
  const reader = new StreamReader()
  for (const { position, event } of stream) reader.read(position, event)
  return reader
}

/** A record while it is being made. */
type Open<Made> = { -readonly [Field in keyof Made]: Made[Field] }

class StreamReader implements RunEvents {
  readonly orders: Open<OrderHistory>[] = []
  readonly quotes: Open<QuoteHistory>[] = []
  readonly requests: RequestHistory[] = []
  readonly fills: { position: Position; fill: OrderFilled }[] = []
  readonly funding: AccountFunded[] = []
  readonly #orders = new Map<OrderKey, Open<OrderHistory>>()
  /** The price at which an order rests now. */
  readonly #quotes = new Map<OrderKey, Open<QuoteHistory>>()

  read(position: Position, event: CoreEvent): void {
    switch (event.type) {
      case 'order.submitted':
        this.#submit(position, event)
        this.#request(position, event, 'new', 'sent')
        return
      case 'intent.dispatched':
        this.#request(position, event, event.kind, 'sent')
        return
      case 'dispatch.failed':
        this.#request(position, event, event.kind, 'failed', event.reason)
        return
      case 'intent.rejected':
        this.#request(position, event, event.kind, 'denied', event.reason)
        return
      case 'account.funded':
        this.funding.push(event)
        return
      case 'order.filled':
        this.fills.push({ position, fill: event })
    }
    const order = 'key' in event ? this.#orders.get(event.key) : undefined
    if (order !== undefined) this.#report(order, event)
  }

  #report(order: Open<OrderHistory>, event: CoreEvent): void {
    switch (event.type) {
      case 'order.accepted':
        order.acceptedAt ??= event.time
        order.acceptedExchTime ??= event.exchTime
        this.#rest(order, order.qty, event.exchTime)
        break
      case 'order.filled':
        this.#fill(order, event)
        break
      case 'order.replaced':
        order.price = event.price
        order.qty = event.qty
        order.replaces++
        this.#leave(order, event.exchTime, 'replaced')
        this.#rest(order, event.leavesQty, event.exchTime)
        break
      case 'order.canceled':
        this.#end(order, event, 'canceled')
        break
      case 'order.rejected':
        this.#end(order, event, 'rejected', event.reason)
        break
      case 'order.expired':
        this.#end(order, event, 'expired', event.reason)
        break
      case 'order.disposed':
        this.#end(order, event, 'disposed', event.reason)
    }
  }

  #submit(position: Position, submitted: OrderSubmitted): void {
    const { price, qty } = submitted
    const order: Open<OrderHistory> = {
      ...{ submitted, position, price, qty, filledQty: 0, fills: 0, replaces: 0 },
      ...{ acceptedAt: null, acceptedExchTime: null, firstFillAt: null, firstFillExchTime: null },
      ...{ endedAt: null, end: 'open', reason: null },
    }
    this.#orders.set(submitted.key, order)
    this.orders.push(order)
  }

  #request(
    position: Position,
    { time, key }: { readonly time: Nanos; readonly key: OrderKey },
    kind: RequestHistory['kind'],
    outcome: RequestHistory['outcome'],
    reason: string | null = null,
  ): void {
    this.requests.push({ position, time, key, kind, outcome, reason })
  }

  #fill(order: Open<OrderHistory>, { time, exchTime, lastQty, leavesQty }: OrderFilled): void {
    order.fills++
    order.filledQty += lastQty
    order.firstFillAt ??= time
    order.firstFillExchTime ??= exchTime
    const quote = this.#quotes.get(order.submitted.key)
    if (quote !== undefined) quote.filledQty += lastQty
    if (leavesQty === 0) this.#end(order, { time, exchTime }, 'filled')
  }

  /** What cannot rest shows no price. */
  #rest(order: Open<OrderHistory>, qty: QtyLots, from: Nanos): void {
    const { key, orderType, timeInForce } = order.submitted
    if (orderType === 'market' || timeInForce === 'IOC' || timeInForce === 'FOK') return
    const { price, submitted } = order
    const quote: Open<QuoteHistory> = {
      ...{ order: submitted, price, qty, from, until: null, filledQty: 0, end: 'open' },
    }
    this.#quotes.set(key, quote)
    this.quotes.push(quote)
  }

  #leave(order: Open<OrderHistory>, until: Nanos, end: QuoteHistory['end']): void {
    const quote = this.#quotes.get(order.submitted.key)
    if (quote === undefined) return
    quote.until = until
    quote.end = end
    this.#quotes.delete(order.submitted.key)
  }

  /** Only the first end counts: a fill after it is booked, and the order stays ended. */
  #end(
    order: Open<OrderHistory>,
    { time, exchTime }: { readonly time: Nanos; readonly exchTime: Nanos },
    end: OrderEnd,
    reason: string | null = null,
  ): void {
    if (order.end !== 'open') return
    order.end = end
    order.endedAt = time
    order.reason = reason
    this.#leave(order, exchTime, end)
  }
}
