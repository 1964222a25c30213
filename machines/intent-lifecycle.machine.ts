import { setup } from 'xstate'

/**
 * Intent lifecycle: how far has one Intent come on its way out, and how did it end?
 *
 *     generated ──▶ policyDecided ──▶ pending ──▶ dispatched ──▶ inflight
 *         │               └──────────────┤              └────────────┤
 *         ▼                              ▼                           ▼
 *     policyRejected          superseded | invalidated       closedAfterDispatch
 *
 * Reads    what Risk, the Queue and the Runtime did with the Intent.
 * Decides  its stage, and exactly one of four ways to end.
 * Leaves   the reason in words, the Order it may have started, and every amount. That an
 *          Intent is closed says nothing about its Order; no name here is an Order state.
 * Source   the project's concept of an Intent; FIX has no counterpart.
 */
export type IntentSignal =
  | { type: 'allowed' }
  | { type: 'denied' }
  | { type: 'admitted' }
  | { type: 'superseded' }
  | { type: 'invalidated' }
  | { type: 'dispatched' }
  | { type: 'transmitted' }
  | { type: 'dispatchFailed' }
  | { type: 'settled' }
  | { type: 'disposed' }

/** Answers where an Intent stands; see the file for its diagram. */
export const intentLifecycle = setup({
  types: { events: {} as IntentSignal },
}).createMachine({
  id: 'intent-lifecycle',
  description: 'How far one Intent has come on its way out, and how it ended.',
  initial: 'generated',
  states: {
    generated: {
      description: 'Emitted by the strategy; Risk has not answered.',
      on: { allowed: 'policyDecided', denied: 'policyRejected' },
    },
    policyDecided: {
      description: 'Allowed by Risk; the Queue has not looked at it.',
      // A stronger command already pending discards the newcomer; a cancel of a request
      // that never left closes here too.
      on: { admitted: 'pending', superseded: 'superseded', invalidated: 'invalidated' },
    },
    pending: {
      description: 'In the Queue, the effective command of its key.',
      on: { dispatched: 'dispatched', superseded: 'superseded', invalidated: 'invalidated' },
    },
    dispatched: {
      description: 'Selected to leave and handed over; no record of the transmission yet.',
      on: { transmitted: 'inflight', dispatchFailed: 'closedAfterDispatch' },
    },
    inflight: {
      description: 'At the venue, unanswered.',
      on: {
        settled: 'closedAfterDispatch',
        disposed: 'closedAfterDispatch',
        dispatchFailed: 'closedAfterDispatch',
      },
    },
    policyRejected: {
      type: 'final',
      description: 'Closed: Risk denied it.',
    },
    superseded: {
      type: 'final',
      description: 'Closed: another command of the same key took its place.',
    },
    invalidated: {
      type: 'final',
      description: 'Closed: the state it needed was gone before it could leave.',
    },
    closedAfterDispatch: {
      type: 'final',
      description: 'Closed: its request was answered, failed or was given up.',
    },
  },
})
