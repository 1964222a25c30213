import {
  assert,
  BUY,
  type Dispatch,
  type Instrument,
  levelView,
  type MarketView,
  parseDecimal,
  RowKind,
  SELL,
  type Side,
} from '@escapement/core'
import type { ActorContext, Behaviour } from '../../../actors/actor.ts'
import { eventOf } from '../../../actors/feedback/event-of.ts'
import { constantLatency } from '../../../actors/fill-simulator/latency-model.ts'
import { type QueueConfig, queueModel } from '../../../actors/fill-simulator/queue-model.ts'
import { noQuirks, type Quirks } from '../../../actors/fill-simulator/quirks.ts'
import type { FillSimulatorConfig } from '../../../actors/fill-simulator/venue-config.ts'
import { type FillSimulatorPorts, fillSimulator } from '../../../actors/fill-simulator.actor.ts'
import type { MarketBatch, VenueReport } from '../../../actors/ports.ts'

type In = FillSimulatorPorts['in']
type Pending = {
  due: number
  readonly priority: number
  readonly sequence: number
  readonly port: keyof In
  readonly message: In[keyof In]
}

/**
 * The venue alone: a mailbox of a few lines in the total order (due, priority, sequence), which
 * checks what the contract asks of a handler. It is slow on purpose, so that it is plainly right.
 */
export class VenueProbe {
  readonly reports: VenueReport[] = []
  readonly #pending: Pending[] = []
  readonly #handlers: Behaviour<FillSimulatorPorts>
  readonly #priority: FillSimulatorConfig extends never ? never : Record<keyof In, number>
  /** The message in hand, with the time of the row it advanced to. */
  #current: Pending = { due: 0, priority: 0, sequence: 0, port: 'request', message: dispatch({}) }
  #now = 0
  #sequence = 0

  constructor(config: FillSimulatorConfig) {
    const venue = fillSimulator(config)
    this.#priority = { ...venue.spec.in }
    this.#handlers = venue.create(this.#context())
  }

  /** All rows of one instrument, as one batch. */
  market(rows: readonly Row[], instrument = 0): this {
    const view = viewOf(rows)
    const batch: MarketBatch = { instrument, view, next: 0, end: view.length }
    return this.send(view.time[0]!, 'market', batch)
  }

  request(time: number, request: Partial<Dispatch>): this {
    return this.send(time, 'request', dispatch(request))
  }

  send<K extends keyof In>(due: number, port: K, message: In[K]): this {
    const priority = this.#priority[port]
    this.#pending.push({ due, priority, sequence: this.#sequence++, port, message })
    return this
  }

  /** Delivers everything; returns the reports as short text. */
  run(): string[] {
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      this.#current = next
      this.#now = next.due
      const again = (this.#handlers[next.port] as (message: unknown) => number | undefined)(
        next.message,
      )
      if (again !== undefined) {
        assert(again >= this.#now, 'a handler may not go back in time')
        this.#pending.push({ ...next, due: again })
      }
    }
    return this.reports.map(short)
  }

