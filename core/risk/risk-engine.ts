import { isOpen } from '../commands/dominance.ts'
import type { KeySlot } from '../commands/key-slot.ts'
import type { PendingOverlay } from '../commands/pending-overlay.ts'
import type { Allowed, Intent } from '../intents.ts'
import { type OrderTerms, orderNamespace } from '../orders.ts'
import type { RiskRules } from '../rules/risk-rules.ts'
import type { Portfolio } from '../state/portfolio.ts'
import type { State } from '../state/state.ts'
import { hasMid, orderValue, valueAtMid } from '../state/valuation.ts'
import { BUY, type InstrumentIndex, type PriceTicks, type QtyLots, type Side } from '../units.ts'
import { Exposure } from './exposure.ts'
import { lossReason } from './loss.ts'
import type { DenialReason, RiskScope } from './reasons.ts'

/** Allowed or denied, and nothing else. */
export type Verdict =
  | { readonly allowed: Allowed }
  | { readonly denied: DenialReason; readonly scope: RiskScope }

/** The first `count` of Intents, each of which a RiskEngine allowed: the list itself where it can be. */
export const judgedAllowed = (
  intents: readonly Intent[],
  count = intents.length,
): readonly Allowed[] =>
  (count === intents.length ? intents : intents.slice(0, count)) as readonly Allowed[]

/** What a NEW or a REPLACE asks for; the other terms of a REPLACE are those of what it replaces. */
type Asked = Pick<OrderTerms, 'price' | 'qty'>

/** The overlay in which a RiskEngine reconciles what it allows, for admission to go on with. */
export let overlayOf: (risk: RiskEngine) => PendingOverlay

/** Whose limits: the account's, then those of the strategy whose namespace the key has. */
const ACCOUNT = 0

/**
 * The policy layer: allowed or denied, nothing else. It holds no state of its own beyond one step's
 * exposure, of which {@link RiskEngine.begin} keeps nothing but what State says as well, and knows
 * nothing of rate, queue order or "later".
 *
 * Intents are judged one by one in emission order, so a later one sees the earlier ones as
 * working. Orders that can only reduce a position are never denied for exposure. A missing input
 * denies. Equity cannot change within a step, so the loss limits are asked once.
 */
export class RiskEngine {
  readonly #state: State
  readonly #exposure: Exposure
  /** By scope: whether its losses deny; undefined until asked in this step. */
  readonly #loss: (DenialReason | null | undefined)[]
  #scope: RiskScope = 'account'
  #isKept = false

  static {
    overlayOf = (risk) => risk.#exposure.overlay
  }

  constructor(state: State) {
    this.#state = state
    this.#exposure = new Exposure(state)
    this.#loss = Array.from({ length: 1 + state.control.strategies.length })
  }

  /** Starts a step: what the last one allowed is forgotten, but for the sums that still hold. */
  begin(): void {
    this.#exposure.reset(this.#isKept)
    this.#isKept = false
    for (let scope = 0; scope < this.#loss.length; scope++) this.#loss[scope] = undefined
  }

  /**
   * Says that State now is what the step judged it to be: all that was allowed is pending, and
   * nothing has left or was closed. Exposure is not summed anew then until {@link forget}.
   */
  keep(): void {
    this.#isKept = true
  }

  /** Says that orders, requests, pending work or rules may have changed. */
  forget(): void {
    this.#isKept = false
  }

  /** Judges one Intent; an allowed one counts as working for those judged after it. */
  judge(intent: Intent): Verdict {
    this.#scope = 'account'
    const slot = this.#exposure.turnTo(intent.key)
    const denied = this.#deny(intent, slot)
    if (denied !== null) {
      this.#exposure.putBack(slot)
      return { denied, scope: this.#scope }
    }
    this.#exposure.allow(slot, intent)
    return { allowed: intent as Allowed }
  }

  #deny(intent: Intent, slot: KeySlot): DenialReason | null {
    if (intent.type === 'intent.cancel') return null
    const state = this.#state
    if (!state.tradingEnabled) return 'TRADING_DISABLED'
    const strategy = orderNamespace(intent.key)
    const own = state.ownRules[strategy] ?? null
    const loss = this.#lossOf(ACCOUNT, state.riskRules, state.execution)
    if (loss !== null) return loss
    if (own !== null) {
      const ownLoss = this.#lossOf(1 + strategy, own, state.execution.own[strategy]!)
      if (ownLoss !== null) return this.#inScope(ownLoss)
    }
    const terms = intent.type === 'intent.new' ? intent : replaceable(slot)
    if (terms === undefined) return 'UNKNOWN_ORDER'
    if (state.market[terms.instrument] === undefined) return 'INVALID_INSTRUMENT'
    return (
      this.#malformed(terms, intent) ??
      this.#venuePolicy(terms, intent.price) ??
      this.#limits(slot, terms, intent, strategy, own)
    )
  }

  #inScope(denied: DenialReason | null): DenialReason | null {
    if (denied !== null) this.#scope = 'strategy'
    return denied
  }

  #lossOf(scope: number, rules: RiskRules, portfolio: Portfolio): DenialReason | null {
    let loss = this.#loss[scope]
    if (loss === undefined) {
      loss = lossReason(this.#state, rules, portfolio)
      this.#loss[scope] = loss
    }
    return loss
  }

