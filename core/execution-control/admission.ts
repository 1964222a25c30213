import { compile, queueSlot } from '@escapement/machines'
import type { ClosureReason } from '../commands/closure.ts'
import type { PendingCommand } from '../commands/command.ts'
import type { KeySlot } from '../commands/key-slot.ts'
import type { Taken, TakenIntent } from '../commands/pending-overlay.ts'
import { assert } from '../errors.ts'
import { type Allowed, commandKind } from '../intents.ts'
import type { WorkDraft } from './work-draft.ts'

const chart = compile(queueSlot)
const { empty, inflight, pending: waiting, pendingBehindInflight } = chart.state

/**
 * Queue admission: reconciles each allowed Intent with what is pending for its key, and nothing
 * else. Rate and inflight affect when a command leaves, never whether it is admitted. What the
 * draft's overlay has reconciled already, for Risk, is taken as it is.
 */
export function admit(draft: WorkDraft, intents: readonly Allowed[]): void {
  const { pending } = draft
  for (let i = 0; i < intents.length; i++) {
    const intent = intents[i]!
    settle(draft, pending.takenAt(i) ?? pending.take(pending.slot(intent.key), intent))
  }
}

/** Notes what ended at once: the newcomer, what it superseded, or both. */
function settle(draft: WorkDraft, { intent, slot, before, result }: TakenIntent): void {
  const { key } = slot
  if (typeof result === 'object') {
    assertSlot(slot, before, chart.signal.admitted)
    if (before !== undefined) draft.close(key, before.kind, 'superseded')
    return
  }
  if (result === 'cancelsPending') {
    assertSlot(slot, before, chart.signal.withdrawn)
    draft.close(key, before!.kind, 'superseded')
  }
  draft.close(key, commandKind(intent), CLOSED_AS[result])
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
  { key, request }: KeySlot,
  before: PendingCommand | undefined,
  signal: number,
): void {
  const free = before === undefined ? empty : waiting
  const busy = before === undefined ? inflight : pendingBehindInflight
  const mode = request === undefined ? free : busy
  if (chart.next(mode, signal) < 0) assert(false, `queue slot of order ${key} cannot take this`)
}
