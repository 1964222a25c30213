import { compile, queueSlot } from '@escapement/machines'
import type { PendingCommand } from '../commands/command.ts'
import type { Taken } from '../commands/pending-overlay.ts'
import { assert } from '../errors.ts'
import { type Allowed, commandKind } from '../intents.ts'
import type { OrderKey } from '../orders.ts'
import type { State } from '../state/state.ts'
import type { ClosureReason } from '../step-result.ts'
import type { WorkDraft } from './work-draft.ts'

const slot = compile(queueSlot)

/**
 * Queue admission: reconciles each allowed Intent with what is pending for its key, and nothing
 * else. Rate and inflight affect when a command leaves, never whether it is admitted.
 */
export function admit(state: State, draft: WorkDraft, intents: readonly Allowed[]): void {
  for (let i = 0; i < intents.length; i++) admitOne(state, draft, intents[i]!)
}

function admitOne(state: State, draft: WorkDraft, intent: Allowed): void {
  const { key } = intent
  const before = draft.pending.get(key)
  const taken = draft.pending.take(intent, before, state.execution.termsOf(key))
  if (typeof taken === 'object') {
    assertSlot(state, before, slot.signal.admitted, key)
    if (before !== undefined) draft.close(key, before.kind, 'superseded')
    return
  }
  if (taken === 'cancelsPending') {
    assertSlot(state, before, slot.signal.withdrawn, key)
    draft.close(key, before!.kind, 'superseded')
  }
  draft.close(key, commandKind(intent), CLOSED_AS[taken])
}

/** Why an Intent that did not become effective ends at once. */
const CLOSED_AS: { readonly [T in Exclude<Taken, PendingCommand>]: ClosureReason } = {
  superseded: 'superseded',
  discarded: 'superseded',
  duplicateOrderKey: 'duplicateOrderKey',
  cancelsPending: 'closedLocally',
  noOrder: 'invalidated',
}

/** Holds the move against the queue-slot machine; its mode is computed, not stored. */
function assertSlot(
  { execution }: State,
  before: PendingCommand | undefined,
  signal: number,
  key: OrderKey,
): void {
  const { empty, inflight, pending: waiting, pendingBehindInflight } = slot.state
  const free = before === undefined ? empty : waiting
  const busy = before === undefined ? inflight : pendingBehindInflight
  const mode = execution.inflight.has(key) ? busy : free
  if (slot.next(mode, signal) < 0) assert(false, `queue slot of order ${key} cannot take this`)
}
