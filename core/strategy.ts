import type { CoreConfiguration } from './configuration.ts'
import type { CoreEvent, EventType } from './events.ts'
import type { Instrument } from './instrument.ts'
import type { Intent } from './intents.ts'
import { freezeDeep, freezePlainData, type PlainData } from './plain-data.ts'
import type { Nanos } from './units.ts'
import type { StateView } from './view.ts'

/**
 * A strategy: written once, run the same in backtest, replay, paper and live.
 *
 * It is pure: `decide` and `reduce` may use their arguments and nothing else, and return what they
 * want to remember. Memory is plain data; it is frozen, hashed and restored with State.
 */
export type Strategy<Params = unknown, Memory extends PlainData = PlainData> = {
  readonly name: string
  /**
   * Checks and converts the raw parameters of the configuration. A throw is ESC_STRATEGY_PARAMS.
   * Absent: the raw parameters are passed on as they are.
   */
  readonly params?: (raw: unknown) => Params
  /** When `decide` runs besides wake-ups. Default: never. */
  readonly trigger?: Trigger
  /** The first memory. */
  init(params: Params, instruments: readonly Instrument[]): Memory
  /** Folds every Event into memory, whether or not `decide` runs. */
  reduce?(memory: Memory, event: CoreEvent): Memory
  /** Reads State and answers with Intents, the next memory, and the next wake-up. */
  decide(view: StateView, memory: Memory, reason: TriggerReason, params: Params): Decision<Memory>
}

/** A pure function of Event Stream and Configuration. Any part that holds is enough. */
export type Trigger = {
  readonly events?: readonly EventType[]
  /** Every n-th Event of the stream. */
  readonly everyNth?: number
  /**
   * A derived condition, evaluated after every Event. The keys and the chance that it takes of the
   * view are part of the evaluation when it holds, and forgotten when it does not.
   */
  readonly when?: (view: StateView, event: CoreEvent) => boolean
}

/** Why `decide` runs: the first part of its trigger that holds, in this order. */
export type TriggerReason = 'wakeUp' | 'event' | 'everyNth' | 'condition'

/** What a strategy answers; absent parts change nothing. */
export type Decision<Memory extends PlainData = PlainData> = {
  readonly intents?: readonly Intent[]
  /** Absent: memory stays as it is. */
  readonly memory?: Memory
  /** Logical time of the next wake-up, later than now. Absent: one not reached stays; null: none. */
  readonly wakeAt?: Nanos | null
}

/** A strategy with its parameters, ready to run; parameters are plain data for the fingerprint. */
export type StrategyInstance = {
  readonly strategy: Strategy
  readonly params: unknown
}

/** Fixes the types of a strategy's parameters and memory; returns it unchanged. */
export const defineStrategy = <Params, Memory extends PlainData>(
  strategy: Strategy<Params, Memory>,
): Strategy<Params, Memory> => strategy

/**
 * Binds a strategy to raw parameters, which are frozen: what changes belongs into memory.
 * @throws whatever the strategy's own `params` throws.
 */
export function instantiate<Params, Memory extends PlainData>(
  strategy: Strategy<Params, Memory>,
  raw: unknown = {},
): StrategyInstance {
  const params = strategy.params === undefined ? raw : strategy.params(raw)
  return { strategy: strategy as unknown as Strategy, params: freezeDeep(params) }
}

/** What each strategy remembers before the first Event, frozen. */
export function firstMemories(
  configuration: CoreConfiguration,
  strategies: readonly StrategyInstance[],
): readonly PlainData[] {
  const { instruments } = freezeDeep(configuration)
  return strategies.map(({ strategy, params }) =>
    freezePlainData(strategy.init(params, instruments)),
  )
}
