/** Execution Control with Risk removed: State, allowed Intents and what leaves. */
import { describe, expect, test } from 'vitest'
import type { Closure } from '../../../core/commands/closure.ts'
import { PendingOverlay } from '../../../core/commands/pending-overlay.ts'
import { admit } from '../../../core/execution-control/admission.ts'
import { release } from '../../../core/execution-control/release.ts'
import { closeTouched } from '../../../core/execution-control/validity.ts'
import { WorkDraft } from '../../../core/execution-control/work-draft.ts'
import type { Allowed, Intent } from '../../../core/intents.ts'
import { orderKey } from '../../../core/orders.ts'
import { reduceSubmitted } from '../../../core/reduce/reduce-execution.ts'
import { orderChart } from '../../../core/state/order-table.ts'
import type { State } from '../../../core/state/state.ts'
import { SELL } from '../../../core/units.ts'
import { change, d, filled, place, terms, withdraw, working, world } from './world.ts'

/** One step: admits, releases, commits; says what left, what closed and when to look again. */
function step(state: State, ...intents: readonly Intent[]) {
  const draft = new WorkDraft(state)
  admit(draft, intents as readonly Allowed[])
  const { dispatches, rateDue } = release(state, draft, null)
  draft.commit()
  for (const { key, kind } of dispatches) {
    const asked = kind === 'cancel' ? null : terms(key)
    state.execution.inflight.set(key, { key, kind, time: 0, passed: null, asked })
  }
  return {
    left: dispatches.map(({ kind, key }) => `${kind} ${key}`),
    closed: draft.closures.map(({ kind, key, reason }) => `${kind} ${key} ${reason}`),
    rateDue,
  }
}

