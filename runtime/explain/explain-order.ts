import {
  CodedError,
  defineStrategy,
  formatOrderKey,
  type Intent,
  type OrderKey,
  orderCounter,
  orderNamespace,
  type PlainData,
  type Position,
  type Strategy,
  type StrategyInstance,
} from '@escapement/core'
import {
  type BacktestDefinition,
  type BacktestOptions,
  type BacktestResult,
  RunFailed,
  runBacktest,
} from '../backtest.ts'
import { CoreSide } from './core-side.ts'
import { endOf } from './end-of.ts'
import type { Explanation, Terms } from './explanation.ts'
import { OrderWords, sideText } from './order-words.ts'
import { Timeline } from './timeline.ts'
import { VenueSide } from './venue-side.ts'

export type ExplainOptions = Omit<BacktestOptions, 'onStep'> & {
  /** Position after which the story ends; default: that of the run. */
  readonly last?: Position
}

/** What was found out, and how the run went that showed it. */
export type Explained = {
  readonly explanation: Explanation
  readonly outcome: BacktestResult | RunFailed
}

/**
 * Runs a backtest and tells the story of one order of it: what was decided, what Risk, the queue
 * and the Venue made of it, each row that moved it in its queue, and why it was filled or not. The
 * run has the hashes that it has without being watched. One that fails is told up to there.
 * @throws ESC_ORDER_UNKNOWN naming the nearest orders that there are
 */
export function explainOrder(
  definition: BacktestDefinition,
  key: OrderKey,
  { last = Number.POSITIVE_INFINITY, ...options }: ExplainOptions = {},
): Explained {
  const { configuration, origin, feed, strategies, venue } = definition
  const wordsOf = (index: number) =>
    new OrderWords(configuration.instruments[index]!, feed[index]!.exchange, origin)
  const timeline = new Timeline(key, wordsOf, last)
  const venueSide = new VenueSide(timeline)
  const coreSide = new CoreSide(timeline, venueSide)
  const asked: { first: Terms | null } = { first: null }
  const watched = strategies.map((instance) =>
    watchedStrategy(instance, (intents, reason) => {
      asked.first ??= termsOf(intents, key, wordsOf)
      coreSide.decided(intents, reason)
    }),
  )
  const outcome = attempt(
    { ...definition, strategies: watched, venue: { ...venue, watch: venueSide } },
    { ...options, onStep: coreSide.step },
  )
  const { words, entries } = timeline
  if (words === null) throw unknownOrder(key, timeline.known, configuration.namespaces)
  const explanation: Explanation = {
    order: formatOrderKey(key, configuration.namespaces),
    key,
    strategy: configuration.namespaces[orderNamespace(key)]!,
    instrument: words.instrument.symbol,
    asked: asked.first,
    originNs: origin.toString(),
    timeline: entries,
    end: endOf(entries, words),
  }
  return { explanation, outcome }
}

function attempt(definition: BacktestDefinition, options: BacktestOptions) {
  try {
    return runBacktest(definition, options)
  } catch (cause) {
    if (cause instanceof RunFailed) return cause
    throw cause
  }
}

type Heard = (intents: readonly Intent[], reason: Parameters<Strategy['decide']>[2]) => void

/** The same strategy, with somebody listening to what it answers. */
function watchedStrategy({ strategy, params }: StrategyInstance, heard: Heard): StrategyInstance {
  const { reduce, trigger } = strategy
  const watched = defineStrategy<unknown, PlainData>({
    name: strategy.name,
    ...(trigger === undefined ? {} : { trigger }),
    init: (given, instruments) => strategy.init(given, instruments),
    ...(reduce === undefined
      ? {}
      : { reduce: (memory, event) => reduce.call(strategy, memory, event) }),
    decide(view, memory, reason, given) {
      const decision = strategy.decide(view, memory, reason, given)
      // What is no decision is refused right after this, by the Core.
      if (Array.isArray(decision?.intents)) heard(decision.intents.filter(isIntent), reason)
      return decision
    },
  })
  return { strategy: watched, params }
}

const isIntent = (value: unknown): value is Intent =>
  value !== null && typeof value === 'object' && 'key' in value

function termsOf(
  intents: readonly Intent[],
  key: OrderKey,
  wordsOf: (instrument: number) => OrderWords,
): Terms | null {
  for (const intent of intents) {
    if (intent.type !== 'intent.new' || intent.key !== key) continue
    const { side, orderType, timeInForce, price, qty, instrument } = intent
    const words = wordsOf(instrument)
    const [priceText, qtyText] = [words.price(price), words.qty(qty)]
    return { side: sideText(side), orderType, timeInForce, price: priceText, qty: qtyText }
  }
  return null
}

const NEAREST = 5

function unknownOrder(
  key: OrderKey,
  known: ReadonlySet<OrderKey>,
  namespaces: readonly string[],
): CodedError {
  const distance = (other: OrderKey) =>
    Math.abs(orderNamespace(other) - orderNamespace(key)) * 2 ** 40 +
    Math.abs(orderCounter(other) - orderCounter(key))
  const nearest = [...known].sort((a, b) => distance(a) - distance(b)).slice(0, NEAREST)
  const names = nearest.sort((a, b) => a - b).map((other) => formatOrderKey(other, namespaces))
  return new CodedError('ESC_ORDER_UNKNOWN', {
    found: formatOrderKey(key, namespaces),
    needed:
      names.length === 0 ? 'a run with orders; this one has none' : `${names.join(', ')}, ...`,
  })
}
