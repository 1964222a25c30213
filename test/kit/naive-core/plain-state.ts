import {
  type Book,
  BUY,
  type Core,
  type Instrument,
  orderChart,
  SELL,
  type Side,
  sessionChart,
  tradingChart,
} from '@escapement/core'
import type { NaiveCore } from './naive-core.ts'
import { tokensAt } from './naive-rates.ts'
import { generatorAfter } from './naive-view.ts'
import { add, asText, isAbove, type Rational, ratio, smaller } from './rational.ts'

/** State as plain data, from either Core: equal means `isDeepStrictEqual`. */
export type PlainState = Readonly<Record<string, unknown>>

export function plainOfNaive(core: NaiveCore): PlainState {
  const { execution, strategies } = core
  return {
    clock: core.clock,
    nextPosition: core.nextPosition,
    tradingEnabled: core.tradingEnabled,
    session: core.session,
    version: core.version,
    books: core.books.map((book) => ({
      bids: book.levels(BUY),
      asks: book.levels(SELL),
      lastTrade: book.lastTrade,
    })),
    orders: [...execution.orders.values()]
      .map(({ terms, status, cum, leaves }) => ({ ...terms, status, cum, leaves }))
      .sort((a, b) => a.key - b.key),
    accounts: execution.accounts,
    own: execution.own,
    equity: core.equities(),
    queue: [...core.queue]
      .sort((a, b) => a.sequence - b.sequence)
      .map(({ kind, startsOrder, terms }) => ({ ...terms, kind, startsOrder })),
    inflight: [...core.inflight]
      .map(([key, requests]) => ({ key, kinds: requests.map(({ kind }) => kind).sort() }))
      .sort((a, b) => a.key - b.key),
    tokens: [core.rates.shared, ...core.rates.own.filter((own) => own !== null)].map(
      ({ orders, cancels }) => ({
        orders: textOf(tokensAt(orders, core.clock)),
        cancels: textOf(tokensAt(cancels, core.clock)),
      }),
    ),
    strategies: strategies.map(({ memory, wakeAt, enabled, handed, draws }, index) => ({
      memory,
      wakeAt,
      enabled,
      handed,
      used: core.used[index] ?? 0,
      random: generatorAfter(core.seed, index, draws).snapshot(),
    })),
  }
}

export function plainOfReal({ state, view }: Core): PlainState {
  const { control, execution, market, rates } = state
  return {
    clock: control.clock,
    nextPosition: control.nextPosition,
    tradingEnabled: tradingChart.states[control.trading] === 'enabled' && view.tradingEnabled,
    session: sessionChart.states[control.session],
    version: control.configurationVersion,
    books: market.map(({ book }, instrument) => {
      const trade = view.lastTrade(instrument)
      return {
        bids: levelsOf(book, BUY),
        asks: levelsOf(book, SELL),
        lastTrade:
          trade === null || trade.count === 0
            ? null
            : { price: trade.price, qty: trade.qty, side: trade.side },
      }
    }),
    orders: [...execution.orders.all()]
      .map((order) => ({
        key: order.key,
        instrument: order.instrument,
        side: order.side,
        orderType: order.orderType,
        timeInForce: order.timeInForce,
        price: order.price,
        qty: order.qty,
        status: orderChart.states[order.status],
        cum: order.cumQty,
        leaves: order.leavesQty,
      }))
      .sort((a, b) => a.key - b.key),
    accounts: plainAccounts(execution.accounts),
    own: execution.own.map(({ accounts }) => plainAccounts(accounts)),
    equity: equitiesOf(view, state.configuration.instruments),
    queue: [...execution.work.queue.values()]
      .sort((a, b) => a.sequence - b.sequence)
      .map(({ sendAs, sequence: _, ...rest }) => ({ ...rest, startsOrder: sendAs === 'new' })),
    inflight: [...execution.inflight.values()]
      .map(({ key, kind, passed }) => ({
        key,
        kinds: passed === null ? [kind] : [kind, passed].sort(),
      }))
      .sort((a, b) => a.key - b.key),
    tokens: rates.rules.map(({ orders, cancels }, group) => {
      const stored = execution.work.rates[group]!
      return {
        orders: textOf(tokensOf(stored.orders, orders, control.clock)),
        cancels: textOf(tokensOf(stored.cancels, cancels, control.clock)),
      }
    }),
    strategies: control.strategies.map(
      ({ memory, wakeAt, enabled, handedOut, issued, random }) => ({
        memory,
        wakeAt: Number.isSafeInteger(wakeAt) && wakeAt >= 0 ? wakeAt : null,
        enabled,
        handed: handedOut,
        used: issued,
        random: random.snapshot(),
      }),
    ),
  }
}

const plainAccounts = (accounts: Core['state']['execution']['accounts']) =>
  accounts.map(({ position, cash, fees, funding }) => ({ position, cash, fees, funding }))

const textOf = (value: Rational | null): string | null => (value === null ? null : asText(value))

function equitiesOf(view: Core['view'], instruments: readonly Instrument[]): unknown {
  return instruments.map((_, instrument) =>
    view.touch(instrument) === null ? null : view.equity(instrument),
  )
}

function levelsOf(book: Book, side: Side): [number, number][] {
  const levels: [number, number][] = []
  book.levels(side, Number.MAX_SAFE_INTEGER, (price, qty) => {
    levels.push([price, qty])
    return undefined
  })
  return levels
}

/** Tokens are stored as of their last use; both sides are compared as of the clock. */
function tokensOf(
  stored: { readonly tokens: number; readonly time: number } | null,
  rate: { readonly refillPerNs: number; readonly cost: number; readonly capacity: number } | null,
  now: number,
): Rational | null {
  if (stored === null || rate === null) return null
  const cost = BigInt(rate.cost)
  const grown = BigInt(rate.refillPerNs) * BigInt(Math.max(0, now - stored.time))
  const full = ratio(BigInt(rate.capacity), cost)
  const before = ratio(BigInt(stored.tokens), cost)
  // More than fits is shown as it is: it must not be there.
  return isAbove(before, full) ? before : smaller(full, add(before, ratio(grown, cost)))
}