  #take(): Pending | undefined {
    this.#pending.sort(compare)
    return this.#pending.shift()
  }

  #horizon(): number {
    this.#pending.sort(compare)
    const next = this.#pending[0]
    if (next === undefined) return Number.POSITIVE_INFINITY
    return compare({ ...this.#current, due: next.due }, next) < 0 ? next.due : next.due - 1
  }

  #context(): ActorContext<FillSimulatorPorts> {
    const probe = this
    return {
      name: 'venue',
      get now() {
        return probe.#now
      },
      get horizon() {
        return probe.#horizon()
      },
      advance: (time) => {
        assert(time >= probe.#now && time <= probe.#horizon(), `advance to ${time}`)
        probe.#now = time
      },
      observed: () => true,
      emit: (_port, message) => {
        for (const record of message.drain()) {
          assert(record.time === probe.#now, 'a record is yielded at its own time')
          probe.reports.push(eventOf(record))
        }
      },
      schedule: (due, port, message) => {
        assert(due >= probe.#now, 'nothing is due in the past')
        probe.send(due, port, message)
        return 0
      },
      cancel: () => assert(false, 'the venue cancels no timers'),
    }
  }
}

function compare(a: Pending, b: Pending): number {
  return a.due - b.due || a.priority - b.priority || a.sequence - b.sequence
}

// ---- builders -----------------------------------------------------------------------------------

export type Row = {
  readonly time: number
  readonly kind: number
  readonly side: number
  readonly price: number
  readonly qty: number
  /** Number of the order that the row names, from 1. */
  readonly order?: number
}
const row =
  (kind: number, side: number) =>
  (time: number, price: number, qty = 0): Row => ({ time, kind, side, price, qty })

/** Rows: time, price in ticks, quantity in units. A trade is named by its aggressor. */
export const bid = row(RowKind.DEPTH, BUY)
export const ask = row(RowKind.DEPTH, SELL)
export const buyTrade = row(RowKind.TRADE, BUY)
export const sellTrade = row(RowKind.TRADE, SELL)
export const clearBids = row(RowKind.CLEAR, BUY)
export const clearAsks = row(RowKind.CLEAR, SELL)

const orderRow =
  (kind: number, side: number) =>
  (time: number, order: number, price = 0, qty = 0): Row => ({
    time,
    kind,
    side,
    price,
    qty,
    order,
  })

/** Rows of an order: time, number of the order, price, quantity. */
export const addBid = orderRow(RowKind.ADD, BUY)
export const addAsk = orderRow(RowKind.ADD, SELL)
export const modifyOrder = orderRow(RowKind.MODIFY, 0)
export const cancelOrder = orderRow(RowKind.CANCEL, 0)
export const fillOrder = (time: number, order: number, qty: number): Row =>
  orderRow(RowKind.FILL, 0)(time, order, 0, qty)

/** As the venue gets it: rows of orders have become rows of levels. */
export function viewOf(rows: readonly Row[]): MarketView {
  const raw = rawViewOf(rows)
  if (rows.every(({ order }) => order === undefined)) return raw
  const number = new Uint32Array(1000 + rows.length)
  for (const [row, { order }] of rows.entries()) number[1000 + row] = order ?? 0
  return levelView(raw, { number, count: Math.max(...number) })
}

function rawViewOf(rows: readonly Row[]): MarketView {
  return {
    length: rows.length,
    time: Float64Array.from(rows, (r) => r.time),
    exchTime: Float64Array.from(rows, (r) => r.time),
    kind: Uint8Array.from(rows, (r) => r.kind),
    side: Int8Array.from(rows, (r) => r.side),
    price: Int32Array.from(rows, (r) => r.price),
    qty: Float64Array.from(rows, (r) => r.qty),
    row: Uint32Array.from(rows, (_, index) => index + 1000),
  }
}

export const linear: Instrument = {
  symbol: 'TEST',
  kind: 'linear',
  tickSize: parseDecimal('0.5'),
  lotSize: parseDecimal('1'),
  contractSize: parseDecimal('1'),
  quote: 'USD',
  quoteDecimals: 4,
  qtyDecimals: 0,
}

export type Options = {
  readonly queue?: QueueConfig
  readonly partialFills?: boolean
  readonly entryNs?: number
  readonly responseNs?: number
  readonly quirks?: Partial<Quirks>
  readonly instruments?: number
  /** Quantity units of the feed in one lot. */
  readonly lotUnits?: number
}

/** One instrument of lot 1, entry 10 ns, response 5 ns, risk-averse queue, partial fills. */
export function venueConfig(options: Options = {}): FillSimulatorConfig {
  const one = {
    instrument: linear,
    lotUnits: options.lotUnits ?? 1,
    fees: { maker: parseDecimal('-0.0001'), taker: parseDecimal('0.0005') },
    queue: queueModel(options.queue ?? { model: 'riskAverse' }),
    partialFills: options.partialFills ?? true,
  }
  return {
    instruments: Array.from({ length: options.instruments ?? 1 }, () => one),
    latency: constantLatency({
      entryNs: options.entryNs ?? 10,
      responseNs: options.responseNs ?? 5,
    }),
    quirks: { ...noQuirks, ...options.quirks },
  }
}

export const venue = (options: Options = {}): VenueProbe => new VenueProbe(venueConfig(options))

let sequence = 0
export function dispatch(terms: Partial<Dispatch>): Dispatch {
  return {
    kind: 'new',
    sequence: sequence++,
    key: 1,
    instrument: 0,
    side: BUY,
    orderType: 'limit',
    timeInForce: 'GTC',
    price: 0,
    qty: 1,
    ...terms,
  }
}

export const buy = (key: number, qty: number, price: number, rest: Partial<Dispatch> = {}) =>
  limit(key, BUY, qty, price, rest)
export const sell = (key: number, qty: number, price: number, rest: Partial<Dispatch> = {}) =>
  limit(key, SELL, qty, price, rest)
export const cancel = (key: number): Partial<Dispatch> => ({ kind: 'cancel', key })
export const replace = (key: number, qty: number, price: number): Partial<Dispatch> => ({
  kind: 'replace',
  key,
  qty,
  price,
})

function limit(key: number, side: Side, qty: number, price: number, rest: Partial<Dispatch>) {
  return { key, side, qty, price, ...rest }
}

/** `time key what`, for fills `time key cause qty@price cum/leaves`; dispatch records are left out. */
function short(report: VenueReport): string {
  if (report.type === 'account.updated') return 'account'
  if (report.type === 'account.funded') {
    const { time, position, mark, rate, amount } = report
    return `${time} funded ${amount} for ${position} at ${mark} x ${rate}`
  }
  const head = `${report.time} #${report.key}`
  if (report.type === 'order.filled') {
    const { cause, lastQty, lastPrice, cumQty, leavesQty } = report
    return `${head} ${cause} ${lastQty}@${lastPrice} ${cumQty}/${leavesQty}`
  }
  const what = report.type.slice(report.type.indexOf('.') + 1)
  if (report.type === 'order.replaced') {
    return `${head} ${what} ${report.qty}@${report.price} leaves ${report.leavesQty}`
  }
  return 'reason' in report ? `${head} ${what} ${report.reason}` : `${head} ${what}`
}
