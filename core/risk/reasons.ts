/**
 * Why Risk denied an Intent. Stable codes, in the order in which the rules are asked.
 * `INDETERMINATE` is an order whose value cannot be counted exactly (2^53 risk units or more).
 * A post-only order dropped by configuration is denied with `DROPPED_BY_POLICY`.
 */
export const DENIAL_REASONS = [
  'TRADING_DISABLED',
  'MAX_LOSS_DRAWDOWN',
  'MAX_LOSS_ROLLING',
  'UNKNOWN_ORDER',
  'INVALID_INSTRUMENT',
  'INVALID_QTY',
  'INVALID_LIMIT_PRICE',
  'POST_ONLY_WOULD_TRADE',
  'DROPPED_BY_POLICY',
  'NO_MID_FOR_MARKET',
  'INDETERMINATE',
  'MIN_NOTIONAL',
  'MAX_POSITION',
  'MAX_SINGLE_ORDER_NOTIONAL',
  'NO_MID',
  'MAX_GROSS_NOTIONAL',
  'MAX_ACTIVE_QUOTES',
  'MAX_GROSS_QUOTE_NOTIONAL',
  'MAX_NET_QUOTE_NOTIONAL',
] as const

/** One of {@link DENIAL_REASONS}. */
export type DenialReason = (typeof DENIAL_REASONS)[number]

/** Whose limit it was: the account's, or the strategy's own. */
export type RiskScope = 'account' | 'strategy'
