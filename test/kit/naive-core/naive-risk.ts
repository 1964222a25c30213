import {
  type Decimal,
  type Denial,
  type DenialReason,
  type Instrument,
  type Intent,
  type OrderKey,
  type OrderTerms,
  orderNamespace,
  type ReplaceIntent,
  type RiskLimits,
} from '@escapement/core'
import type { NaiveBook } from './naive-book.ts'
import type { Losses } from './naive-equity.ts'
import { contracts, limitUnits, valueAt } from './naive-money.ts'
import { hasEnded, type NaiveAccount } from './naive-orders.ts'
import { type Pending, type QueueScope, termsOf } from './naive-queue.ts'
import {
  absolute,
  add,
  isAbove,
  nearestEven,
  ofDecimal,
  ofInteger,
  type Rational,
  ratio,
  times,
  ZERO,
} from './rational.ts'

/** Limits of the account or of one strategy, and what they are held against. */
type Limits = {
  readonly risk: RiskLimits
  readonly accounts: readonly NaiveAccount[]
  readonly losses: Losses
  /** Whether an order of this key is one of theirs. */
  readonly counts: (key: OrderKey) => boolean
}
export type RiskScope = QueueScope & {
  readonly tradingEnabled: boolean
  readonly books: readonly NaiveBook[]
  readonly queue: readonly Pending[]
  readonly account: Limits
  /** By strategy, or null. */
  readonly own: readonly (Limits | null)[]
}
type Denied = Pick<Denial, 'reason' | 'scope'>

/** Something that could still fill: an order, or a request that may become one. */
type Exposure = Pick<OrderTerms, 'key' | 'instrument' | 'side'> & {
  /** The largest quantity that may still fill. */
  readonly most: number
  /** What it means to show, with the quantity that is open. */
  readonly quote: OrderTerms
}

/**
 * Why an Intent may not pass; null allows. Losses, the order itself, the least and the largest of
 * it: in each group of rules the account is asked first, and then the strategy's own limits.
 */
export function denialOf(intent: Intent, scope: RiskScope): Denied | null {
  // A cancel only takes risk away, and its key alone says what it means; the queue closes one of nothing.
  if (intent.type === 'intent.cancel') return null
  const asked = (rule: (limits: Limits) => DenialReason | null): Denied | null => {
    const reason = rule(scope.account)
    if (reason !== null) return { reason, scope: 'account' }
    const own = scope.own[orderNamespace(intent.key)] ?? null
    const ownReason = own === null ? null : rule(own)
    return ownReason === null ? null : { reason: ownReason, scope: 'strategy' }
  }
  if (!scope.tradingEnabled) return { reason: 'TRADING_DISABLED', scope: 'account' }
  const loss = asked(lossDenial)
  if (loss !== null) return loss
  const terms = intent.type === 'intent.new' ? intent : replacedTerms(intent, scope)
  const wrong = terms === null ? 'UNKNOWN_ORDER' : termsDenial(terms, scope)
  if (terms === null || wrong !== null) return { reason: wrong!, scope: 'account' }
  return (
    asked(({ risk }) => leastDenial(terms, risk, scope)) ??
    asked((limits) => exposureDenial(terms, limits, scope))
  )
}

/** The key says which order is meant, whatever instrument the Intent names. */
function replacedTerms({ key, price, qty }: ReplaceIntent, scope: RiskScope): OrderTerms | null {
  const waiting = scope.queue.find((p) => p.terms.key === key && p.kind !== 'cancel')
  const order = scope.orders.get(key)
  const working = order !== undefined && hasEnded(order) ? null : termsOf(key, [], scope)
  const known = waiting?.terms ?? working
  return known === null ? null : { ...known, price, qty }
}

function lossDenial({ risk, losses }: Limits): DenialReason | null {
  if (risk.maxDrawdown !== undefined && reaches(losses.drawdown, ofDecimal(risk.maxDrawdown))) {
    return 'MAX_LOSS_DRAWDOWN'
  }
  const rolling = risk.maxRollingLoss
  return rolling !== undefined && reaches(losses.rolling, ofDecimal(rolling.amount))
    ? 'MAX_LOSS_ROLLING'
    : null
}

