import { setup } from 'xstate'

/**
 * Session: what may a run do at this moment?
 *
 *     warming ──started──▶ trading ──drainRequested──▶ draining ──drained──▶ closed
 *        └────────────────────┴──────── failed ───────────┴──▶ halted ──closed──▶ closed
 *
 * Reads    the milestones of a run, each of them an Event or the Runtime's own report.
 * Decides  whether the strategy may speak, requests may leave, or only the end is left.
 * Leaves   why it ended, what was still open, and the position where a failure struck.
 * Source   the project's failure rules: a halted run keeps its record and trades no more.
 */
export type SessionSignal =
  | { type: 'started' }
  | { type: 'drainRequested' }
  | { type: 'drained' }
  | { type: 'failed' }
  | { type: 'closed' }

/** Answers what a run may do; see the file for its diagram. */
export const session = setup({
  types: { events: {} as SessionSignal },
}).createMachine({
  id: 'session',
  description: 'What a run may do at this moment.',
  initial: 'warming',
  states: {
    warming: {
      description: 'Books and strategy memory fill; nothing is decided.',
      on: { started: 'trading', drainRequested: 'draining', failed: 'halted' },
    },
    trading: {
      description: 'The strategy decides and requests leave.',
      on: { drainRequested: 'draining', failed: 'halted' },
    },
    draining: {
      description: 'No new decisions; outstanding requests and messages come to their end.',
      // Asked twice to drain, a session drains.
      on: { drainRequested: 'draining', drained: 'closed', failed: 'halted' },
    },
    halted: {
      description: 'A failure stopped the run at a named position; its record stays readable.',
      // Closing down after a failure may fail as well, and finds nothing left to stop.
      on: { failed: 'halted', closed: 'closed' },
    },
    closed: {
      type: 'final',
      description: 'Over; the record is complete.',
    },
  },
})
