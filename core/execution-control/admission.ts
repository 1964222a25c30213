import { compile, queueSlot } from '@escapement/machines'
import type { PendingCommand } from '../commands/command.ts'
import { reconcile } from '../commands/dominance.ts'
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
  for (const intent of intents) admitOne(state, draft, intent)
}

function admitOne(state: State, draft: WorkDraft, intent: Allowed): void {
  const { key } = intent
  const pending = draft.get(key)
  if (intent.type === 'intent.new') {
    if (draft.isWithdrawn(key)) return close(draft, intent, 'superseded')
    // A NEW over its own pending NEW is a change; any other NEW needs a key never used.
    if (pending === undefined && !draft.claim(key)) {
      return close(draft, intent, 'duplicateOrderKey')
    }
  }
  const { execution } = state
  const result = reconcile(pending, intent, execution.termsOf(key), draft.nextSequence)
  switch (result.outcome) {
    case 'enters':
      if (pending !== undefined) close(draft, pending, 'superseded')
      assertSlot(pending, execution.inflight.has(key), slot.signal.admitted, key)
      draft.put(result.command)
      draft.nextSequence++
      return
    case 'discarded':
      close(draft, intent, 'superseded')
      return
    case 'cancelsPending':
      assertSlot(pending, execution.inflight.has(key), slot.signal.withdrawn, key)
      draft.remove(key)
      close(draft, pending!, 'superseded')
      close(draft, intent, 'closedLocally')
      return
    case 'noOrder':
      if (intent.type === 'intent.cancel') draft.withdraw(key)
      close(draft, intent, 'invalidated')
  }
}

/** Holds the move against the queue-slot machine; its mode is computed, not stored. */
function assertSlot(
  pending: PendingCommand | undefined,
  underWay: boolean,
  signal: number,
  key: OrderKey,
): void {
  const { empty, inflight, pending: waiting, pendingBehindInflight } = slot.state
  const free = pending === undefined ? empty : waiting
  const busy = pending === undefined ? inflight : pendingBehindInflight
  const mode = underWay ? busy : free
  if (slot.next(mode, signal) < 0) assert(false, `queue slot of order ${key} cannot take this`)
}

function close(draft: WorkDraft, what: Allowed | PendingCommand, reason: ClosureReason): void {
  const kind = 'kind' in what ? what.kind : commandKind(what)
  draft.closures.push({ key: what.key, kind, reason })
}
