import { Digest } from './digest.ts'
import { type CoreEvent, EVENT_TYPES, type EventType, isMarketEvent } from './events.ts'
import type { State } from './state/state.ts'
import type { StepResult } from './step-result.ts'

const CODES = new Map<EventType, number>(EVENT_TYPES.map((type, code) => [type, code]))
const scratch = new Digest()

/**
 * The digest of a StepResult: the Event's type and time, the market or the orders and positions
 * after it, and everything that was decided. Two runs differ here at the first position at which
 * they do something else; what differs in State alone shows in the digest of State. Valid until
 * the next call; to be taken while State stands at that step.
 */
export function digestStep(state: State, event: CoreEvent, result: StepResult): Digest {
  const digest = scratch.reset().u32(CODES.get(event.type)!).int(event.time)
  if (isMarketEvent(event)) {
    digest.u32(event.instrument)
    state.market[event.instrument]!.digest(digest)
  } else {
    digest.u32(state.execution.orders.digestLow).u32(state.execution.orders.digestHigh)
    digest.u32(state.execution.inflight.size).u32(state.execution.work.queue.size)
    for (const account of state.execution.accounts) digest.int(account.position).u32(account.fills)
  }
  const { dispatches, denials, closures, anomalies, obligation, failures, decided } = result
  if (obligation === null) digest.u32(0)
  else digest.u32(obligation.reason === 'rate' ? 1 : 2).int(obligation.due)
  const work = dispatches.length + denials.length + closures.length + anomalies.length
  digest.u32((failures.length === 0 ? 0 : 1) | (decided ? 2 : 0) | (work === 0 ? 0 : 4))
  return work === 0 ? digest : digestWork(result, digest)
}

function digestWork(
  { dispatches, denials, closures, anomalies }: StepResult,
  digest: Digest,
): Digest {
  digest.u32(dispatches.length)
  for (const { kind, key, price, qty, sequence } of dispatches) {
    digest.text(kind).int(key).u32(price).int(qty).int(sequence)
  }
  digest.u32(denials.length)
  for (const { key, kind, reason, scope } of denials) {
    digest.int(key).text(kind).text(reason).text(scope)
  }
  digest.u32(closures.length)
  for (const { key, kind, reason } of closures) digest.int(key).text(kind).text(reason)
  digest.u32(anomalies.length)
  for (const { key, kind } of anomalies) digest.int(key).text(kind)
  return digest
}
