import type { CommandKind } from './intents.ts'
import type { MarketView } from './market-view.ts'
import type { OrderKey, OrderTerms } from './orders.ts'
import type { InstrumentIndex, Nanos, PriceTicks, QtyLots, Side } from './units.ts'

/**
 * Events: immutable facts, the only cause of State change. `time` is the local time at which the
 * Runtime learned of it; `exchTime` is the Venue's own time and orders nothing.
 * Money (`fee`, `balance`) counts units of 10^-quoteDecimals of the instrument's quote currency.
 */
export type CoreEvent = MarketEvent | IntentEvent | ExecutionEvent | ControlEvent
/** Name of an Event, `category.whatHappened`. */
export type EventType = CoreEvent['type']
/** Which of the four kinds of Event one is; see {@link eventCategory}. */
export type EventCategory = 'market' | 'intent' | 'execution' | 'control'

// ---- Market -------------------------------------------------------------------------------------

/** A maximal run of rows of one instrument with equal local time: rows [from, to) of `view`. */
export type MarketUpdated = {
  readonly type: 'market.updated'
  readonly time: Nanos
  readonly instrument: InstrumentIndex
  readonly view: MarketView
  readonly from: number
  readonly to: number
}
/** The same, replacing the whole book first: a resynchronisation or the start of a window. */
export type MarketSnapshot = Omit<MarketUpdated, 'type'> & { readonly type: 'market.snapshot' }
/** Events that change Market State, and the clock. */
export type MarketEvent = MarketUpdated | MarketSnapshot

// ---- Intent-related -----------------------------------------------------------------------------

/** The dispatch record of a NEW: the Order exists from here. */
export type OrderSubmitted = OrderTerms & { readonly type: 'order.submitted'; readonly time: Nanos }
/** The dispatch record of a REPLACE or CANCEL. */
export type IntentDispatched = {
  readonly type: 'intent.dispatched'
  readonly time: Nanos
  readonly key: OrderKey
  readonly kind: 'replace' | 'cancel'
}
/** The request never left: frees the key, makes no Order. */
export type DispatchFailed = {
  readonly type: 'dispatch.failed'
  readonly time: Nanos
  readonly key: OrderKey
  readonly kind: CommandKind
  readonly reason: string
}
/** Audit record of a denial; changes nothing but the clock. */
export type IntentRejected = {
  readonly type: 'intent.rejected'
  readonly time: Nanos
  readonly key: OrderKey
  readonly kind: CommandKind
  readonly reason: string
}
/** Events about what became of an Intent on its way out. */
export type IntentEvent = OrderSubmitted | IntentDispatched | DispatchFailed | IntentRejected

// ---- Execution ----------------------------------------------------------------------------------

type Report<Type extends string> = {
  readonly type: Type
  readonly time: Nanos
  readonly exchTime: Nanos
  readonly key: OrderKey
}
/** The Venue has the order (FIX OrdStatus New). */
export type OrderAccepted = Report<'order.accepted'>
/** The Venue refused a NEW; `reason` is its own text. The order is terminal. */
export type OrderRejected = Report<'order.rejected'> & { readonly reason: string }
/** What made a fill: a trade through the queue, a quote that crossed, taking on arrival. */
export type FillCause = 'trade' | 'cross' | 'take' | 'unknown'
/** One execution (FIX ExecType F). Quantities are cumulative facts of the order. */
export type OrderFilled = Report<'order.filled'> & {
  readonly instrument: InstrumentIndex
  readonly side: Side
  readonly execId: number
  readonly lastPrice: PriceTicks
  readonly lastQty: QtyLots
  readonly cumQty: QtyLots
  readonly leavesQty: QtyLots
  readonly liquidity: 'maker' | 'taker'
  /** Positive pays, negative is a rebate. */
  readonly fee: number
  /** Why: a trade through the queue, a quote that crossed, or taking on arrival. */
  readonly cause: FillCause
  /** Dataset row that caused it, or -1. */
  readonly causeRow: number
  /** Estimated quantity ahead in natural units (float64) before and after the cause; 0 for takes. */
  readonly queueBefore: number
  readonly queueAfter: number
}
/** The Venue applied a REPLACE: the order's terms from here on. */
export type OrderReplaced = Report<'order.replaced'> & {
  readonly price: PriceTicks
  /** New total quantity and what of it remains. */
  readonly qty: QtyLots
  readonly leavesQty: QtyLots
}
/** The Venue refused a REPLACE; the order stays as it is. */
export type ReplaceRejected = Report<'order.replaceRejected'> & { readonly reason: string }
/** The Venue refused a CANCEL; the order stays as it is. */
export type CancelRejected = Report<'order.cancelRejected'> & { readonly reason: string }
/** The Venue canceled the order: terminal. */
export type OrderCanceled = Report<'order.canceled'>
/**
 * The order ended by its own terms: what an IOC or FOK did not fill, a post-only that would trade.
 */
export type OrderExpired = Report<'order.expired'> & { readonly reason: string }
/** Giving up on an order that the Venue never answered; made by the infrastructure. */
export type OrderDisposed = Report<'order.disposed'> & {
  readonly outcome: 'canceled' | 'rejected'
  readonly reason: string
}
/** The account as the Venue states it: re-anchors position and balance at this position. */
export type AccountUpdated = {
  readonly type: 'account.updated'
  readonly time: Nanos
  readonly exchTime: Nanos
  readonly instrument: InstrumentIndex
  readonly position: QtyLots
  readonly balance: number
}
/** Execution Events that answer for one order. */
export type OrderReport =
  | OrderAccepted
  | OrderRejected
  | OrderFilled
  | OrderReplaced
  | ReplaceRejected
  | CancelRejected
  | OrderCanceled
  | OrderExpired
  | OrderDisposed
