import { setup } from 'xstate'

/**
 * Supervision: is one actor at work, and who decides what happens next?
 *
 *     starting ──started──▶ running ──stopRequested──▶ stopped
 *        ▲ └────crashed──────┴──▶ failed ──stopDecided──▶ stopped
 *        └─────restartDecided───────┘ └─escalateDecided──▶ escalated
 *
 * Reads    what the actor did, and the directive of its supervisor.
 * Decides  whether messages may be delivered to it.
 * Leaves   the cause, the number of restarts and their bound, which belong to the runtime.
 *          A failed actor waits: no directive is ever taken for granted.
 * Source   the supervision directives stop, restart and escalate of the actor model.
 */
export type SupervisionSignal =
  | { type: 'started' }
  | { type: 'crashed' }
  | { type: 'restartDecided' }
  | { type: 'stopDecided' }
  | { type: 'escalateDecided' }
  | { type: 'stopRequested' }

/** Answers whether an actor is at work; see the file for its diagram. */
export const supervision = setup({
  types: { events: {} as SupervisionSignal },
}).createMachine({
  id: 'supervision',
  description: 'Whether one actor is at work, and who decides what happens next.',
  initial: 'starting',
  states: {
    starting: {
      description: 'Its state is being made; messages wait.',
      on: { started: 'running', crashed: 'failed', stopRequested: 'stopped' },
    },
    running: {
      description: 'Messages are delivered, one at a time.',
      on: { crashed: 'failed', stopRequested: 'stopped' },
    },
    failed: {
      description: 'A handler threw; the supervisor has not decided.',
      on: {
        restartDecided: 'starting',
        stopDecided: 'stopped',
        escalateDecided: 'escalated',
        stopRequested: 'stopped',
      },
    },
    stopped: {
      type: 'final',
      description: 'Over, in order; nothing is delivered any more.',
    },
    escalated: {
      type: 'final',
      description: 'Over, and the failure is now the supervisor’s own.',
    },
  },
})
