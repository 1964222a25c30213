import type { CommandKind } from '../intents.ts'
import type { OrderKey } from '../orders.ts'

/** Allowed work that ended without leaving. */
export type Closure = {
  readonly key: OrderKey
  readonly kind: CommandKind
  readonly reason: ClosureReason
}
/** Why allowed work ended without leaving. */
export type ClosureReason =
  /** A stronger or later command of the key took its place. */
  | 'superseded'
  /** A CANCEL ended a NEW that never left, so nothing had to be sent. */
  | 'closedLocally'
  /** The order it needs does not exist or has ended. */
  | 'invalidated'
  /** The key of a NEW was used before. */
  | 'duplicateOrderKey'
  /** A REPLACE that changes nothing. */
  | 'noChange'
  /** Trading was disabled while it waited. */
  | 'tradingDisabled'
