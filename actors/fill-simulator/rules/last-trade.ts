import { type MarketView, type PriceTicks, RowKind } from '@escapement/core'

/** The price of the last trade among the rows that the venue has taken in. */
export class LastTrade {
  price: PriceTicks | null = null

  /** Rows [from, to) were taken in. Cost: the rows behind the last trade among them. */
  saw({ kind, price }: MarketView, from: number, to: number): void {
    for (let row = to - 1; row >= from; row--) {
      if (kind[row] !== RowKind.TRADE) continue
      this.price = price[row]!
      return
    }
  }
}
