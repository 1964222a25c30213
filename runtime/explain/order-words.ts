import {
  decimal,
  formatDecimal,
  type Instrument,
  type MarketView,
  multiply,
  type Nanos,
  NO_ASK,
  NO_BID,
  type PriceTicks,
  type QtyLots,
  type QtyUnits,
  RowKind,
  type Side,
  WHOLE_SIDE,
} from '@escapement/core'
import type { MarketRow } from './explanation.ts'

const KINDS = {
  [RowKind.DEPTH]: 'depth',
  [RowKind.TRADE]: 'trade',
  [RowKind.CLEAR]: 'clear',
  [RowKind.SNAPSHOT]: 'snapshot',
} as const

/** Session units of one instrument as exact text, and rows of its data by their number. */
export class OrderWords {
  readonly instrument: Instrument
  readonly #view: MarketView
  readonly #origin: bigint

  /** `view` is the exchange's. */
  constructor(instrument: Instrument, view: MarketView, origin: bigint) {
    this.instrument = instrument
    this.#view = view
    this.#origin = origin
  }

  time(nanos: Nanos): string {
    return (this.#origin + BigInt(nanos)).toString()
  }

  price(ticks: PriceTicks): string {
    if (ticks <= NO_BID || ticks >= NO_ASK) return 'none'
    return formatDecimal(multiply(decimal(BigInt(ticks), 0), this.instrument.tickSize))
  }

  qty(lots: QtyLots): string {
    return formatDecimal(multiply(decimal(BigInt(lots), 0), this.instrument.lotSize))
  }

  displayed(units: QtyUnits): string {
    return formatDecimal(decimal(BigInt(units), this.instrument.qtyDecimals))
  }

  money(units: number | bigint): string {
    return formatDecimal(decimal(BigInt(units), this.instrument.quoteDecimals))
  }

  /** A row of the dataset as the exchange saw it; null when it did not see it, or of a take. */
  row(row: number, previous: QtyUnits | null): MarketRow | null {
    const view = this.#view
    const at = this.#find(row)
    if (at < 0) return null
    const price = view.price[at]!
    return {
      kind: KINDS[view.kind[at] as keyof typeof KINDS],
      side: view.side[at] === 0 ? null : sideText(view.side[at] as Side),
      price: price === WHOLE_SIDE ? null : this.price(price),
      qty: this.displayed(view.qty[at]!),
      previousQty: previous === null ? null : this.displayed(previous),
    }
  }

  /** Place of a dataset's row in the view, whose row numbers ascend; -1 if it is not there. */
  #find(row: number): number {
    const { row: rows, length } = this.#view
    let low = 0
    let high = length
    while (low < high) {
      const middle = (low + high) >> 1
      if (rows[middle]! < row) low = middle + 1
      else high = middle
    }
    return low < length && rows[low] === row ? low : -1
  }
}

export const sideText = (side: Side): 'buy' | 'sell' => (side === 1 ? 'buy' : 'sell')
