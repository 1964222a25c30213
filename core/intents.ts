import type { OrderKey, OrderTerms } from './orders.ts'
import type { InstrumentIndex, PriceTicks, QtyLots } from './units.ts'

/** A strategy's command. Ephemeral: never an Event, never persisted, not an Order. */
export type Intent = NewIntent | ReplaceIntent | CancelIntent

/** A new order with these terms; the key comes from `StateView.newOrderKey`. */
export type NewIntent = OrderTerms & { readonly type: 'intent.new' }

/** New price and new total quantity of the order `key`. */
export type ReplaceIntent = {
  readonly type: 'intent.replace'
  readonly key: OrderKey
  readonly instrument: InstrumentIndex
  readonly price: PriceTicks
  readonly qty: QtyLots
}

/** The end of the order `key`, or of its NEW that has not left yet. */
export type CancelIntent = {
  readonly type: 'intent.cancel'
  readonly key: OrderKey
  readonly instrument: InstrumentIndex
}

/** What an Intent asks for. */
export type CommandKind = 'new' | 'replace' | 'cancel'

/** The kind of an Intent, by its type alone. */
export const commandKind = (intent: Intent): CommandKind =>
  intent.type === 'intent.new' ? 'new' : intent.type === 'intent.replace' ? 'replace' : 'cancel'

declare const allowed: unique symbol
/** An Intent that Risk has allowed. Only `core/risk` can make one: skipping Risk does not compile. */
export type Allowed<I extends Intent = Intent> = I & { readonly [allowed]: true }

/**
 * One request that leaves now: what the Venue Adapter transmits. Carries the order's full terms so
 * that an adapter needs no State. For a cancel, price and quantity are those of the order.
 */
export type Dispatch = OrderTerms & {
  readonly kind: CommandKind
  /** Admission sequence of the queued command: unique and increasing. */
  readonly sequence: number
}
