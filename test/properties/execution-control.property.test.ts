/**
 * Execution Control over random sessions. Each rule is held against a bookkeeping of its own, made
 * from Events and StepResults alone.
 */
import {
  type CoreEvent,
  isDenied,
  type OrderKey,
  type OrderReport,
  RiskEngine,
} from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { afterEach, describe, expect, vi } from 'vitest'
import { type Observer, plans, play } from '../kit/core-session.ts'

const runs = { numRuns: 300 }

/** Whether a report says that its order has ended. */
function ends(event: OrderReport): boolean {
  if (event.type === 'order.filled') return event.leavesQty === 0
  return ['order.rejected', 'order.canceled', 'order.expired', 'order.disposed'].includes(
    event.type,
  )
}

/** Requests that an Event ends, for a key with a `kind` under way. */
function answers(event: CoreEvent, kind: string): boolean {
  switch (event.type) {
    case 'dispatch.failed':
      return event.kind === kind
    case 'order.accepted':
      return kind === 'new'
    case 'order.filled':
      return kind === 'new' || ends(event)
    case 'order.replaced':
    case 'order.replaceRejected':
      return kind === 'replace'
    case 'order.cancelRejected':
      return kind === 'cancel'
    case 'order.rejected':
    case 'order.canceled':
    case 'order.expired':
    case 'order.disposed':
      return true
    default:
      return false
  }
}

/** Keeps what is under way, and objects to a second request of a key. */
function inflightBook(): { readonly open: Map<OrderKey, string>; readonly observe: Observer } {
  const open = new Map<OrderKey, string>()
  return {
    open,
    observe(_, event, { dispatches }) {
      if ('key' in event) {
        const kind = open.get(event.key)
        if (kind !== undefined && answers(event, kind)) open.delete(event.key)
      }
      for (const { key, kind } of dispatches) {
        expect(open.get(key), `a second request of ${key}`).toBeUndefined()
        open.set(key, kind)
      }
    },
  }
}

afterEach(() => vi.restoreAllMocks())

describe('EC5', () => {
  propertyTest.prop([plans()], runs)('no key has two requests under way', (plan) => {
    const book = inflightBook()
    play(plan, (desk, event, result) => {
      book.observe(desk, event, result)
      const held = [...desk.state.execution.inflight.values()].map(({ key, kind }) => [key, kind])
      expect(new Map(held as [OrderKey, string][])).toEqual(book.open)
    })
  })

  propertyTest.prop([plans({ cancelsPassInflight: true })], runs)(
    'with the exception, a second request can only be a cancel',
    (plan) => {
      const under = new Map<OrderKey, string[]>()
      play(plan, ({ state }, event, { dispatches }) => {
        if ('key' in event) {
          const left = (under.get(event.key) ?? []).filter((kind) => !answers(event, kind))
          under.set(event.key, left)
        }
        for (const { key, kind } of dispatches) {
          const before = under.get(key) ?? []
          if (before.length > 0) expect(kind).toBe('cancel')
          expect(before).not.toContain('cancel')
          under.set(key, [...before, kind])
        }
        for (const [key, kinds] of under) {
          const held = state.execution.inflight.get(key)
          const now = held === undefined ? [] : [held.passed, held.kind]
          expect(now.filter((kind) => kind !== null)).toEqual(kinds)
        }
      })
    },
  )
})

describe('EC4', () => {
  propertyTest.prop([plans()], runs)(
    'every Intent ends once: denied, dispatched, closed, or the one pending of its key',
    (plan) => {
      const judge = vi.spyOn(RiskEngine.prototype, 'judge')
      let ended = 0
      const desk = play(plan, ({ state }, _, { dispatches, denials, closures }) => {
        ended += dispatches.length + denials.length + closures.length
        expect(judge.mock.calls.length).toBe(ended + state.execution.work.queue.size)
        for (const command of state.execution.work.queue.values()) {
          expect(state.execution.work.queue.get(command.key)).toBe(command)
        }
      })
      judge.mockRestore()
      expect(desk.results.length).toBe(desk.state.control.nextPosition)
    },
  )
})

describe('R1, R3', () => {
  propertyTest.prop([plans()], runs)('nothing leaves that Risk has not allowed', (plan) => {
    const judge = vi.spyOn(RiskEngine.prototype, 'judge')
    const desk = play(plan)
    const allowed = new Set<OrderKey>()
    judge.mock.results.forEach(({ value }, i) => {
      if (!isDenied(value)) allowed.add(judge.mock.calls[i]![0].key)
    })
    judge.mockRestore()
    for (const { dispatches } of desk.results) {
      for (const { key } of dispatches) expect(allowed).toContain(key)
    }
  })

  propertyTest.prop([plans()])('a Risk that denies everything lets nothing leave', (plan) => {
    const judge = vi.spyOn(RiskEngine.prototype, 'judge')
    judge.mockReturnValue({ denied: 'MAX_POSITION', scope: 'account' })
    const desk = play(plan)
    judge.mockRestore()
    expect(desk.results.flatMap(({ dispatches }) => dispatches)).toEqual([])
    expect([...desk.state.execution.orders.all()]).toEqual([])
  })
})

describe('ordering', () => {
  propertyTest.prop([plans()], runs)('cancels leave before replaces before NEW, by age', (plan) => {
    const rank = { cancel: 0, replace: 1, new: 2 }
    play(plan, (_, __, { dispatches }) => {
      for (let i = 1; i < dispatches.length; i++) {
        const [a, b] = [dispatches[i - 1]!, dispatches[i]!]
        expect(rank[a.kind]).toBeLessThanOrEqual(rank[b.kind])
        if (a.kind === b.kind) expect(a.sequence).toBeLessThan(b.sequence)
      }
    })
  })

  propertyTest.prop([plans()], runs)('an admission sequence is never used twice', (plan) => {
    const seen = new Set<number>()
    play(plan, (_, __, { dispatches }) => {
      for (const { sequence } of dispatches) {
        expect(seen.has(sequence)).toBe(false)
        seen.add(sequence)
      }
    })
  })
})

propertyTest.prop([fc.nat(20), plans()], runs)(
  'the kill switch: no NEW and no REPLACE leaves or waits while it is off',
  (_, plan) => {
    play(plan, ({ state }, __, { dispatches }) => {
      if (state.tradingEnabled) return
      expect(dispatches.filter(({ kind }) => kind !== 'cancel')).toEqual([])
      for (const { kind } of state.execution.work.queue.values()) expect(kind).toBe('cancel')
    })
  },
)
