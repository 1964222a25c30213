import { NO_ASK, NO_BID } from '../book/book.ts'
import { powerOfTen } from '../decimal.ts'
import { equityAt } from '../state/account.ts'
import type { State } from '../state/state.ts'
import type { PriceTicks, QtyLots } from '../units.ts'

/** Both best prices of an instrument, or null while a side is empty. */
export function touchOf(
  state: State,
  instrument: number,
): { readonly bid: PriceTicks; readonly ask: PriceTicks } | null {
  const book = state.market[instrument]!.book
  if (book.bestBid === NO_BID || book.bestAsk === NO_ASK) return null
  return { bid: book.bestBid, ask: book.bestAsk }
}

/** Value of `qty` lots at the mid in risk units, or null while there is no mid. */
export function valueAtMid(state: State, instrument: number, qty: QtyLots): bigint | null {
  if (qty === 0) return 0n
  const touch = touchOf(state, instrument)
  if (touch === null) return null
  const units = state.money[instrument]!.amountAtMid(touch.bid, touch.ask, qty)
  return toRiskUnits(state, instrument, units)
}

export function valueAt(state: State, instrument: number, price: PriceTicks, qty: QtyLots): bigint {
  return toRiskUnits(state, instrument, state.money[instrument]!.amount(price, qty))
}

/** Net worth over all instruments, or null while a held instrument has no mid. */
export function totalEquity(state: State): bigint | null {
  let total = 0n
  for (let i = 0; i < state.market.length; i++) {
    const equity = equityOf(state, i)
    if (equity === null) return null
    total += equity
  }
  return total
}

/** Net worth of one instrument's account in risk units, or null while it is held without a mid. */
export function equityOf(state: State, instrument: number): bigint | null {
  const account = state.execution.accounts[instrument]!
  const touch = touchOf(state, instrument)
  if (touch === null && account.position !== 0) return null
  const money = state.money[instrument]!
  return toRiskUnits(state, instrument, equityAt(account, money, touch?.bid ?? 0, touch?.ask ?? 0))
}

/** Decimals of risk amounts: the finest money unit among the instruments, so nothing is lost. */
export function riskDecimals(state: State): number {
  let decimals = 0
  for (const { quoteDecimals } of state.configuration.instruments) {
    decimals = Math.max(decimals, quoteDecimals)
  }
  return decimals
}

function toRiskUnits(state: State, instrument: number, units: bigint): bigint {
  const finer = riskDecimals(state) - state.configuration.instruments[instrument]!.quoteDecimals
  return finer === 0 ? units : units * powerOfTen(finer)
}