/** An unknown loss counts as reached. */
const reaches = (loss: Rational | null, limit: Rational): boolean =>
  loss === null || !isAbove(limit, loss)

function termsDenial(terms: OrderTerms, scope: RiskScope): DenialReason | null {
  const { account, books, configuration } = scope
  if (configuration.instruments[terms.instrument] === undefined) return 'INVALID_INSTRUMENT'
  const book = books[terms.instrument]!
  if (!Number.isSafeInteger(terms.qty) || terms.qty <= 0) return 'INVALID_QTY'
  if (terms.orderType === 'limit' && !(Number.isSafeInteger(terms.price) && terms.price > 0)) {
    return 'INVALID_LIMIT_PRICE'
  }
  if (terms.timeInForce === 'postOnly' && wouldTrade(terms, book)) {
    return account.risk.postOnlyMode === 'drop' ? 'DROPPED_BY_POLICY' : 'POST_ONLY_WOULD_TRADE'
  }
  return price2Of(terms, book) === null ? 'NO_MID_FOR_MARKET' : null
}

function leastDenial(
  terms: OrderTerms,
  { minOrderNotional: least }: RiskLimits,
  scope: RiskScope,
): DenialReason | null {
  const instrument = scope.configuration.instruments[terms.instrument]!
  return least !== undefined &&
    isAbove(limitUnits(instrument, ofDecimal(least)), wholeValue(terms, scope))
    ? 'MIN_NOTIONAL'
    : null
}

function wouldTrade({ side, price }: OrderTerms, book: NaiveBook): boolean {
  const best = side === 1 ? book.bestAsk() : book.bestBid()
  return best !== null && (price - best) * side >= 0
}

/** Value of the whole order, filled or not: what limits on a single order are about. */
function wholeValue(terms: OrderTerms, { configuration, books }: RiskScope): Rational {
  const price2 = price2Of(terms, books[terms.instrument]!)!
  return roundedValue(configuration.instruments[terms.instrument]!, terms.qty, price2)
}

/** A linear value is exact; an inverse one is a quotient, and rounded to a unit of money. */
function roundedValue(instrument: Instrument, lots: number, price2: number): Rational {
  const value = valueAt(instrument, lots, price2)
  return instrument.kind === 'inverse' ? ratio(nearestEven(value)) : value
}

/** Twice the price an order is judged at: its limit, or the mid for a market order. */
const price2Of = ({ orderType, price }: OrderTerms, book: NaiveBook): number | null =>
  orderType === 'limit' ? price * 2 : book.mid2()

function exposureDenial(terms: OrderTerms, limits: Limits, scope: RiskScope): DenialReason | null {
  const { risk, accounts, counts } = limits
  const { books, configuration } = scope
  const instrument = configuration.instruments[terms.instrument]!
  const above = (amount: Rational, limit: Decimal | undefined): boolean =>
    limit !== undefined && isAbove(amount, limitUnits(instrument, ofDecimal(limit)))
  const leaves = terms.qty - (scope.orders.get(terms.key)?.cum ?? 0)
  const others = exposures(scope).filter(({ key }) => key !== terms.key && counts(key))
  const sameSide = others.filter((o) => o.instrument === terms.instrument && o.side === terms.side)
  const queued = sameSide.reduce((sum, other) => sum + other.most, 0)
  const position = accounts[terms.instrument]!.position
  const target = Math.abs(position + terms.side * (queued + leaves))
  const price2 = price2Of(terms, books[terms.instrument]!)!
  const notional = roundedValue(instrument, Math.max(0, leaves), price2)
  const { maxPosition, maxSingleOrderNotional, maxGrossNotional } = risk
  const grows = target > Math.abs(position)
  if (grows && maxPosition !== undefined) {
    if (isAbove(contracts(instrument, target), ofDecimal(maxPosition))) return 'MAX_POSITION'
  }
  // The size of one order is no exposure: it limits orders that reduce a position too (D-008).
  if (above(wholeValue(terms, scope), maxSingleOrderNotional)) return 'MAX_SINGLE_ORDER_NOTIONAL'
  if (grows) {
    if (maxGrossNotional !== undefined) {
      const held = heldValue(accounts, scope)
      const resting = atMid(instrument, queued, books[terms.instrument]!)
      if (held === null || resting === null) return 'NO_MID'
      if (above(add(add(held, resting), notional), maxGrossNotional)) return 'MAX_GROSS_NOTIONAL'
    }
  }
  return quoteDenial(terms, notional, others, risk, scope)
}

