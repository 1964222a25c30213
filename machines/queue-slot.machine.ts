import { setup } from 'xstate'

/**
 * Queue slot: what does the Queue hold for one order key?
 *
 *     empty ──admitted──▶ pending ──dispatched──▶ inflight ──settled──▶ empty
 *                            ▲                       │ admitted
 *                            └───── settled ── pendingBehindInflight
 *
 * Reads    admissions, withdrawals, dispatches and the ends of requests of one key.
 * Decides  whether a command waits, a request is outstanding, or both.
 * Leaves   which command waits (dominance), and when it may leave (rate, ordering). Because
 *          `dispatched` is lawful in `pending` only, a key never has two requests out.
 * Source   the project's invariants EC4 and EC5.
 */
export type QueueSlotSignal =
  | { type: 'admitted' }
  | { type: 'withdrawn' }
  | { type: 'dispatched' }
  | { type: 'settled' }

/** Answers what the Queue holds for a key; see the file for its diagram. */
export const queueSlot = setup({
  types: { events: {} as QueueSlotSignal },
}).createMachine({
  id: 'queue-slot',
  description: 'What the Queue holds for one order key.',
  initial: 'empty',
  states: {
    empty: {
      description: 'Nothing waits and nothing is outstanding.',
      on: { admitted: 'pending' },
    },
    pending: {
      description: 'One effective command waits.',
      // Admitted over a waiting command, dominance has chosen between the two: still one.
      on: { admitted: 'pending', withdrawn: 'empty', dispatched: 'inflight' },
    },
    inflight: {
      description: 'One request is outstanding.',
      on: { admitted: 'pendingBehindInflight', settled: 'empty' },
    },
    pendingBehindInflight: {
      description: 'One command waits for the outstanding request to end.',
      on: {
        admitted: 'pendingBehindInflight',
        withdrawn: 'inflight',
        settled: 'pending',
      },
    },
  },
})
