import type { Decimal } from './decimal.ts'

/**
 * Linear: value = contracts x price. Inverse: value = contracts / price, in the base currency.
 * Quanto: as linear, settled in a third currency, of which `contractSize` is the multiplier: its
 * money for one contract and a price of 1.
 */
export type ContractKind = 'linear' | 'inverse' | 'quanto'

/** One tradable instrument, as the Configuration fixes it. */
export type Instrument = {
  readonly symbol: string
  readonly kind: ContractKind
  readonly tickSize: Decimal
  readonly lotSize: Decimal
  readonly contractSize: Decimal
  /** Currency of cash and fees. */
  readonly quote: string
  /** Money counts units of 10^-quoteDecimals of the quote currency. */
  readonly quoteDecimals: number
  /** Displayed quantities of the feed count units of 10^-qtyDecimals; at least as fine as the lot. */
  readonly qtyDecimals: number
}
