import { type CoreEvent, type OrderKey, orderKey, type Side } from '@escapement/core'
import { fillOf } from './fill-of.ts'
import type { NaiveCore } from './naive-core.ts'
import type { Move } from './session.ts'

/** A report that no Venue should send: of any order, ended or never heard of, and of any kind. */
export function unlawfulReport(
  { pick, how, much }: Move,
  time: number,
  core: NaiveCore,
): CoreEvent {
  const keys: OrderKey[] = [...core.execution.orders.keys(), ...core.inflight.keys()]
  const key = keys[pick % (keys.length + 1)] ?? orderKey(0, 900 + pick)
  const order = core.execution.orders.get(key)
  const report = { time, exchTime: time, key }
  switch (how % 9) {
    case 0:
      return { type: 'order.accepted', ...report }
    case 1:
      return { type: 'order.rejected', ...report, reason: 'out of turn' }
    case 2:
      return { type: 'order.replaced', ...report, price: 1_001, qty: 5 + (much % 9), leavesQty: 5 }
    case 3:
      return { type: 'order.replaceRejected', ...report, reason: 'out of turn' }
    case 4:
      return { type: 'order.cancelRejected', ...report, reason: 'out of turn' }
    case 5:
      return { type: 'order.canceled', ...report }
    case 6:
      return { type: 'order.expired', ...report, reason: 'out of turn' }
    case 7: {
      const outcome = much % 2 === 0 ? 'canceled' : 'rejected'
      return { type: 'order.disposed', ...report, outcome, reason: 'out of turn' }
    }
    default:
      return unlawfulFill(key, order, much, time)
  }
}

/** Again, too much, after the end, before the acknowledgement, or of the other side. */
function unlawfulFill(
  key: OrderKey,
  order: ReturnType<NaiveCore['execution']['orders']['get']>,
  much: number,
  time: number,
): CoreEvent {
  const lastQty = 1 + (much % 5)
  const cum = order?.cum ?? 0
  const qty = order?.terms.qty ?? 10
  const cumQty = much % 4 === 0 && cum > 0 ? Math.max(lastQty, cum) : cum + lastQty
  return {
    ...fillOf(key, time),
    instrument: order?.terms.instrument ?? 0,
    side: ((order?.terms.side ?? 1) * (much % 7 === 3 ? -1 : 1)) as Side,
    execId: 10_000 + much,
    lastPrice: order?.terms.price || 1_000,
    lastQty,
    cumQty: much % 5 === 1 ? cumQty + qty : cumQty,
    leavesQty: Math.max(0, qty - cumQty),
    fee: 1,
  }
}
