import type { MarketSnapshot, Nanos } from '@escapement/core'
import { type Actor, actor, Priority } from './actor.ts'
import type { FeedChannel, MarketBatch } from './ports.ts'

export type FeedEnded = { readonly type: 'feed.ended' }

export type FeedPorts = {
  in: { finished: FeedEnded }
  out: {
    /** The Venue's view, row by row. */
    exchange: MarketBatch
    /** The strategy's view; the core makes one Event of each run of equal times. */
    local: MarketBatch
    /** What happened before the window, as one Event at its start. */
    snapshot: MarketSnapshot
    ended: FeedEnded
  }
}

/**
 * Feed: sends both observers' views of each instrument, at the rows' own times.
 *
 * A view crosses as one batch with a cursor; nothing is copied and no row becomes an object. Rows
 * before the window build the books: at the Venue as they are, in the Core as one snapshot Event.
 */
export const feedActor = (channels: readonly FeedChannel[]): Actor<FeedPorts> =>
  actor<FeedPorts>()(
    'feed',
    {
      in: { finished: Priority.observer },
      out: ['exchange', 'local', 'snapshot', 'ended'],
      optional: ['finished', 'ended'],
      needs: ['marketInput'],
    },
    (context) => {
      let last: Nanos = 0
      for (const { instrument, exchange, local, localFrom } of channels) {
        const time = context.now
        if (localFrom > 0) {
          const range = { view: local, from: 0, to: localFrom }
          context.emit('snapshot', { type: 'market.snapshot', time, instrument, ...range })
        }
        context.emit('local', { instrument, view: local, next: localFrom, end: local.length })
        context.emit('exchange', { instrument, view: exchange, next: 0, end: exchange.length })
        last = Math.max(last, lastTime(exchange), lastTime(local))
      }
      context.schedule(last, 'finished', { type: 'feed.ended' })
      return {
        finished: (ended) => context.emit('ended', ended),
      }
    },
  )

function lastTime(view: FeedChannel['local']): Nanos {
  return view.time[view.length - 1] ?? 0
}
