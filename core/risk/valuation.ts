import { NO_ASK, NO_BID } from '../book/book.ts'
import { equityAt } from '../state/account.ts'
import type { State } from '../state/state.ts'
import type { QtyLots } from '../units.ts'

/** Whether both sides of the book have a price, so that there is a mid. */
export function hasMid(state: State, instrument: number): boolean {
  const { bestBid, bestAsk } = state.market[instrument]!.book
  return bestBid !== NO_BID && bestAsk !== NO_ASK
}

/** Value of `qty` lots at the mid in risk units; NaN while there is no mid and a quantity. */
export function valueAtMid(state: State, instrument: number, qty: QtyLots): number {
  if (qty === 0) return 0
  if (!hasMid(state, instrument)) return Number.NaN
  const { bestBid, bestAsk } = state.market[instrument]!.book
  return state.riskRules.valueAtMid(instrument, bestBid, bestAsk, qty)
}

/** Net worth over all instruments in units of equity, or null while a held one has no mid. */
export function totalEquity(state: State): bigint | null {
  let total = 0n
  for (let i = 0; i < state.market.length; i++) {
    const equity = equityOf(state, i)
    if (equity === null) return null
    total += equity
  }
  return total
}

/** Net worth of one instrument's account in units of equity; null while it is held without a mid. */
export function equityOf(state: State, instrument: number): bigint | null {
  const account = state.execution.accounts[instrument]!
  if (account.position !== 0 && !hasMid(state, instrument)) return null
  const { bestBid, bestAsk } = state.market[instrument]!.book
  const equity = equityAt(account, state.money[instrument]!, bestBid, bestAsk)
  return equity * state.riskRules.equityFactors[instrument]!
}
