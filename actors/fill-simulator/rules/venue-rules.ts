import {
  type CommandKind,
  type Decimal,
  formatDecimal,
  type Instrument,
  type Nanos,
  type OrderTerms,
  type PriceTicks,
} from '@escapement/core'

/**
 * Rules of an exchange; each is off where it is absent. A request is held against them in the order
 * of this type, after what every venue refuses; the first that it breaks is the reason given.
 */
export type VenueRules = {
  /** Reason `requestLimit`. */
  readonly requestLimits?: readonly RequestLimit[] | undefined
  readonly limits?: OrderLimits | undefined
  /** Rules of one's own, in order, after those of `limits`. */
  readonly own?: readonly OrderRule[] | undefined
  /** What becomes of a post-only order that would take; `expire` if absent. */
  readonly postOnly?: PostOnlyPolicy | undefined
  /** What becomes of orders of ours that would trade with each other; `none` if absent. */
  readonly selfTrade?: SelfTradePolicy | undefined
}

/**
 * `expire`: accepted, then expired. `reject`: refused, a replaced order stays as it was. `slide`:
 * accepted one tick (or multiple of ticks) behind the best price of the other side.
 */
export type PostOnlyPolicy = 'expire' | 'reject' | 'slide'
/** Which of both orders ends: neither, the arriving one, the resting one, or both. */
export type SelfTradePolicy = 'none' | 'cancelNewest' | 'cancelOldest' | 'cancelBoth'

/** A request of one of `kinds` is refused when `requests` such were let in within `windowNs`. */
export type RequestLimit = {
  readonly kinds: readonly CommandKind[]
  readonly requests: number
  readonly windowNs: Nanos
}

/** Bounds of what an order may be. Quantities are totals, also in a replace. */
export type OrderLimits = {
  /** Prices are multiples of so many ticks: reason `tickMultiple`. */
  readonly tickMultiple?: number | undefined
  /** Quantities are multiples of so many lots: reason `lotMultiple`. */
  readonly lotMultiple?: number | undefined
  /** In the unit of the lot size: reasons `minQuantity`, `maxQuantity`. */
  readonly minQty?: Decimal | undefined
  readonly maxQty?: Decimal | undefined
  /** Least value in the instrument's money: reason `minNotional`. */
  readonly minNotional?: Decimal | undefined
  /** How far a limit price may be from a reference: reason `priceBand`. */
  readonly priceBand?: PriceBand | undefined
}

/** A band of so many ticks, or of so many percent of the reference, to both sides of it. */
export type PriceBand = { readonly around: 'mid' | 'lastTrade' } & (
  | { readonly ticks: number }
  | { readonly percent: Decimal }
)

/** What a rule may see of the market: the displayed book and the last trade. */
export type VenueMarket = {
  /** NO_BID and NO_ASK on an empty side. */
  readonly bestBid: PriceTicks
  readonly bestAsk: PriceTicks
  /** Null before the first trade. */
  readonly lastTrade: PriceTicks | null
}

/** Why the venue refuses these terms, a text that does not change between runs, or null. */
export type OrderCheck = (terms: OrderTerms, market: VenueMarket, exchTime: Nanos) => string | null

/** A rule about NEW and REPLACE: one check an instrument. */
export type OrderRule = {
  /** What distinguishes the rule; part of the venue's identity. */
  readonly identity: string
  create(instrument: Instrument): OrderCheck
}

/** Text that distinguishes one set of rules from another. */
export function rulesIdentity({ own = [], ...data }: VenueRules): string {
  const decimals = (_key: string, value: unknown): unknown =>
    isDecimal(value) ? formatDecimal(value) : value
  const identities = own.map(({ identity }) => identity)
  return JSON.stringify({ ...data, own: identities }, decimals)
}

const isDecimal = (value: unknown): value is Decimal =>
  typeof value === 'object' && value !== null && 'digits' in value && 'scale' in value
