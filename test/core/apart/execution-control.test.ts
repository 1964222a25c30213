/** Execution Control with Risk removed: State, allowed Intents and what leaves. */
import { describe, expect, test } from 'vitest'
import { admit } from '../../../core/execution-control/admission.ts'
import { release } from '../../../core/execution-control/release.ts'
import { WorkDraft } from '../../../core/execution-control/work-draft.ts'
import type { Allowed, Intent } from '../../../core/intents.ts'
import type { State } from '../../../core/state/state.ts'
import { change, d, place, terms, withdraw, working, world } from './world.ts'

/** One step: admits, releases, commits; says what left, what closed and when to look again. */
function step(state: State, ...intents: readonly Intent[]) {
  const draft = new WorkDraft(state)
  admit(state, draft, intents as readonly Allowed[])
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
})
