import {
  type Decimal,
  decimal,
  formatDecimal,
  type Instrument,
  type Nanos,
  NO_ASK,
  NO_BID,
} from '@escapement/core'
import type { Desk } from './desk.ts'
import { type FundingPayment, fundingAmount } from './funding-schedule.ts'
import type { VenueBook } from './reference-book.ts'

/**
 * Pays funding on the position that the venue knows, which is the sum of its executions. Rows of
 * the same nanosecond come before it, requests after it. Without a position, or without a mark
 * price and any quote, nothing is paid and nothing is said.
 * @source README.md, "Funding"
 */
export class Funding {
  readonly #payments: readonly FundingPayment[]
  readonly #instrument: Instrument
  readonly #desk: Desk
  #done = 0

  constructor(payments: readonly FundingPayment[], instrument: Instrument, desk: Desk) {
    this.#payments = payments
    this.#instrument = instrument
    this.#desk = desk
  }

  /** When the next payment is due; infinite after the last. */
  get next(): Nanos {
    return this.#payments[this.#done]?.time ?? Number.POSITIVE_INFINITY
  }

  /** Makes the next payment; `now` is its time, or later where no rows led up to it. */
  pay(now: Nanos): void {
    const { rate, mark: given } = this.#payments[this.#done++]!
    const { position, reporter, book } = this.#desk
    const mark = given ?? midOf(book, this.#instrument)
    if (position === 0 || mark === null) return
    const amount = fundingAmount(this.#instrument, position, mark, rate)
    reporter.funded(now, position, formatDecimal(mark), formatDecimal(rate), amount)
  }
}

/** The mid, or the one price that there is. */
function midOf({ bestBid, bestAsk }: VenueBook, { tickSize, kind }: Instrument): Decimal | null {
  if (bestBid === NO_BID && bestAsk === NO_ASK) return null
  const bid = bestBid === NO_BID ? bestAsk : bestBid
  const ask = bestAsk === NO_ASK ? bestBid : bestAsk
  if (kind === 'inverse' && bid + ask <= 0) return null
  return decimal(BigInt(bid + ask) * tickSize.digits * 5n, tickSize.scale + 1)
}
