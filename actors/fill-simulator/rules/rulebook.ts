import type {
  CommandKind,
  Dispatch,
  Instrument,
  Nanos,
  OrderTerms,
  PriceTicks,
} from '@escapement/core'
import type { VenueBook } from '../reference-book.ts'
import type { LastTrade } from './last-trade.ts'
import { limitChecks } from './order-limits.ts'
import { RequestLimits } from './request-limits.ts'
import type {
  OrderCheck,
  PostOnlyPolicy,
  SelfTradePolicy,
  VenueMarket,
  VenueRules,
} from './venue-rules.ts'

/** The rules of one instrument at work, in front of everything else that a request may do. */
export class Rulebook {
  readonly postOnly: PostOnlyPolicy
  readonly selfTrade: SelfTradePolicy
  /** Ticks between the prices that orders may have. */
  readonly #step: number
  readonly #requests: RequestLimits
  readonly #checks: readonly OrderCheck[]
  readonly #market: VenueMarket

  /** @throws ESC_CONFIG_INVALID when a rule cannot be used */
  constructor(rules: VenueRules, instrument: Instrument, book: VenueBook, trade: LastTrade) {
    const { limits = {}, own = [], requestLimits = [] } = rules
    this.postOnly = rules.postOnly ?? 'expire'
    this.selfTrade = rules.selfTrade ?? 'none'
    this.#step = limits.tickMultiple ?? 1
    this.#requests = new RequestLimits(requestLimits)
    this.#checks = [
      ...limitChecks(instrument, limits),
      ...own.map((rule) => rule.create(instrument)),
    ]
    this.#market = {
      get bestBid() {
        return book.bestBid
      },
      get bestAsk() {
        return book.bestAsk
      },
      get lastTrade() {
        return trade.price
      },
    }
  }

  /** Whether the limits of requests let one in. */
  admits(kind: CommandKind, exchTime: Nanos): boolean {
    return this.#requests.admits(kind, exchTime)
  }

  /** The reason of the first rule that the terms break, or null. */
  fault(terms: OrderTerms, exchTime: Nanos): string | null {
    for (const check of this.#checks) {
      const reason = check(terms, this.#market, exchTime)
      if (reason !== null) return reason
    }
    return null
  }

  /** The nearest price behind `best` of the other side. */
  behind(side: Dispatch['side'], best: PriceTicks): PriceTicks {
    const step = this.#step
    const steps = side > 0 ? Math.floor((best - 1) / step) : Math.ceil((best + 1) / step)
    // Never minus zero, which is another number in a record.
    return steps * step + 0
  }
}
