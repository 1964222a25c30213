import type { InstrumentIndex, PriceTicks, QtyLots, Side, Unit } from './units.ts'

/**
 * Identity of a logical order, fixed when its NEW Intent is made: `namespace * 2^40 + counter`.
 * A plain number, so that it sorts, hashes and travels without text.
 */
export type OrderKey = Unit<'orderKey'>

const NAMESPACE = 2 ** 40

/** The key of order number `counter` (0 or more, below 2^40) of a namespace. */
export const orderKey = (namespace: number, counter: number): OrderKey =>
  namespace * NAMESPACE + counter
/** Index of the namespace, and so of the strategy, that a key belongs to. */
export const orderNamespace = (key: OrderKey): number => Math.floor(key / NAMESPACE)
/** Number of the order within its namespace. */
export const orderCounter = (key: OrderKey): number => key % NAMESPACE

/** ClOrdID (FIX 11) as text: `<namespace name>-<counter>`. */
export const formatOrderKey = (key: OrderKey, namespaces: readonly string[]): string =>
  `${namespaces[orderNamespace(key)] ?? orderNamespace(key)}-${orderCounter(key)}`

/** FIX OrdType(40). */
export type OrderType = 'limit' | 'market'
/** FIX TimeInForce(59); `postOnly` is GTC with ExecInst(18) = participate, do not initiate. */
export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'postOnly'

/** What an order asks for. `price` is 0 for a market order. */
export type OrderTerms = {
  readonly key: OrderKey
  readonly instrument: InstrumentIndex
  readonly side: Side
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  readonly price: PriceTicks
  /** Total quantity of the order (FIX OrderQty), not what remains. */
  readonly qty: QtyLots
}
