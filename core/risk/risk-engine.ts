import { compare, type Decimal, decimal, multiply } from '../decimal.ts'
import type { Allowed, Intent } from '../intents.ts'
import type { OrderTerms } from '../orders.ts'
import type { State } from '../state/state.ts'
import { BUY } from '../units.ts'
import { Exposure } from './exposure.ts'
import { lossReason } from './loss.ts'
import type { DenialReason } from './reasons.ts'
import { riskDecimals, touchOf, valueAt, valueAtMid } from './valuation.ts'

export type Verdict = { readonly allowed: Allowed } | { readonly denied: DenialReason }

/**
 * The policy layer of one step: allowed or denied, nothing else. It holds no state of its own
 * beyond the step's exposure overlay and knows nothing of rate, queue order or "later".
 *
 * Intents are judged one by one in emission order, so a later one sees the earlier ones as
 * working. Orders that can only reduce a position are never denied for exposure. A missing input
 * denies.
 */
export class RiskEngine {
  readonly #state: State
  readonly #exposure: Exposure

  constructor(state: State) {
    this.#state = state
    this.#exposure = new Exposure(state)
  }

  judge(intent: Intent): Verdict {
    const denied = this.#deny(intent)
    if (denied !== null) return { denied }
    this.#exposure.fold(intent)
    return { allowed: intent as Allowed }
  }

