import { setup } from 'xstate'

/**
 * Order lifecycle: what has become of an Order since it was submitted?
 *
 *     submitted ──▶ accepted ──▶ partiallyFilled ──▶ filled
 *         │             └───────────────┴──▶ filled | canceled | expired
 *         └──▶ rejected, or canceled by a disposition
 *
 * Reads    execution reports of one Order, in Processing Order.
 * Decides  the Order's status.
 * Leaves   quantities, prices, positions and fees to the core, which also picks the signal:
 *          a fill or a replace that leaves nothing open is `filled`. A fill of an Order that
 *          has ended is ILLEGAL here; the core books it, flags it, and the Order stays ended.
 * Source   FIX 4.4, OrdStatus (39). Pending states of FIX are left out: what is on its way
 *          to the venue belongs to the queue slot, not to the Order.
 */
export type OrderSignal =
  | { type: 'accepted' }
  | { type: 'rejected' }
  | { type: 'partiallyFilled' }
  | { type: 'filled' }
  | { type: 'canceled' }
  | { type: 'expired' }
  | { type: 'replaced' }
  | { type: 'replaceRejected' }
  | { type: 'cancelRejected' }
  | { type: 'disposedCanceled' }
  | { type: 'disposedRejected' }

/** Answers what an Order may become; see the file for its diagram. */
export const orderLifecycle = setup({
  types: { events: {} as OrderSignal },
}).createMachine({
  id: 'order-lifecycle',
  description: 'What has become of an Order since it was submitted.',
  initial: 'submitted',
  // A request to change an Order may cross the report that ends it. Its refusal arrives
  // afterwards, is lawful in every state, and changes none.
  on: { replaceRejected: {}, cancelRejected: {} },
  states: {
    submitted: {
      description: 'Sent; the venue has not answered.',
      on: {
        accepted: 'accepted',
        rejected: 'rejected',
        disposedCanceled: 'canceled',
        disposedRejected: 'rejected',
      },
    },
    accepted: {
      description: 'Acknowledged by the venue, nothing filled.',
      on: {
        partiallyFilled: 'partiallyFilled',
        filled: 'filled',
        canceled: 'canceled',
        expired: 'expired',
        replaced: 'accepted',
        disposedCanceled: 'canceled',
      },
    },
    partiallyFilled: {
      description: 'Some of it filled, the rest open.',
      on: {
        partiallyFilled: 'partiallyFilled',
        filled: 'filled',
        canceled: 'canceled',
        expired: 'expired',
        replaced: 'partiallyFilled',
        disposedCanceled: 'canceled',
      },
    },
    filled: {
      description: 'Nothing left to fill. Terminal.',
      tags: 'terminal',
    },
    canceled: {
      description: 'Ended before it was filled, by us, by the venue or by a disposition. Terminal.',
      tags: 'terminal',
    },
    expired: {
      description: 'Ended by its time in force, or because post-only would have taken. Terminal.',
      tags: 'terminal',
    },
    rejected: {
      description: 'Refused by the venue, or given up as refused. Terminal.',
      tags: 'terminal',
    },
  },
})
