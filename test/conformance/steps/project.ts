import { COMMAND_KINDS, equityAt, NO_ASK, NO_BID, type State } from '@escapement/core'
import { isOpen } from '../../../core/commands/dominance.ts'
import type { Drive } from './drive.ts'
import { statusName } from './drive.ts'
import type { Json } from './format.ts'
import { toFloat } from './grid.ts'
import { priceOf, qtyOf } from './instruments.ts'

type Section = { [instrument: string]: { [field: string]: Json } }

/** Our State in the corpus' terms. A working order of theirs is acknowledged with us. */
export function project(drive: Drive): { [section: string]: Json } {
  const { state } = drive.turn
  const found: { [section: string]: Json } = {
    time_ns: drive.nanosOf(state.control.clock),
    market: marketOf(drive, state),
    account: accountOf(drive, state),
    ...ordersOf(drive, state),
    inflight: inflightOf(drive, state),
    queue: queueOf(drive, state),
    fills: fillsOf(drive, state),
  }
  if (drive.cursor !== null) found.cursor = drive.cursor
  return found
}

function marketOf(drive: Drive, state: State): Json {
  const markets: Section = {}
  for (const listed of drive.instruments.values()) {
    const { book, localTime, exchTime } = state.market[listed.index]!
    if (localTime === 0) continue
    const { instrument } = listed
    const empty = book.depth(1) === 0 || book.depth(-1) === 0
    const shown = (units: number) => units / 10 ** instrument.qtyDecimals
    markets[listed.name] = {
      best_bid: priceOf(listed, book.bestBid),
      best_ask: priceOf(listed, book.bestAsk),
      bid_qty: shown(book.qtyAt(1, book.bestBid)),
      ask_qty: shown(book.qtyAt(-1, book.bestAsk)),
      mid: empty ? 0 : priceOf(listed, book.bestBid + book.bestAsk) / 2,
      local_ns: drive.nanosOf(localTime),
      exch_ns: drive.nanosOf(exchTime),
      tick_size: toFloat(listed.tick),
      lot_size: toFloat(listed.lot),
      contract_size: toFloat(instrument.contractSize),
    }
  }
  return markets
}

/** Fees, volumes, counts and baselines of an account come from its fills with us: not compared. */
function accountOf(drive: Drive, state: State): Json {
  const accounts: Section = {}
  for (const listed of drive.instruments.values()) {
    const account = state.execution.accounts[listed.index]!
    const { position, cash, fees } = account
    const unit = 10 ** -listed.instrument.quoteDecimals
    const { bestBid, bestAsk } = state.market[listed.index]!.book
    const known = position === 0 || (bestBid !== NO_BID && bestAsk !== NO_ASK)
    const equity = known ? equityAt(account, state.money[listed.index]!, bestBid, bestAsk) : null
    accounts[listed.name] = {
      position: qtyOf(listed, position),
      balance: Number(cash - fees) * unit,
      ...(equity === null ? {} : { equity: Number(equity) * unit }),
    }
  }
  return accounts
}

const LIFECYCLE: { readonly [status: string]: string } = {
  accepted: 'submitted',
  partiallyFilled: 'partially_filled',
}

function ordersOf(drive: Drive, state: State): { orders: Json; lifecycle: Json } {
  const orders: Section = {}
  const lifecycle: Section = {}
  for (const name of drive.keys.names()) {
    const listed = drive.instruments.get(name.instrument)!
    const key = drive.keys.recorded(name)
    const order = key === undefined ? undefined : state.execution.orders.get(key)
    if (order === undefined) {
      const sent = sentOf(drive, state, name.instrument, name.id)
      if (sent !== null) put(lifecycle, name, sent)
      continue
    }
    const status = statusName(order.status)
    const stage = LIFECYCLE[status] ?? status
    const times = {
      submitted_ns: drive.nanosOf(order.submittedTime),
      updated_ns: drive.nanosOf(order.updatedTime),
    }
    put(lifecycle, name, { state: stage, ...times })
    if (!isOpen(order)) continue
    put(orders, name, {
      side: order.side === 1 ? 'buy' : 'sell',
      price: priceOf(listed, order.price),
      qty: qtyOf(listed, order.qty),
      cum_filled: qtyOf(listed, order.cumQty),
      remaining: qtyOf(listed, order.leavesQty),
      state: stage,
      ...times,
    })
  }
  return { orders: orders as Json, lifecycle: lifecycle as Json }
}

/** A NEW that was handed over is not an Order before its record, but known to be on its way. */
function sentOf(drive: Drive, state: State, instrument: string, id: string): Json {
  for (const { key, kind, time } of state.execution.inflight.values()) {
    const name = drive.keys.nameOf(key)
    if (kind !== 'new' || name.instrument !== instrument || name.id !== id) continue
    if (drive.justDispatched(key)) return null
    const at = drive.nanosOf(time)
    return { state: 'submitted', submitted_ns: at, updated_ns: at }
  }
  return null
}

/** What left in this very step is not handed over yet in the corpus' terms; its mark comes next. */
function inflightOf(drive: Drive, state: State): Json {
  const inflight: Section = {}
  for (const { key, kind, time } of state.execution.inflight.values()) {
    // A submission record ends the request in the corpus; with us the Venue's answer does.
    const recorded = state.execution.orders.get(key) !== undefined
    if (drive.justDispatched(key) || (kind === 'new' && recorded)) continue
    put(inflight, drive.keys.nameOf(key), { action: kind, sent_ns: drive.nanosOf(time) })
  }
  return inflight as Json
}

function queueOf(drive: Drive, state: State): Json {
  const queue: { [instrument: string]: string[] } = {}
  const commands = [...state.execution.work.queue.values()]
  const rank = (kind: (typeof COMMAND_KINDS)[number]) => COMMAND_KINDS.indexOf(kind)
  commands.sort((a, b) => rank(a.sendAs) - rank(b.sendAs))
  for (const command of commands) {
    const { instrument } = drive.keys.nameOf(command.key)
    queue[instrument] = [...(queue[instrument] ?? []), drive.turn.refOf(command)]
  }
  return queue
}

function fillsOf(drive: Drive, state: State): Json {
  const fills: { [instrument: string]: { count: number; cum: { [id: string]: number } } } = {}
  for (const listed of drive.instruments.values()) {
    const { fills: count } = state.execution.accounts[listed.index]!
    if (count > 0) fills[listed.name] = { count, cum: {} }
  }
  for (const name of drive.keys.names()) {
    const key = drive.keys.recorded(name)
    const order = key === undefined ? undefined : state.execution.orders.get(key)
    const listed = drive.instruments.get(name.instrument)!
    if (order !== undefined && order.cumQty > 0 && fills[name.instrument] !== undefined) {
      fills[name.instrument]!.cum[name.id] = qtyOf(listed, order.cumQty)
    }
  }
  return fills
}

function put(
  section: Section,
  { instrument, id }: { instrument: string; id: string },
  value: Json,
) {
  section[instrument] = { ...section[instrument], [id]: value }
}