/** What the Venue said about orders and accounts. */
export type ExecutionEvent = OrderReport | AccountUpdated

// ---- Control ------------------------------------------------------------------------------------

/** An obligation that fell due: the Core looks again. */
export type ControlTime = {
  readonly type: 'control.time'
  readonly time: Nanos
  readonly due: Nanos
  readonly reason: 'rate' | 'wakeUp'
}
/** Position 0 of every session; `seed` starts the generator in Control State. */
export type SessionStarted = {
  readonly type: 'control.sessionStarted'
  readonly time: Nanos
  readonly seed: number
}
/** The feed has ended: strategies speak no more, what is under way or queued comes to its end. */
export type SessionDraining = {
  readonly type: 'control.sessionDraining'
  readonly time: Nanos
  readonly reason: string
}
/** The run is over: the last Event of a session. */
export type SessionEnded = {
  readonly type: 'control.sessionEnded'
  readonly time: Nanos
  readonly reason: string
}
/** The trading switch is on from here: new risk may be taken. */
export type TradingEnabled = {
  readonly type: 'control.tradingEnabled'
  readonly time: Nanos
  readonly reason: string
}
/** The trading switch is off from here: pending NEW and REPLACE close, a CANCEL still passes. */
export type TradingDisabled = {
  readonly type: 'control.tradingDisabled'
  readonly time: Nanos
  readonly reason: string
}
/** The strategy with that index is asked no more. */
export type StrategyDisabled = {
  readonly type: 'control.strategyDisabled'
  readonly time: Nanos
  readonly strategy: number
  readonly reason: string
}
/** New risk limits and rate limits apply from here on; orders and queued work stay. */
export type ConfigurationChanged = {
  readonly type: 'control.configurationChanged'
  readonly time: Nanos
  readonly version: string
  readonly changes: ConfigurationChanges
}
/** Market data of the instrument is missing from here: its book cannot be believed. */
export type FeedGap = {
  readonly type: 'control.feedGap'
  readonly time: Nanos
  readonly instrument: InstrumentIndex
}
/** The book of the instrument can be believed again. */
export type FeedRestored = {
  readonly type: 'control.feedRestored'
  readonly time: Nanos
  readonly instrument: InstrumentIndex
}
/** A labelled place in the stream; changes nothing but the clock. */
export type Checkpoint = {
  readonly type: 'control.checkpoint'
  readonly time: Nanos
  readonly label: string
}
/** The one way in for what an own actor wants to tell the Core. */
export type Signal = {
  readonly type: 'control.signal'
  readonly time: Nanos
  readonly name: string
  readonly version: number
  readonly payload: readonly number[]
}
/** Something that should not happen did; recorded, halting or not by Configuration. */
export type Anomaly = {
  readonly type: 'control.anomaly'
  readonly time: Nanos
  readonly kind: AnomalyKind
  readonly key: OrderKey
}
/** What should not have happened; see {@link Anomaly}. */
export type AnomalyKind =
  | 'unknownOrder'
  | 'illegalReport'
  | 'fillOnTerminalOrder'
  | 'overfill'
  | 'duplicateFill'
  | 'accountDifference'
  /** A fill of another side or instrument than its order's. */
  | 'contradictoryFill'
/** Events about the session itself: time, switches, configuration, feeds. */
export type ControlEvent =
  | ControlTime
  | SessionStarted
  | SessionDraining
  | SessionEnded
  | TradingEnabled
  | TradingDisabled
  | StrategyDisabled
  | ConfigurationChanged
  | FeedGap
  | FeedRestored
  | Checkpoint
  | Signal
  | Anomaly

/** Whether an Event is rows of a market: nearly every one is, so callers ask this first. */
export const isMarketEvent = (event: CoreEvent): event is MarketEvent => isMarketType(event.type)
const isMarketType = (type: EventType) => type === 'market.updated' || type === 'market.snapshot'

/** An Event with its place in the Event Stream. */
export type EventStreamEntry = { readonly position: number; readonly event: CoreEvent }

/** The category of an Event, by its type alone. */
export function eventCategory(event: CoreEvent): EventCategory {
  return CATEGORY[event.type]
}

import type { ConfigurationChanges } from './configuration.ts'

const CATEGORY: { readonly [T in EventType]: EventCategory } = {
  'market.updated': 'market',
  'market.snapshot': 'market',
  'order.submitted': 'intent',
  'intent.dispatched': 'intent',
  'dispatch.failed': 'intent',
  'intent.rejected': 'intent',
  'order.accepted': 'execution',
  'order.rejected': 'execution',
  'order.filled': 'execution',
  'order.replaced': 'execution',
  'order.replaceRejected': 'execution',
  'order.cancelRejected': 'execution',
  'order.canceled': 'execution',
  'order.expired': 'execution',
  'order.disposed': 'execution',
  'account.updated': 'execution',
  'control.time': 'control',
  'control.sessionStarted': 'control',
  'control.sessionEnded': 'control',
  'control.tradingEnabled': 'control',
  'control.tradingDisabled': 'control',
  'control.strategyDisabled': 'control',
  'control.configurationChanged': 'control',
  'control.feedGap': 'control',
  'control.feedRestored': 'control',
  'control.checkpoint': 'control',
  'control.signal': 'control',
  'control.anomaly': 'control',
  'control.sessionDraining': 'control',
}
/** Numbers of the Event types in digests and binary records; append only. */
export const EVENT_TYPES = Object.keys(CATEGORY) as readonly EventType[]
