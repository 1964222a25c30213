import { setup } from 'xstate'

/**
 * Rate gate: may a request of one rate class leave now?
 *
 *     open ◀──recovered── throttled
 *       └────exhausted───────▲
 *     open | throttled ──limitZeroed──▶ shut ──limitRaised──▶ open
 *
 * Reads    what the core found when it counted capacity.
 * Decides  whether to send, to wait for time, or to wait for another Configuration.
 * Leaves   capacity, limits and the moment of recovery, which are integers of the core.
 *          `shut` promises nothing about time: no obligation may be derived from it.
 * Source   the project's rule that a limit of 0 means never.
 */
export type RateGateSignal =
  | { type: 'exhausted' }
  | { type: 'recovered' }
  | { type: 'limitZeroed' }
  | { type: 'limitRaised' }

/** Answers whether a rate class may send; see the file for its diagram. */
export const rateGate = setup({
  types: { events: {} as RateGateSignal },
}).createMachine({
  id: 'rate-gate',
  description: 'Whether a request of one rate class may leave now.',
  initial: 'open',
  states: {
    open: {
      description: 'Capacity for at least one request.',
      on: { exhausted: 'throttled', limitZeroed: 'shut' },
    },
    throttled: {
      description: 'No capacity; time will bring some.',
      on: { recovered: 'open', limitZeroed: 'shut' },
    },
    shut: {
      description: 'The limit is 0; time will bring nothing.',
      on: { limitRaised: 'open' },
    },
  },
})