  #malformed({ orderType }: OrderTerms, { price, qty }: Asked): DenialReason | null {
    if (!Number.isSafeInteger(qty) || qty <= 0) return 'INVALID_QTY'
    if (orderType === 'market') return null
    return Number.isSafeInteger(price) && price > 0 ? null : 'INVALID_LIMIT_PRICE'
  }

  #venuePolicy(
    { instrument, side, orderType, timeInForce }: OrderTerms,
    price: PriceTicks,
  ): DenialReason | null {
    if (timeInForce === 'postOnly') {
      // An empty side has a price that nothing reaches.
      const { bestBid, bestAsk } = this.#state.market[instrument]!.book
      const trades = side === BUY ? price >= bestAsk : price <= bestBid
      if (trades) {
        const isDropped = this.#state.risk.postOnlyMode === 'drop'
        return isDropped ? 'DROPPED_BY_POLICY' : 'POST_ONLY_WOULD_TRADE'
      }
    }
    const isPriced = orderType === 'limit' || hasMid(this.#state, instrument)
    return isPriced ? null : 'NO_MID_FOR_MARKET'
  }

  /** The limits of the account, then those of the strategy, each over what is its own. */
  #limits(
    slot: KeySlot,
    terms: OrderTerms,
    { price, qty }: Asked,
    strategy: number,
    own: RiskRules | null,
  ): DenialReason | null {
    const { riskRules, execution } = this.#state
    const { orderType, instrument } = terms
    const notional = orderValue(this.#state, orderType, instrument, price, qty)
    const isAsked = riskRules.minOrder > 0 || riskRules.needsExposure || own !== null
    if (isAsked && Number.isNaN(notional)) return 'INDETERMINATE'
    if (notional < riskRules.minOrder) return 'MIN_NOTIONAL'
    if (own !== null && notional < own.minOrder) return this.#inScope('MIN_NOTIONAL')
    if (!riskRules.needsExposure && own?.needsExposure !== true) return null
    this.#exposure.takeOut(slot)
    // What has filled of an order is in the position, and exposure no more.
    const filled = slot.order?.cumQty ?? 0
    const leaves = qty - filled
    const open =
      filled === 0
        ? notional
        : orderValue(this.#state, orderType, instrument, price, Math.max(0, leaves))
    const denied = this.#scopeLimits(terms, notional, leaves, open, ACCOUNT, riskRules, execution)
    if (denied !== null || own === null) return denied
    const portfolio = execution.own[strategy]!
    return this.#inScope(
      this.#scopeLimits(terms, notional, leaves, open, 1 + strategy, own, portfolio),
    )
  }

  #scopeLimits(
    { instrument, side }: OrderTerms,
    notional: number,
    leaves: QtyLots,
    open: number,
    scope: number,
    rules: RiskRules,
    portfolio: Portfolio,
  ): DenialReason | null {
    return (
      this.#sizeLimits(instrument, side, leaves, notional, open, scope, rules, portfolio) ??
      this.#quoteLimits(side, open, scope, rules)
    )
  }

  /**
   * Position and gross value, were everything on this side to fill: only an order that makes the
   * position larger can break them. The size of one order is no exposure and limits every order.
   */
  #sizeLimits(
    instrument: InstrumentIndex,
    side: Side,
    leaves: QtyLots,
    notional: number,
    open: number,
    scope: number,
    rules: RiskRules,
    portfolio: Portfolio,
  ): DenialReason | null {
    const { position } = portfolio.accounts[instrument]!
    const others = this.#exposure.sums.openQty(scope, instrument, side)
    const worst = Math.abs(position + side * (others + leaves))
    const grows = worst > Math.abs(position)
    if (grows && worst > rules.maxPositionLots[instrument]!) return 'MAX_POSITION'
    if (notional > rules.maxSingleOrder) return 'MAX_SINGLE_ORDER_NOTIONAL'
    if (!grows || rules.limits.maxGrossNotional === undefined) return null
    const gross = open + valueAtMid(this.#state, instrument, others) + this.#held(portfolio)
    if (Number.isNaN(gross)) return 'NO_MID'
    return gross > rules.maxGross ? 'MAX_GROSS_NOTIONAL' : null
  }

  /** Value of all positions at their mids. */
  #held({ accounts }: Portfolio): number {
    let held = 0
    for (let i = 0; i < accounts.length; i++) {
      held += valueAtMid(this.#state, i, Math.abs(accounts[i]!.position))
    }
    return held
  }

  #quoteLimits(side: Side, open: number, scope: number, rules: RiskRules): DenialReason | null {
    if (!rules.needsQuotes) return null
    const gross = this.#exposure.sums.gross(scope)
    if (rules.needsQuoteValues && Number.isNaN(gross)) return 'NO_MID'
    if (this.#exposure.sums.quotes(scope) + 1 > rules.maxActiveQuotes) return 'MAX_ACTIVE_QUOTES'
    if (gross + open > rules.maxGrossQuotes) return 'MAX_GROSS_QUOTE_NOTIONAL'
    const after = Math.abs(this.#exposure.sums.net(scope) + side * open)
    return after > rules.maxNetQuotes ? 'MAX_NET_QUOTE_NOTIONAL' : null
  }
}

/** Terms a REPLACE would change: those of the pending command, else of what works. */
function replaceable({ command, order, request }: KeySlot): OrderTerms | undefined {
  if (command !== undefined && command.kind !== 'cancel') return command
  if (order !== undefined) return isOpen(order) ? order : undefined
  return request?.kind === 'new' ? (request.asked ?? undefined) : undefined
}
