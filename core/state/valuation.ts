import { NO_ASK, NO_BID } from '../book/book.ts'
import type { OrderType } from '../orders.ts'
import type { InstrumentIndex, PriceTicks, QtyLots } from '../units.ts'
import { type Account, equityAt } from './account.ts'
import type { Portfolio } from './portfolio.ts'
import type { State } from './state.ts'

/** Whether both sides of the book have a price, so that there is a mid. */
export function hasMid(state: State, instrument: InstrumentIndex): boolean {
  const { bestBid, bestAsk } = state.market[instrument]!.book
  return bestBid !== NO_BID && bestAsk !== NO_ASK
}

/** Value of `qty` lots at the mid in risk units; NaN while there is no mid and a quantity. */
export function valueAtMid(state: State, instrument: InstrumentIndex, qty: QtyLots): number {
  if (qty === 0) return 0
  if (!hasMid(state, instrument)) return Number.NaN
  const { bestBid, bestAsk } = state.market[instrument]!.book
  return state.riskRules.valueAtMid(instrument, bestBid, bestAsk, qty)
}

/**
 * Value of `qty` lots of an order at its own price, or at the mid for a market order. It takes
 * numbers, because terms come in as many shapes as there are places that hold them.
 */
export const orderValue = (
  state: State,
  orderType: OrderType,
  instrument: InstrumentIndex,
  price: PriceTicks,
  qty: QtyLots,
): number =>
  orderType === 'market'
    ? valueAtMid(state, instrument, qty)
    : state.riskRules.valueAt(instrument, price, qty)

/** Net worth over all instruments in units of equity, or null while a held one has no mid. */
export function totalEquity(state: State, portfolio: Portfolio = state.execution): bigint | null {
  let total = 0n
  for (let i = 0; i < state.market.length; i++) {
    const equity = equityOf(state, i, portfolio)
    if (equity === null) return null
    total += equity
  }
  return total
}

/** Net worth of one instrument's account in units of equity; null while it is held without a mid. */
export function equityOf(
  state: State,
  instrument: InstrumentIndex,
  { accounts }: Portfolio,
): bigint | null {
  const equity = accountEquity(state, instrument, accounts[instrument]!)
  return equity === null ? null : equity * state.riskRules.equityFactors[instrument]!
}

/** Net worth of an account in its instrument's own money units; null while it is held without a mid. */
export function accountEquity(
  state: State,
  instrument: InstrumentIndex,
  account: Account,
): bigint | null {
  if (account.position !== 0 && !hasMid(state, instrument)) return null
  const { bestBid, bestAsk } = state.market[instrument]!.book
  return equityAt(account, state.money[instrument]!, bestBid, bestAsk)
}
