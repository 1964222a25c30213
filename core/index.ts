/** The deterministic Core: State = f(Event Stream, Configuration), one pure step at a time. */
export type * from './account-events.ts'
export { applyRow } from './book/apply-row.ts'
export { type Book, NO_ASK, NO_BID } from './book/book.ts'
export { type BookRecording, recordBook } from './book/book-recording.ts'
export type { LevelHistory } from './book/level-history.ts'
export { levelView } from './book/level-view.ts'
export { OrderBook } from './book/order-book.ts'
export { numberOrders, type OrderNumbers } from './book/order-numbers.ts'
export { RecordedBook } from './book/recorded-book.ts'
export { SortedBook } from './book/sorted-book.ts'
export { rowAfter, type Stretch, stretchOf } from './book/stretch.ts'
export { WindowBook } from './book/window-book.ts'
export { ByteReader, ByteWriter } from './codec.ts'
export * from './commands/build-intents.ts'
export * from './commands/closure.ts'
export { COMMAND_KINDS, type InflightRequest, type PendingCommand } from './commands/command.ts'
export { type Reconciled, reconcile } from './commands/dominance.ts'
export * from './configuration.ts'
export {
  admitStage,
  Core,
  needsExecutionControl,
  releaseStage,
  type StepBaton,
} from './core.ts'
export * from './decimal.ts'
export * from './digest.ts'
export * from './errors.ts'
export { readEvent, writeEvent } from './event-codec.ts'
export * from './events.ts'
export * from './instrument.ts'
export * from './intents.ts'
export { brokenInvariant } from './invariants.ts'
export { crc32c } from './log/crc32c.ts'
export {
  beginRecord,
  LogKind,
  type LogRecord,
  logRecords,
  type ReadRecord,
  recordAt,
  sealRecord,
} from './log/log-record.ts'
export * from './market-rows.ts'
export * from './market-view.ts'
export * from './money.ts'
export { ORDER_TYPES, TIMES_IN_FORCE } from './order-terms.ts'
export * from './orders.ts'
export * from './plain-data.ts'
export * from './random.ts'
export { DENIAL_REASONS, type DenialReason, type RiskScope } from './risk/reasons.ts'
export { RiskEngine, type Verdict } from './risk/risk-engine.ts'
export * from './rules/rate-rules.ts'
export { Account, equityAt } from './state/account.ts'
export { NEVER, sessionChart, tradingChart } from './state/control-state.ts'
export { InstrumentMarket } from './state/market-state.ts'
export {
  type Order,
  type OrderStatus,
  orderChart,
} from './state/order-table.ts'
export { State } from './state/state.ts'
export { accountEquity, totalEquity } from './state/valuation.ts'
export { digestStep } from './step-digest.ts'
export * from './step-result.ts'
export * from './strategy.ts'
export * from './units.ts'
export { type Level, OBSERVER, type OrderSnapshot, StateView, type Touch } from './view.ts'