function quoteDenial(
  terms: OrderTerms,
  notional: Rational,
  others: readonly Exposure[],
  risk: RiskLimits,
  { books, configuration }: RiskScope,
): DenialReason | null {
  const { maxActiveQuotes, maxGrossQuoteNotional, maxNetQuoteNotional } = risk
  const instrument = configuration.instruments[terms.instrument]!
  const quotes = others.map(({ quote }) => quote)
  if (maxGrossQuoteNotional !== undefined || maxNetQuoteNotional !== undefined) {
    if (quotes.some((quote) => price2Of(quote, books[quote.instrument]!) === null)) return 'NO_MID'
  }
  if (maxActiveQuotes !== undefined && quotes.length + 1 > maxActiveQuotes) {
    return 'MAX_ACTIVE_QUOTES'
  }
  const above = (amount: Rational, limit: Decimal | undefined): boolean =>
    limit !== undefined && isAbove(amount, limitUnits(instrument, ofDecimal(limit)))
  let gross = notional
  let net = times(ofInteger(terms.side), notional)
  for (const quote of quotes) {
    const price2 = price2Of(quote, books[quote.instrument]!)
    if (price2 === null) continue
    const value = roundedValue(configuration.instruments[quote.instrument]!, quote.qty, price2)
    gross = add(gross, value)
    net = add(net, times(ofInteger(quote.side), value))
  }
  if (above(gross, maxGrossQuoteNotional)) return 'MAX_GROSS_QUOTE_NOTIONAL'
  return above(absolute(net), maxNetQuoteNotional) ? 'MAX_NET_QUOTE_NOTIONAL' : null
}

function heldValue(
  accounts: readonly NaiveAccount[],
  { books, configuration }: RiskScope,
): Rational | null {
  let total: Rational = ZERO
  for (const [index, { position }] of accounts.entries()) {
    const value = atMid(configuration.instruments[index]!, Math.abs(position), books[index]!)
    if (value === null) return null
    total = add(total, value)
  }
  return total
}

function atMid(instrument: Instrument, lots: number, book: NaiveBook): Rational | null {
  if (lots === 0) return ZERO
  const mid2 = book.mid2()
  return mid2 === null ? null : roundedValue(instrument, lots, mid2)
}

/** What is open under each key. A queued CANCEL is only a request: its order counts. */
function exposures(scope: RiskScope): Exposure[] {
  const { orders, inflight, queue } = scope
  const keys = new Set([...orders.keys(), ...inflight.keys(), ...queue.map((p) => p.terms.key)])
  return [...keys].flatMap((key) => exposureOf(key, scope))
}

function exposureOf(key: number, { orders, inflight, queue }: RiskScope): Exposure[] {
  const order = orders.get(key)
  const pending = queue.find((p) => p.terms.key === key)
  const waiting = pending?.kind === 'cancel' ? undefined : pending
  const hasOver = order !== undefined && hasEnded(order)
  const isDead = hasOver && waiting?.startsOrder !== true
  if (isDead) return []
  const underWay = inflight.get(key)?.find(({ kind }) => kind !== 'cancel')
  // Asked for last, and so the quote that is meant; the most of all is what may fill.
  const meant = waiting?.terms ?? underWay?.terms ?? order?.terms
  if (meant === undefined) return []
  const works = hasOver ? undefined : (order?.terms ?? underWay?.terms)
  const { instrument, side } = works ?? meant
  const cum = hasOver ? 0 : (order?.cum ?? 0)
  const asked = works !== undefined && waiting?.kind === 'new' ? undefined : waiting
  const sizes = [works, underWay?.terms, asked?.terms].map((terms) => (terms?.qty ?? 0) - cum)
  const quote = { ...meant, qty: Math.max(0, meant.qty - cum) }
  return [{ key, instrument, side, most: Math.max(0, ...sizes), quote }]
}
