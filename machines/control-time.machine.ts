import { setup } from 'xstate'

/**
 * Control time: does the Runtime owe the Core a Control-Time Event?
 *
 *     none ──installed──▶ pending ──cleared | realized──▶ none
 *                         pending ──installed | failed──▶ pending
 *
 * Reads    the obligation each step returns, and how its realization went.
 * Decides  whether one obligation is outstanding; there is never a second.
 * Leaves   the due time and its comparison with the clock. Realizing an obligation that is
 *          not there is ILLEGAL: one deadline is injected at most once.
 * Source   the project's rules CT2 (every pass installs or clears), CT5 (consumed once
 *          processed) and CT7 (a failure changes nothing).
 */
export type ControlTimeSignal =
  | { type: 'installed' }
  | { type: 'cleared' }
  | { type: 'realized' }
  | { type: 'failed' }

/** Answers whether an obligation is outstanding; see the file for its diagram. */
export const controlTime = setup({
  types: { events: {} as ControlTimeSignal },
}).createMachine({
  id: 'control-time',
  description: 'Whether the Runtime owes the Core a Control-Time Event.',
  initial: 'none',
  states: {
    none: {
      description: 'No obligation; only an external Event can wake the Core.',
      on: { installed: 'pending', cleared: 'none' },
    },
    pending: {
      description: 'One obligation waits for its due time.',
      on: { installed: 'pending', cleared: 'none', realized: 'none', failed: 'pending' },
    },
  },
})
