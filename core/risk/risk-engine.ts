import type { Allowed, Intent } from '../intents.ts'
import type { OrderTerms } from '../orders.ts'
import type { State } from '../state/state.ts'
import { BUY, type QtyLots } from '../units.ts'
import { Exposure } from './exposure.ts'
import { lossReason } from './loss.ts'
import type { DenialReason } from './reasons.ts'
import { hasMid, valueAtMid } from './valuation.ts'

/** The answer to one Intent: the same Intent as allowed, or why it is not. */
export type Verdict = { readonly allowed: Allowed } | { readonly denied: DenialReason }

/**
 * The policy layer of one step: allowed or denied, nothing else. It holds no state of its own
 * beyond the step's exposure overlay and knows nothing of rate, queue order or "later".
 *
 * Intents are judged one by one in emission order, so a later one sees the earlier ones as
 * working. Orders that can only reduce a position are never denied for exposure. A missing input
 * denies. Equity cannot change within a step, so the loss limits are asked once.
 */
export class RiskEngine {
  readonly #state: State
  readonly #exposure: Exposure
  #loss: DenialReason | null | undefined

  constructor(state: State) {
    this.#state = state
    this.#exposure = new Exposure(state)
  }

  /** Judges one Intent; an allowed one counts as working for those judged after it. */
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
    if (this.#loss === undefined) this.#loss = lossReason(state)
    if (this.#loss !== null) return this.#loss
    const terms = this.#terms(intent)
    if (terms === null) return 'UNKNOWN_ORDER'
    if (state.market[terms.instrument] === undefined) return 'INVALID_INSTRUMENT'
    return this.#malformed(terms) ?? this.#venuePolicy(terms) ?? this.#limits(terms)
  }

  /** The order as it would be: a REPLACE takes its other terms from what it replaces. */
  #terms(intent: Exclude<Intent, { type: 'intent.cancel' }>): OrderTerms | null {
    if (intent.type === 'intent.new') return intent
    const old = this.#exposure.termsOf(intent.key)
    if (old === undefined) return null
    const { key, instrument, side, orderType, timeInForce } = old
    const { price, qty } = intent
    return { key, instrument, side, orderType, timeInForce, price, qty }
  }

  #malformed(terms: OrderTerms): DenialReason | null {
    if (!Number.isSafeInteger(terms.qty) || terms.qty <= 0) return 'INVALID_QTY'
    if (terms.orderType === 'market') return null
    return Number.isSafeInteger(terms.price) && terms.price > 0 ? null : 'INVALID_LIMIT_PRICE'
  }

  #venuePolicy(terms: OrderTerms): DenialReason | null {
    if (terms.timeInForce === 'postOnly') {
      // An empty side has a price that nothing reaches.
      const { bestBid, bestAsk } = this.#state.market[terms.instrument]!.book
      const trades = terms.side === BUY ? terms.price >= bestAsk : terms.price <= bestBid
      if (trades) {
        const isDropped = this.#state.risk.postOnlyMode === 'drop'
        return isDropped ? 'DROPPED_BY_POLICY' : 'POST_ONLY_WOULD_TRADE'
      }
    }
    const isPriced = terms.orderType === 'limit' || hasMid(this.#state, terms.instrument)
    return isPriced ? null : 'NO_MID_FOR_MARKET'
  }

  #limits(terms: OrderTerms): DenialReason | null {
    const { riskRules } = this.#state
    const notional = this.#valueOf(terms, terms.qty)
    if (notional < riskRules.minOrder) return 'MIN_NOTIONAL'
    if (!riskRules.needsSize && !riskRules.needsQuotes) return null
    this.#exposure.measure(terms)
    return this.#sizeLimits(terms, notional) ?? this.#quoteLimits(terms, notional)
  }

  /** Value at the order's own price, or at the mid for a market order. */
  #valueOf(terms: OrderTerms, qty: QtyLots): number {
    return terms.orderType === 'market'
      ? valueAtMid(this.#state, terms.instrument, qty)
      : this.#state.riskRules.valueAt(terms.instrument, terms.price, qty)
  }

  /**
   * Position and gross value, were everything on this side to fill: only an order that makes the
   * position larger can break them. The size of one order is no exposure and limits every order.
   */
  #sizeLimits(terms: OrderTerms, notional: number): DenialReason | null {
    const { riskRules, execution } = this.#state
    const { position } = execution.accounts[terms.instrument]!
    const filled = execution.orders.get(terms.key)?.cumQty ?? 0
    const worst = position + terms.side * (this.#exposure.openQty + terms.qty - filled)
    const grows = Math.abs(worst) > Math.abs(position)
    if (grows && Math.abs(worst) > riskRules.maxPositionLots[terms.instrument]!) {
      return 'MAX_POSITION'
    }
    if (notional > riskRules.maxSingleOrder) return 'MAX_SINGLE_ORDER_NOTIONAL'
    if (!grows || riskRules.limits.maxGrossNotional === undefined) return null
    const gross = this.#gross(terms, notional)
    if (Number.isNaN(gross)) return 'NO_MID'
    return gross > riskRules.maxGross ? 'MAX_GROSS_NOTIONAL' : null
  }

  /** All positions at their mids, this order, and what else is open on its side. */
  #gross(terms: OrderTerms, notional: number): number {
    let gross = notional + valueAtMid(this.#state, terms.instrument, this.#exposure.openQty)
    for (let i = 0; i < this.#state.market.length; i++) {
      const { position } = this.#state.execution.accounts[i]!
      gross += valueAtMid(this.#state, i, Math.abs(position))
    }
    return gross
  }

  #quoteLimits(terms: OrderTerms, notional: number): DenialReason | null {
    const { riskRules } = this.#state
    if (!riskRules.needsQuotes) return null
    const { quotes, gross, net } = this.#exposure
    if (Number.isNaN(gross)) return 'NO_MID'
    if (quotes + 1 > riskRules.maxActiveQuotes) return 'MAX_ACTIVE_QUOTES'
    if (gross + notional > riskRules.maxGrossQuotes) return 'MAX_GROSS_QUOTE_NOTIONAL'
    const after = Math.abs(net + terms.side * notional)
    return after > riskRules.maxNetQuotes ? 'MAX_NET_QUOTE_NOTIONAL' : null
  }
}
