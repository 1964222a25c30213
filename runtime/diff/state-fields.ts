import {
  type Account,
  BUY,
  type CoreConfiguration,
  digestHex,
  formatOrderKey,
  type InstrumentMarket,
  NEVER,
  NO_ASK,
  NO_BID,
  type Order,
  orderChart,
  SELL,
  type State,
  sessionChart,
  tradingChart,
} from '@escapement/core'

/**
 * State as plain fields, named as the Configuration names instruments, strategies and orders: the
 * touch and the digest of each book, every order, account, command, request and memory. Prices are
 * ticks, quantities lots (of a book quantity units), times ns of the session.
 */
export function stateFields(
  { market, execution, control }: State,
  { instruments, namespaces }: CoreConfiguration,
): object {
  const bySymbol = <T>(list: readonly T[], fields: (one: T) => object) =>
    Object.fromEntries(list.map((one, i) => [instruments[i]!.symbol, fields(one)]))
  const byOrder = <T extends { readonly key: number }>(list: Iterable<T>, fields: Fields<T>) =>
    Object.fromEntries([...list].map((one) => [formatOrderKey(one.key, namespaces), fields(one)]))
  const { orders, accounts, own, inflight, work } = execution
  return {
    control: {
      clock: control.clock,
      nextPosition: control.nextPosition,
      trading: tradingChart.states[control.trading],
      session: sessionChart.states[control.session],
      configurationVersion: control.configurationVersion,
      feeds: control.feeds,
    },
    market: bySymbol(market, marketFields),
    accounts: bySymbol(accounts, accountFields),
    orders: byOrder(orders.all(), orderFields),
    queue: byOrder(work.queue.values(), ({ key: _, ...fields }) => fields),
    inflight: byOrder(inflight.values(), ({ key: _, ...fields }) => fields),
    rates: work.rates,
    nextSequence: work.nextSequence,
    strategies: Object.fromEntries(
      control.strategies.map((slot, i) => [
        namespaces[i]!,
        { ...slotFields(slot), accounts: bySymbol(own[i]!.accounts, accountFields) },
      ]),
    ),
  }
}

type StrategySlot = State['control']['strategies'][number]
type Fields<T> = (one: T) => object

function marketFields({ book, ...rest }: InstrumentMarket): object {
  const { bestBid, bestAsk, digestHigh, digestLow } = book
  return {
    bid: bestBid === NO_BID ? null : bestBid,
    bidQty: book.qtyAt(BUY, bestBid),
    ask: bestAsk === NO_ASK ? null : bestAsk,
    askQty: book.qtyAt(SELL, bestAsk),
    bookDigest: digestHex(digestHigh, digestLow),
    ...rest,
  }
}

const accountFields = (account: Account): object => ({ ...account })

function orderFields({ key: _key, hashLow: _low, hashHigh: _high, ...order }: Order): object {
  return { ...order, status: orderChart.states[order.status] }
}

function slotFields({ random, wakeAt, ...slot }: StrategySlot): object {
  return { ...slot, wakeAt: wakeAt === NEVER ? null : wakeAt, random: random.snapshot() }
}
