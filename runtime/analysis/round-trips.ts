import {
  divideHalfEven,
  type Instrument,
  MoneyRule,
  type Nanos,
  type OrderFilled,
  type QtyLots,
  type Side,
} from '@escapement/core'
import { ratio } from './exact-ratio.ts'

/** Lots that were opened by one fill and closed by another; money in the instrument's own units. */
export type RoundTrip = {
  /** Side of the fill that opened. */
  readonly side: Side
  readonly qty: QtyLots
  /** Exchange times. */
  readonly openedAt: Nanos
  readonly closedAt: Nanos
  /** What both fills made, less their fees. */
  readonly pnl: bigint
}

/** Lots of a fill that nothing has closed yet, with the money and the fee that belong to them. */
type Lot = {
  readonly side: Side
  readonly openedAt: Nanos
  qty: QtyLots
  cash: bigint
  fee: bigint
}

/**
 * Matches fills of one instrument first in, first out: each closes the oldest open lots of the other
 * side, and what is left of it opens. Cash and fee of a fill are divided by quantity, half to even, so
 * that the parts add up to the whole.
 */
export function roundTrips(
  fills: readonly OrderFilled[],
  instrument: Instrument,
): readonly RoundTrip[] {
  const money = new MoneyRule(instrument)
  const open: Lot[] = []
  let oldest = 0
  const trips: RoundTrip[] = []
  for (const fill of fills) {
    const rest = lotOf(fill, money)
    while (rest.qty > 0 && oldest < open.length && open[oldest]!.side !== rest.side) {
      const lot = open[oldest]!
      const qty = Math.min(lot.qty, rest.qty)
      const { side, openedAt } = lot
      const pnl = taken(lot, qty) + taken(rest, qty)
      trips.push({ side, qty, openedAt, closedAt: fill.exchTime, pnl })
      if (lot.qty === 0) oldest++
    }
    if (rest.qty > 0) open.push(rest)
  }
  return trips
}

function lotOf({ side, lastQty, lastPrice, exchTime, fee }: OrderFilled, money: MoneyRule): Lot {
  const cash = money.cashSign() * BigInt(side) * money.amount(lastPrice, lastQty)
  return { side, openedAt: exchTime, qty: lastQty, cash, fee: BigInt(fee) }
}

/** Takes `qty` lots out of a lot; gives the cash less the fee that belong to them. */
function taken(lot: Lot, qty: QtyLots): bigint {
  const share = (of: bigint) => divideHalfEven(of * BigInt(qty), BigInt(lot.qty))
  const cash = share(lot.cash)
  const fee = share(lot.fee)
  lot.cash -= cash
  lot.fee -= fee
  lot.qty -= qty
  return cash - fee
}

/** Of round trips, whose money is in units of 10^-decimals. */
export type TripStatistics = {
  readonly trips: number
  /** Those that made money, fees included. */
  readonly wins: number
  /** Wins over trips; null without trips. */
  readonly hitRatio: number | null
  /** What the winners made over what the losers lost; null without losers. */
  readonly profitFactor: number | null
  readonly pnl: bigint
  /** Mean time from opening to closing, weighted by lots; null without trips. */
  readonly meanHoldingNs: number | null
}

/** Sums up trips of one instrument, or of several; `factors` turn the money of each into one unit. */
export function tripStatistics(
  trips: readonly (readonly RoundTrip[])[],
  factors: readonly bigint[],
): TripStatistics {
  let [count, wins] = [0, 0]
  let [gains, losses, held, lots] = [0n, 0n, 0n, 0n]
  trips.forEach((some, i) => {
    for (const { pnl, qty, openedAt, closedAt } of some) {
      count++
      if (pnl > 0n) wins++
      if (pnl > 0n) gains += pnl * factors[i]!
      else losses -= pnl * factors[i]!
      held += BigInt(closedAt - openedAt) * BigInt(qty)
      lots += BigInt(qty)
    }
  })
  return {
    trips: count,
    wins,
    hitRatio: count === 0 ? null : wins / count,
    profitFactor: ratio(gains, losses),
    pnl: gains - losses,
    meanHoldingNs: ratio(held, lots),
  }
}