describe('Execution Control alone', () => {
  test('lets cancels leave before replaces before new orders, each by age', () => {
    const state = world()
    working(state, 1)
    working(state, 2)
    const { left } = step(state, place(3), change(2, 91, 1), withdraw(1), place(4))
    expect(left).toEqual(['cancel 1', 'replace 2', 'new 3', 'new 4'])
  })

  test('keeps one command a key: the stronger, then the later', () => {
    const state = world()
    working(state, 1)
    const { left, closed } = step(state, change(1, 91, 1), change(1, 92, 1), withdraw(1))
    expect(left).toEqual(['cancel 1'])
    expect(closed).toEqual(['replace 1 superseded', 'replace 1 superseded'])
  })

  test('sends nothing for a key that is busy, and names no time for it', () => {
    const state = world()
    working(state, 1)
    expect(step(state, change(1, 91, 1)).left).toEqual(['replace 1'])
    expect(step(state, withdraw(1))).toEqual({ left: [], closed: [], rateDue: null })
    state.execution.inflight.clear()
    expect(step(state).left).toEqual(['cancel 1'])
  })

  test('holds back what the rate does not allow and names the first moment at which it does', () => {
    const state = world({ rateLimits: { orders: d('2'), cancels: d('0') } })
    working(state, 9)
    const { left, rateDue } = step(state, place(1), place(2), place(3), withdraw(9))
    expect([left, rateDue]).toEqual([['new 1', 'new 2'], 500_000_000])
    state.control.clock = 499_999_999
    expect(step(state)).toMatchObject({ left: [], rateDue: 500_000_000 })
    state.control.clock = 500_000_000
    expect(step(state)).toMatchObject({ left: ['new 3'], rateDue: null })
  })

  test('closes a NEW and its CANCEL here when neither has left', () => {
    const state = world({ rateLimits: { orders: d('0') } })
    expect(step(state, place(1)).left).toEqual([])
    expect(step(state, withdraw(1))).toEqual({
      left: [],
      closed: ['new 1 superseded', 'cancel 1 closedLocally'],
      rateDue: null,
    })
    expect(state.execution.work.queue.size).toBe(0)
  })

  test('sends each request with the whole terms of its order', () => {
    const state = world()
    working(state, 1, { side: SELL, price: 110, qty: 4 })
    working(state, 2, { side: SELL, price: 111, qty: 5, timeInForce: 'postOnly' })
    const draft = new WorkDraft(state)
    const intents = [withdraw(1), change(2, 112, 6), place(3, { price: 80, qty: 7 })]
    admit(draft, intents as readonly Intent[] as readonly Allowed[])
    // What the order became while its cancel waited.
    state.execution.orders.get(1)!.price = 109
    state.execution.orders.get(1)!.qty = 3
    expect(release(state, draft, null).dispatches).toEqual([
      { ...terms(1, { side: SELL, price: 109, qty: 3 }), kind: 'cancel', sequence: 0 },
      {
        ...terms(2, { side: SELL, price: 112, qty: 6, timeInForce: 'postOnly' }),
        kind: 'replace',
        sequence: 1,
      },
      { ...terms(3, { price: 80, qty: 7 }), kind: 'new', sequence: 2 },
    ])
  })

  test('waits with a REPLACE for the acknowledgement, and with nothing else that is free', () => {
    const state = world()
    reduceSubmitted(state, { type: 'order.submitted', time: 0, ...terms(1) })
    reduceSubmitted(state, { type: 'order.submitted', time: 0, ...terms(2) })
    state.execution.inflight.clear()
    expect(step(state, change(1, 91, 1)).left).toEqual([])
    expect(step(state, place(3), withdraw(2)).left).toEqual(['cancel 2', 'new 3'])
    state.execution.orders.get(1)!.status = orderChart.state.accepted
    expect(step(state).left).toEqual(['replace 1'])
  })

  test('keeps a NEW that waits while another order took its key, and closes it then', () => {
    const state = world({ rateLimits: { orders: d('0') } })
    step(state, place(1))
    reduceSubmitted(state, { type: 'order.submitted', time: 0, ...terms(1) })
    const draft = new WorkDraft(state)
    expect(release(state, draft, 1).dispatches).toEqual([])
    expect(draft.closures).toEqual([{ key: 1, kind: 'new', reason: 'duplicateOrderKey' }])
  })

  test('closes what waits for an order that is over, also where the queue is not processed', () => {
    const state = world({ rateLimits: { orders: d('0'), cancels: d('0') } })
    working(state, 1)
    working(state, 2)
    step(state, change(1, 91, 1), withdraw(2))
    const closures: Closure[] = []
    closeTouched(state, null, closures)
    closeTouched(state, 3, closures)
    closeTouched(state, 1, closures)
    expect([closures, state.execution.work.queue.size]).toEqual([[], 2])
    filled(state, 1, 1)
    closeTouched(state, 1, closures)
    expect(closures).toEqual([{ key: 1, kind: 'replace', reason: 'invalidated' }])
    expect([...state.execution.work.queue.values()].map(({ key }) => key)).toEqual([2])
  })

  test('a rate with no limit of one class keeps count of the other alone', () => {
    const state = world({ rateLimits: { cancels: d('1') } })
    working(state, 1)
    working(state, 2)
    expect(step(state, place(3), place(4), withdraw(1), withdraw(2))).toMatchObject({
      left: ['cancel 1', 'new 3', 'new 4'],
      rateDue: 1_000_000_000,
    })
    expect(state.execution.work.rates).toEqual([{ orders: null, cancels: { tokens: 0, time: 0 } }])
  })

  test('looks again at nothing that an earlier step admitted, unless its order is touched', () => {
    const state = world({ rateLimits: { orders: d('0') } })
    const draft = new WorkDraft(state)
    admit(draft, [place(1)] as readonly Intent[] as readonly Allowed[])
    release(state, draft, null)
    draft.commit()
    reduceSubmitted(state, { type: 'order.submitted', time: 0, ...terms(1) })
    release(state, draft.begin(), null)
    expect(draft.closures).toEqual([])
    release(state, draft.begin(), 1)
    expect(draft.closures).toEqual([{ key: 1, kind: 'new', reason: 'duplicateOrderKey' }])
  })

  test('writes nothing into State before it commits', () => {
    const state = world({ rateLimits: { orders: d('2') } })
    const full = state.execution.work.rates[0]!
    const before = state.serialise()
    const draft = new WorkDraft(state)
    admit(draft, [place(1), place(2)] as readonly Intent[] as readonly Allowed[])
    expect(release(state, draft, null).dispatches.length).toBe(2)
    expect(state.serialise()).toEqual(before)
    expect(full).toEqual({ orders: { tokens: 2_000_000_000, time: 0 }, cancels: null })
    draft.commit()
    expect(state.execution.work.rates).toEqual([{ orders: { tokens: 0, time: 0 }, cancels: null }])
    expect(state.execution.work.nextSequence).toBe(2)
  })

  test('admits what its overlay has reconciled as it is, and all of anything else', () => {
    const state = world({ rateLimits: { orders: d('0') } })
    const pending = new PendingOverlay(state)
    const draft = new WorkDraft(state, pending)
    const [one, two] = [place(1), place(2)] as readonly Intent[] as readonly Allowed[]
    pending.take(pending.slot(1), one!)
    const command = pending.get(1)
    admit(draft.begin([one!]), [one!])
    expect([pending.get(1), pending.nextSequence, draft.closures]).toEqual([command, 1, []])
    expect(pending.get(1)).toBe(command)
    admit(draft.begin([two!]), [two!])
    expect([pending.get(1), pending.get(2)?.sequence, pending.nextSequence]).toEqual([
      undefined,
      0,
      1,
    ])
    draft.begin()
    expect(pending.length).toBe(0)
  })

  test('an order of a key that no strategy owns is released and marks nothing', () => {
    const state = world()
    const key = orderKey(7, 1)
    expect(step(state, place(key)).left).toEqual([`new ${key}`])
    expect(state.control.strategies.map(({ issued }) => issued)).toEqual([0])
  })
})
