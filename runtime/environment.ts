import type { Dispatch } from '@escapement/core'
import type { Actor } from '../actors/actor.ts'
import type { Capability } from '../actors/capability.ts'
import type {
  ExecutionFeedbackRecordSource,
  FeedChannel,
  Journal,
  MarketBatch,
} from '../actors/ports.ts'

/**
 * What every Venue offers to a session, simulated or real. It yields records and no Events: it
 * sends its source whenever that holds something, and the Runtime takes from it.
 */
export type VenuePorts = {
  in: { market: MarketBatch; request: Dispatch }
  out: { records: ExecutionFeedbackRecordSource }
}

/** The world around a session: the only difference between backtest, paper and live. */
export type Environment = {
  /** Epoch ns of session time 0. */
  readonly origin: bigint
  readonly feed: readonly FeedChannel[]
  readonly venue: Actor<VenuePorts>
  readonly journal: Journal
}

/** What the environment of a backtest offers: its Venue states no account. */
export const backtestCapabilities: readonly Capability[] = [
  'wakeUpSource',
  'clockView',
  'marketInput',
  'orderSubmission',
  'executionFeedback',
]