  #deny(intent: Intent): DenialReason | null {
    if (intent.type === 'intent.cancel') return null
    const state = this.#state
    if (!state.tradingEnabled) return 'TRADING_DISABLED'
    const loss = lossReason(state)
    if (loss !== null) return loss
    const terms = this.#terms(intent)
    if (terms === null) return 'UNKNOWN_ORDER'
    if (state.market[terms.instrument] === undefined) return 'INVALID_INSTRUMENT'
    return (
      this.#malformed(terms) ??
      this.#venuePolicy(terms) ??
      this.#limits(terms, filledOf(state, terms))
    )
  }

  /** The order as it would be: a REPLACE takes its other terms from what it replaces. */
  #terms(intent: Exclude<Intent, { type: 'intent.cancel' }>): OrderTerms | null {
    if (intent.type === 'intent.new') return intent
    const old = this.#exposure.termsOf(intent.key)
    return old === undefined ? null : { ...old, price: intent.price, qty: intent.qty }
  }

  #malformed(terms: OrderTerms): DenialReason | null {
    if (!Number.isSafeInteger(terms.qty) || terms.qty <= 0) return 'INVALID_QTY'
    if (terms.orderType === 'market') return null
    return Number.isSafeInteger(terms.price) && terms.price > 0 ? null : 'INVALID_LIMIT_PRICE'
  }

  #venuePolicy(terms: OrderTerms): DenialReason | null {
    const { risk } = this.#state
    const touch = touchOf(this.#state, terms.instrument)
    if (terms.timeInForce === 'postOnly' && touch !== null) {
      const trades = terms.side === BUY ? terms.price >= touch.ask : terms.price <= touch.bid
      if (trades) {
        return risk.postOnlyMode === 'drop' ? 'DROPPED_BY_POLICY' : 'POST_ONLY_WOULD_TRADE'
      }
    }
    if (terms.orderType === 'market' && touch === null) return 'NO_MID_FOR_MARKET'
    return null
  }

  #limits(terms: OrderTerms, filled: number): DenialReason | null {
    const { risk } = this.#state
    const notional = this.#notional(terms)
    if (notional === null) return 'NO_MID'
    if (below(this.#state, notional, risk.minOrderNotional)) return 'MIN_NOTIONAL'
    const growth = this.#growth(terms, terms.qty - filled)
    if (growth.grows && exceedsPosition(this.#state, terms.instrument, growth.worst)) {
      return 'MAX_POSITION'
    }
    if (growth.grows && above(this.#state, notional, risk.maxSingleOrderNotional)) {
      return 'MAX_SINGLE_ORDER_NOTIONAL'
    }
    if (growth.grows && risk.maxGrossNotional !== undefined) {
      const gross = this.#gross(terms, notional)
      if (gross === null) return 'NO_MID'
      if (above(this.#state, gross, risk.maxGrossNotional)) return 'MAX_GROSS_NOTIONAL'
    }
    return this.#quoteLimits(terms, notional)
  }

  #notional(terms: OrderTerms): bigint | null {
    return terms.orderType === 'market'
      ? valueAtMid(this.#state, terms.instrument, terms.qty)
      : valueAt(this.#state, terms.instrument, terms.price, terms.qty)
  }

  /** The position if everything open on this side filled, and whether that is a larger one. */
  #growth(terms: OrderTerms, leaves: number): { readonly grows: boolean; readonly worst: number } {
    const { position } = this.#state.execution.accounts[terms.instrument]!
    const open = this.#exposure.openQty(terms.instrument, terms.side, terms.key)
    const worst = position + terms.side * (open + leaves)
    return { grows: Math.abs(worst) > Math.abs(position), worst }
  }

  /** Absolute values of all positions at their mids, plus this order. */
  #gross(terms: OrderTerms, notional: bigint): bigint | null {
    let gross = notional
    for (let i = 0; i < this.#state.market.length; i++) {
      const { position } = this.#state.execution.accounts[i]!
      const value = valueAtMid(this.#state, i, Math.abs(position))
      if (value === null) return null
      gross += value
    }
    // Orders still open on the same side of the same instrument count as filled.
    const open = this.#exposure.openQty(terms.instrument, terms.side, terms.key)
    const value = valueAtMid(this.#state, terms.instrument, open)
    return value === null ? null : gross + value
  }

  #quoteLimits(terms: OrderTerms, notional: bigint): DenialReason | null {
    const { maxActiveQuotes, maxGrossQuoteNotional, maxNetQuoteNotional } = this.#state.risk
    if (
      maxActiveQuotes === undefined &&
      maxGrossQuoteNotional === undefined &&
      maxNetQuoteNotional === undefined
    ) {
      return null
    }
    let count = 1
    let gross = notional
    let net = BigInt(terms.side) * notional
    for (const quote of this.#exposure.quotes(terms.key)) {
      count++
      const value =
        quote.orderType === 'market'
          ? valueAtMid(this.#state, quote.instrument, quote.leaves)
          : valueAt(this.#state, quote.instrument, quote.price, quote.leaves)
      if (value === null) return 'NO_MID'
      gross += value
      net += BigInt(quote.side) * value
    }
    if (maxActiveQuotes !== undefined && count > maxActiveQuotes) return 'MAX_ACTIVE_QUOTES'
    if (above(this.#state, gross, maxGrossQuoteNotional)) return 'MAX_GROSS_QUOTE_NOTIONAL'
    const absolute = net < 0n ? -net : net
    return above(this.#state, absolute, maxNetQuoteNotional) ? 'MAX_NET_QUOTE_NOTIONAL' : null
  }
}

function filledOf(state: State, terms: OrderTerms): number {
  return state.execution.orders.get(terms.key)?.cumQty ?? 0
}

/** Exact comparison of an amount in risk units with a limit; no limit is never exceeded. */
function above(state: State, units: bigint, limit: Decimal | undefined): boolean {
  return limit !== undefined && compare(decimal(units, riskDecimals(state)), limit) > 0
}

function below(state: State, units: bigint, limit: Decimal | undefined): boolean {
  return limit !== undefined && compare(decimal(units, riskDecimals(state)), limit) < 0
}

/** Whether `lots` of the instrument are more contracts than the limit allows. */
function exceedsPosition(state: State, instrument: number, lots: number): boolean {
  const { maxPosition } = state.risk
  if (maxPosition === undefined) return false
  const { lotSize } = state.configuration.instruments[instrument]!
  const contracts = multiply(decimal(BigInt(Math.abs(lots)), 0), lotSize)
  return compare(contracts, maxPosition) > 0
}
