import { setup } from 'xstate'

/**
 * Feed health: can the book of one instrument be believed?
 *
 *     waiting ──restored──▶ current ◀──received── stale
 *                              │ └────silenceNoted──▲ │
 *                              └──gapDetected──▶ gapped ──restored──▶ current
 *
 * Reads    arrivals, gaps in the feed's own numbering, and silences somebody measured.
 * Decides  whether the book is complete and fresh, complete and old, or incomplete.
 * Leaves   sequence numbers and the length of a silence. A message received after a gap
 *          repairs nothing: only a snapshot does, which is the signal `restored`.
 * Source   the project's Control Events FeedGap and FeedRestored.
 */
export type FeedHealthSignal =
  | { type: 'received' }
  | { type: 'silenceNoted' }
  | { type: 'gapDetected' }
  | { type: 'restored' }
  | { type: 'ended' }

/** Answers whether a book can be believed; see the file for its diagram. */
export const feedHealth = setup({
  types: { events: {} as FeedHealthSignal },
}).createMachine({
  id: 'feed-health',
  description: 'Whether the book of one instrument can be believed.',
  initial: 'waiting',
  on: { ended: '.ended' },
  states: {
    waiting: {
      description: 'No snapshot yet; changes arrive without a book to apply them to.',
      on: {
        received: 'waiting',
        silenceNoted: 'waiting',
        gapDetected: 'waiting',
        restored: 'current',
      },
    },
    current: {
      description: 'Complete and fresh.',
      on: {
        received: 'current',
        silenceNoted: 'stale',
        gapDetected: 'gapped',
        restored: 'current',
      },
    },
    stale: {
      description: 'Complete as far as it goes, but silent for too long.',
      on: {
        received: 'current',
        silenceNoted: 'stale',
        gapDetected: 'gapped',
        restored: 'current',
      },
    },
    gapped: {
      description: 'Messages are missing; the book is wrong until a snapshot comes.',
      on: {
        received: 'gapped',
        silenceNoted: 'gapped',
        gapDetected: 'gapped',
        restored: 'current',
      },
    },
    ended: {
      type: 'final',
      description: 'The feed has nothing more to say.',
    },
  },
})
