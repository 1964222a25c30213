/**
 * escapement: a deterministic, actor-based trading runtime. The root package is the Runtime; the
 * Core and the machines are packages of their own and are exported here for convenience.
 */
export * from '@escapement/core'
export * from './actors/actor.ts'
export { CAPABILITIES, type Capability } from './actors/capability.ts'
export { clockActor } from './actors/clock.actor.ts'
export { type CorePorts, coreActor, type StepSummary } from './actors/core.actor.ts'
export { type FeedEnded, feedActor } from './actors/feed.actor.ts'
export { type FeedbackPorts, feedbackActor } from './actors/feedback.actor.ts'
export * from './actors/feedback-record.ts'
export { type FeeConfig, feeModel, summedFees } from './actors/fill-simulator/fees/fee-config.ts'
export type { FeeModel, FeeRule } from './actors/fill-simulator/fees/fee-model.ts'
export type { FeeTier, FeeTiers } from './actors/fill-simulator/fees/tiered-fees.ts'
export type { FeeRates } from './actors/fill-simulator/fees.ts'
export { type FundingPayment, fundingAmount } from './actors/fill-simulator/funding-schedule.ts'
export {
  type DelayConfig,
  type DelayModel,
  delayModel,
} from './actors/fill-simulator/latency/delay-model.ts'
export { type LatencyLoad, loadedLatency } from './actors/fill-simulator/latency/loaded-latency.ts'
export {
  type SampledLatency,
  sampledLatency,
} from './actors/fill-simulator/latency/sampled-latency.ts'
export {
  constantLatency,
  type LatencyDirection,
  type LatencySource,
  type TimedLatencySource,
} from './actors/fill-simulator/latency-model.ts'
export { type LatencyTable, tableLatency } from './actors/fill-simulator/latency-table.ts'
export {
  type QueueConfig,
  type QueueEstimate,
  type QueueModel,
  queueModel,
} from './actors/fill-simulator/queue-model.ts'
export {
  noQuirks,
  type QuirkPreset,
  type Quirks,
  quirkPreset,
} from './actors/fill-simulator/quirks.ts'
export type * from './actors/fill-simulator/rules/venue-rules.ts'
export type { FillSimulatorConfig, VenueInstrument } from './actors/fill-simulator/venue-config.ts'
export type { QueueMove, VenueWatch } from './actors/fill-simulator/watch.ts'
export { type FillSimulatorPorts, fillSimulator } from './actors/fill-simulator.actor.ts'
export { gateActor } from './actors/gate.actor.ts'
export {
  type Counters,
  type DisabledStrategy,
  monitorActor,
  newCounters,
  type StrategyCounters,
} from './actors/monitor.actor.ts'
export * from './actors/ports.ts'
export { queueActor } from './actors/queue.actor.ts'
export { RecordOutbox } from './actors/record-outbox.ts'
export { type EquityPoint, type Recording, recorderActor } from './actors/recorder.actor.ts'
export { schedulerActor } from './actors/scheduler.actor.ts'
export {
  accountSeries,
  type EquitySeries,
  type Sampling,
  sampledReturns,
} from './runtime/analysis/equity-series.ts'
export {
  aggregateSegments,
  type ExperimentSummary,
  type SegmentTotals,
  summariseExperiment,
} from './runtime/analysis/experiment/aggregate.ts'
export * from './runtime/analysis/experiment/deflated-sharpe.ts'
export * from './runtime/analysis/experiment/grid.ts'
export { normalCdf, normalQuantile } from './runtime/analysis/experiment/normal.ts'
export * from './runtime/analysis/experiment/ranking.ts'
export type { ParameterValue, RunResult } from './runtime/analysis/experiment/run-result.ts'
export * from './runtime/analysis/experiment/stability.ts'
export * from './runtime/analysis/experiment/thresholds.ts'
export { type MetricName, type Metrics, metricsOf } from './runtime/analysis/metrics.ts'
export { type MidSeries, midsOfMarket, midsOfSamples } from './runtime/analysis/mid-series.ts'
export * from './runtime/analysis/order-history.ts'
export { type ReturnSums, returnSums } from './runtime/analysis/return-sums.ts'
export * from './runtime/analysis/run-statistics.ts'
export { metricsTable } from './runtime/analysis/tables/metrics-table.ts'
export { resultsTable } from './runtime/analysis/tables/results-table.ts'
export { type NamedRun, runTables, scalesOf } from './runtime/analysis/tables/run-tables.ts'
export { tableSchemas } from './runtime/analysis/tables/schemas.ts'
export * from './runtime/backtest.ts'
export { defineBacktest, type NamedStrategy } from './runtime/config/define-backtest.ts'
export type { SessionInput } from './runtime/config/schema.ts'
export { backtestCapabilities, type Environment, type VenuePorts } from './runtime/environment.ts'
export { EventLog, type EventLogOptions } from './runtime/event-log/event-log.ts'
export type { LogContradiction, LogKindName } from './runtime/event-log/log-check.ts'
export { logHash } from './runtime/event-log/log-hash.ts'
export { copiedViews, recordedSteps, type ViewOf } from './runtime/event-log/read-log.ts'
export { type LogSource, type LogVerdict, verifyLog } from './runtime/event-log/verify-log.ts'
export {
  type Explained,
  type ExplainOptions,
  explainOrder,
} from './runtime/explain/explain-order.ts'
export type * from './runtime/explain/explanation.ts'
export { feedChannel, sessionOrigin, type Window } from './runtime/feed-channel.ts'
export type { Fork } from './runtime/fork/fork.ts'
export type { MailboxLimits } from './runtime/mailbox-limits.ts'
export * from './runtime/processing-context.ts'
export { runInRealTime } from './runtime/real-time.ts'
export { recordedEntries } from './runtime/recorded-events.ts'
export type { RecordedStep } from './runtime/replay/recorded-step.ts'
export { decodeSnapshot, encodeSnapshot, type Snapshot } from './runtime/replay/snapshot.ts'
export { type History, TimeTravel, type TravelOptions } from './runtime/replay/time-travel.ts'
export {
  type ReplayOptions,
  type ReplayResult,
  replayEvents,
} from './runtime/replay-events.ts'
export { type RunningTopology, startTopology } from './runtime/run-topology.ts'
export { type SessionParts, session } from './runtime/session.ts'
export type {
  StorageAccess,
  StorageClass,
  StorageOperation,
  StorageRole,
} from './runtime/storage/classes.ts'
export {
  type Dataset,
  type DatasetFile,
  type DatasetParts,
  openDataset,
  publishDataset,
} from './runtime/storage/datasets.ts'
export type { StorageHealth, Usage } from './runtime/storage/health.ts'
export type { DatasetManifest, FileEntry } from './runtime/storage/manifest.ts'
export {
  type PromotedVersion,
  type PromotionParts,
  type PromotionRecord,
  promote,
  promotionHistory,
} from './runtime/storage/promotion.ts'
export {
  applyRetention,
  type RetentionReport,
  type RetentionRequest,
} from './runtime/storage/retention.ts'
export { type ScrubFinding, type ScrubReport, scrubStorage } from './runtime/storage/scrub.ts'
export { Storage, type StorageOptions } from './runtime/storage/storage.ts'
export type {
  PutOptions,
  StorageSurface,
  StoredReceipt,
} from './runtime/storage/surface.ts'
export type { Fingerprint } from './runtime/storage/tally.ts'
export { strategy as marketMaker } from './runtime/strategies/market-maker.ts'
export { Topology, topology } from './runtime/topology.ts'
export { type Wire, wire } from './runtime/wire.ts'
export { type MarketRecording, recordMarket, runWorld, runWorlds } from './runtime/worlds.ts'
