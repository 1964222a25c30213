import { type AccountFunded, type Instrument, MoneyRule, type OrderFilled } from '@escapement/core'
import { ratio } from './exact-ratio.ts'

/** What was traded and what that cost; money in one unit. */
export type Trading = {
  readonly fills: number
  /** Sum of the unsigned values of fills. */
  readonly turnover: bigint
  /** Of them as maker, by value. */
  readonly makerTurnover: bigint
  readonly makerShare: number | null
  /** Positive was paid. */
  readonly fees: bigint
  /** Positive was received. */
  readonly funding: bigint
}

/** Sums over fills and funding of one instrument, its money times `factor`. */
export function tradingOf(
  fills: readonly OrderFilled[],
  funding: readonly AccountFunded[],
  instrument: Instrument,
  factor: bigint,
): Trading {
  const money = new MoneyRule(instrument)
  let [turnover, makerTurnover, fees, received] = [0n, 0n, 0n, 0n]
  for (const { lastPrice, lastQty, fee, liquidity } of fills) {
    const amount = money.amount(lastPrice, lastQty) * factor
    turnover += amount
    if (liquidity === 'maker') makerTurnover += amount
    fees += BigInt(fee) * factor
  }
  for (const { amount } of funding) received += BigInt(amount) * factor
  return shared(fills.length, turnover, makerTurnover, fees, received)
}

/** The sum over instruments. */
export function addTrading(parts: readonly Trading[]): Trading {
  let count = 0
  let [turnover, makerTurnover, fees, funding] = [0n, 0n, 0n, 0n]
  for (const part of parts) {
    count += part.fills
    turnover += part.turnover
    makerTurnover += part.makerTurnover
    fees += part.fees
    funding += part.funding
  }
  return shared(count, turnover, makerTurnover, fees, funding)
}

const shared = (
  fills: number,
  turnover: bigint,
  makerTurnover: bigint,
  fees: bigint,
  funding: bigint,
): Trading => {
  const makerShare = ratio(makerTurnover, turnover)
  return { fills, turnover, makerTurnover, makerShare, fees, funding }
}
