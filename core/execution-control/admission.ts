import { compile, queueSlot } from '@escapement/machines'
import type { PendingCommand } from '../commands/command.ts'
import { reconcile } from '../commands/dominance.ts'
import { assert } from '../errors.ts'
import { type Allowed, commandKind } from '../intents.ts'
import { type OrderKey, orderCounter, orderNamespace } from '../orders.ts'
import type { ControlledWork } from '../state/execution-state.ts'
import type { State } from '../state/state.ts'
import type { Closure, ClosureReason } from '../step-result.ts'

const slot = compile(queueSlot)

/** Work of one step under construction; committed last, so a failure leaves State untouched. */
export type WorkDraft = {
  readonly queue: Map<OrderKey, PendingCommand>
  nextSequence: number
  rates: ControlledWork['rates']
  readonly closures: Closure[]
  /** Keys of NEW commands that this step admitted. */
  readonly used: Set<OrderKey>
  /** Keys whose CANCEL found nothing: it still beats a NEW that follows it in this step. */
  readonly withdrawn: Set<OrderKey>
}

export function draftWork(state: State): WorkDraft {
  const { work } = state.execution
  return {
    queue: new Map(work.queue),
    nextSequence: work.nextSequence,
    rates: work.rates,
    closures: [],
    used: new Set(),
    withdrawn: new Set(),
  }
}

/**
 * Queue admission: reconciles each allowed Intent with what is pending for its key, and nothing
 * else. Rate and inflight affect when a command leaves, never whether it is admitted.
 */
export function admit(state: State, draft: WorkDraft, intents: readonly Allowed[]): void {
  for (const intent of intents) admitOne(state, draft, intent)
}

function admitOne(state: State, draft: WorkDraft, intent: Allowed): void {
  const { key } = intent
  const pending = draft.queue.get(key)
  if (intent.type === 'intent.new' && draft.withdrawn.has(key)) {
    close(draft, intent, 'superseded')
    return
  }
  if (intent.type === 'intent.new' && isReused(state, draft, key, pending)) {
    close(draft, intent, 'duplicateOrderKey')
    return
  }
  const sent = state.execution.termsOf(key)
  const underWay = state.execution.inflight.has(key)
  const result = reconcile(pending, intent, sent, draft.nextSequence)
  switch (result.outcome) {
    case 'enters':
      if (pending !== undefined) close(draft, pending, 'superseded')
      assertSlot(pending, underWay, slot.signal.admitted, key)
      // Deleting first moves a superseding command to the end of the map, where its age belongs.
      draft.queue.delete(key)
      draft.queue.set(key, result.command)
      draft.nextSequence++
      return
    case 'discarded':
      close(draft, intent, 'superseded')
      return
    case 'cancelsPending':
      assertSlot(pending, underWay, slot.signal.withdrawn, key)
      draft.queue.delete(key)
      close(draft, pending!, 'superseded')
      close(draft, intent, 'closedLocally')
      return
    case 'noOrder':
      if (intent.type === 'intent.cancel') draft.withdrawn.add(key)
      close(draft, intent, 'invalidated')
  }
}

/**
 * "Ever used" is a high-water mark a namespace, taken when a step ends, so that the keys of one
 * step may come in any order; a NEW over its own pending NEW is a change. An order that no NEW of
 * this session made uses its key as well, wherever the mark stands.
 */
function isReused(
  state: State,
  draft: WorkDraft,
  key: OrderKey,
  pending: PendingCommand | undefined,
): boolean {
  if (pending !== undefined) return false
  if (state.execution.termsOf(key) !== undefined) return true
  const issued = state.control.strategies[orderNamespace(key)]?.issued ?? 0
  if (orderCounter(key) <= issued || draft.used.has(key)) return true
  draft.used.add(key)
  return false
}

/** Holds the move against the queue-slot machine; its mode is computed, not stored. */
function assertSlot(
  pending: PendingCommand | undefined,
  underWay: boolean,
  signal: number,
  key: OrderKey,
): void {
  const mode = underWay
    ? pending === undefined
      ? slot.state.inflight
      : slot.state.pendingBehindInflight
    : pending === undefined
      ? slot.state.empty
      : slot.state.pending
  assert(slot.next(mode, signal) >= 0, `queue slot of order ${key} cannot take this command`)
}

function close(draft: WorkDraft, what: Allowed | PendingCommand, reason: ClosureReason): void {
  const kind = 'kind' in what ? what.kind : commandKind(what)
  draft.closures.push({ key: what.key, kind, reason })
}
