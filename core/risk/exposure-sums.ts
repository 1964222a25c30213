import { type OrderKey, orderNamespace } from '../orders.ts'
import type { State } from '../state/state.ts'
import { BUY, type InstrumentIndex, type QtyLots, type Side } from '../units.ts'

/** Quotes, gross, net and unpriced of a scope come first, then quantities by instrument and side. */
const [QUOTES, GROSS, NET, UNPRICED, QTY] = [0, 1, 2, 3, 4]

/**
 * Sums of what is open, for each scope: 0 is the account, 1 + n the n-th strategy.
 *
 * Layout: one row of float64 a scope. Values are integers in risk units, so adding and taking away
 * leaves nothing behind; a quote without a price (a market order while there is no mid) is counted
 * apart. Cost: a few additions a change, twice that where strategies have limits of their own.
 */
export class ExposureSums {
  readonly #state: State
  readonly #row: number
  readonly #sums: Float64Array
  #hasOwnRules = false
  #isExact = true

  constructor(state: State) {
    this.#state = state
    this.#row = QTY + 2 * state.market.length
    this.#sums = new Float64Array((1 + state.control.strategies.length) * this.#row)
  }

  clear(): void {
    // A loop, because `fill` is a call and the rows are short.
    for (let i = 0; i < this.#sums.length; i++) this.#sums[i] = 0
    this.#isExact = true
    this.#hasOwnRules = false
    for (const rules of this.#state.ownRules) if (rules !== null) this.#hasOwnRules = true
  }

  /**
   * Adds (1) or takes away (-1) an order that can still execute `openQty`, and whose
   * quote on `shownSide` is worth `value`.
   */
  add(
    key: OrderKey,
    instrument: InstrumentIndex,
    side: Side,
    openQty: QtyLots,
    shownSide: Side,
    value: number,
    sign: 1 | -1,
  ): void {
    const column = qtyColumn(instrument, side)
    this.#addTo(0, column, openQty, shownSide, value, sign)
    // Of a key that no strategy owns the row lies past the end, where the array keeps nothing.
    if (this.#hasOwnRules) {
      this.#addTo(1 + orderNamespace(key), column, openQty, shownSide, value, sign)
    }
  }

  /** Whether no sum has left 2^53 since all were 0: beyond it they depend on the order of adding. */
  get isExact(): boolean {
    return this.#isExact
  }

  /** Lots of a side that could still execute. */
  openQty(scope: number, instrument: InstrumentIndex, side: Side): QtyLots {
    return this.#sums[scope * this.#row + qtyColumn(instrument, side)]!
  }

  quotes(scope: number): number {
    return this.#sums[scope * this.#row + QUOTES]!
  }

  /** Gross and net value of the quotes in risk units; NaN while one of them has no price. */
  gross(scope: number): number {
    return this.#priced(scope, GROSS)
  }

  net(scope: number): number {
    return this.#priced(scope, NET)
  }

  #priced(scope: number, column: number): number {
    const at = scope * this.#row
    return this.#sums[at + UNPRICED]! > 0 ? Number.NaN : this.#sums[at + column]!
  }

  #addTo(
    scope: number,
    column: number,
    openQty: QtyLots,
    shownSide: Side,
    value: number,
    sign: 1 | -1,
  ): void {
    const sums = this.#sums
    const at = scope * this.#row
    sums[at + column]! += sign * openQty
    if (sums[at + column]! > Number.MAX_SAFE_INTEGER) this.#isExact = false
    sums[at + QUOTES]! += sign
    if (Number.isNaN(value)) sums[at + UNPRICED]! += sign
    else {
      sums[at + GROSS]! += sign * value
      sums[at + NET]! += sign * shownSide * value
      if (sums[at + GROSS]! > Number.MAX_SAFE_INTEGER) this.#isExact = false
    }
  }
}

const qtyColumn = (instrument: InstrumentIndex, side: Side): number =>
  QTY + 2 * instrument + (side === BUY ? 0 : 1)
