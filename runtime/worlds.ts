import { type BookRecording, CodedError, RecordedBook, recordBook } from '@escapement/core'
import type { FeedChannel } from '../actors/ports.ts'
import {
  type BacktestDefinition,
  type BacktestOptions,
  type BacktestResult,
  runBacktest,
} from './backtest.ts'

/**
 * What the market of a feed does to the books of the two observers, found once: the price levels
 * after every row, for any number of runs to read.
 */
export type MarketRecording = {
  readonly feed: readonly FeedChannel[]
  /** By instrument: the strategy's view and the Venue's. */
  readonly local: readonly BookRecording[]
  readonly exchange: readonly BookRecording[]
}

/**
 * Advances the market of a feed once, with nobody trading in it.
 *
 * Cost: both books' updates, and about 70 bytes a row.
 */
export const recordMarket = (feed: readonly FeedChannel[]): MarketRecording => ({
  feed,
  local: feed.map(({ local }) => recordBook(local)),
  exchange: feed.map(({ exchange }) => recordBook(exchange, { digested: false })),
})

/**
 * Many worlds over one market: each has its own Core, orders, queue estimates and log, and all read
 * the books of one recording. The result of each, its hashes included, is that of its run alone.
 *
 * Worlds run one after the other and give their results as they end, so that a caller keeps what it
 * needs of each. A world that fails throws when its turn comes; `next` goes on with the one after.
 * @throws ESC_CONFIG_INVALID when a definition has another feed than the first
 */
export function* runWorlds(
  definitions: readonly BacktestDefinition[],
  recording: MarketRecording | null = null,
): Generator<BacktestResult, void> {
  const [first] = definitions
  if (first === undefined) return
  const market = recording ?? recordMarket(first.feed)
  definitions.forEach(({ feed }, index) => {
    if (!isSameFeed(feed, market.feed)) throw foreignFeed(index)
  })
  for (const definition of definitions) yield runWorld(definition, market)
}

/** One world of a recorded market. */
export function runWorld(
  definition: BacktestDefinition,
  market: MarketRecording,
  options: Omit<BacktestOptions, 'books'> = {},
): BacktestResult {
  return runBacktest(definition, {
    ...options,
    books: {
      local: market.local.map((book) => new RecordedBook(book)),
      exchange: market.exchange.map((book) => new RecordedBook(book)),
    },
  })
}

/** Views are compared by identity: equal rows elsewhere would have to be compared row by row. */
const isSameFeed = (a: readonly FeedChannel[], b: readonly FeedChannel[]): boolean =>
  a.length === b.length &&
  a.every((channel, i) => {
    const { local, exchange, localFrom } = b[i]!
    return (
      channel.local === local && channel.exchange === exchange && channel.localFrom === localFrom
    )
  })

function foreignFeed(index: number): CodedError {
  return new CodedError('ESC_CONFIG_INVALID', {
    field: `worlds[${index}].feed`,
    found: 'a feed of its own',
    needed: "the first world's: worlds share one market",
  })
}
