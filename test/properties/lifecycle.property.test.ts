/** Orders over random sessions, held against the submissions and reports of the stream. */
import { type CoreEvent, eventCategory, type OrderKey, orderChart } from '@escapement/core'
import { test as propertyTest } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { linear } from '../kit/configuration.ts'
import type { Desk } from '../kit/core-desk.ts'
import { plans, play } from '../kit/core-session.ts'

const runs = { numRuns: 300 }
const rows = (desk: Desk) =>
  [...desk.state.execution.orders.all()].map(({ hashLow: _, hashHigh: __, ...row }) => row)

describe('L3', () => {
  propertyTest.prop([plans()], runs)(
    'an Order exists from its submission, never before',
    (plan) => {
      const submitted = new Set<OrderKey>()
      play(plan, (desk, event) => {
        if (event.type === 'order.submitted') {
          submitted.add(event.key)
          const order = desk.state.execution.orders.get(event.key)!
          expect(orderChart.states[order.status]).toBe('submitted')
          expect(order).toMatchObject({ price: event.price, qty: event.qty, cumQty: 0 })
        }
        for (const { key } of desk.state.execution.orders.all()) expect(submitted).toContain(key)
      })
    },
  )
})

describe('L4', () => {
  propertyTest.prop([plans()], runs)('only Execution Events change an Order', (plan) => {
    let before = new Map<OrderKey, unknown>()
    play(plan, (desk, event) => {
      const after = new Map(rows(desk).map((row) => [row.key, row] as const))
      for (const [key, row] of after) {
        if (!before.has(key)) continue
        const own = eventCategory(event) === 'execution' && 'key' in event && event.key === key
        if (!own) expect(row).toEqual(before.get(key))
      }
      before = structuredClone(after)
    })
  })

  propertyTest.prop([plans()], runs)('terminal is final', (plan) => {
    const ended = new Map<OrderKey, number>()
    play(plan, ({ state }) => {
      for (const { key, status } of state.execution.orders.all()) {
        if (ended.has(key)) expect(status).toBe(ended.get(key))
        if (orderChart.isTerminal(status)) ended.set(key, status)
      }
    })
  })
})

describe('an open Order', () => {
  propertyTest.prop([plans()], runs)('has exactly what is not filled left', (plan) => {
    play(plan, ({ state }) => {
      const open = new Set([...state.execution.orders.open()].map(({ key }) => key))
      for (const { key, qty, cumQty, leavesQty, status } of state.execution.orders.all()) {
        expect(leavesQty).toBe(Math.max(0, qty - cumQty))
        expect(open.has(key)).toBe(!orderChart.isTerminal(status))
        const name = orderChart.states[status]
        if (name === 'accepted') expect(cumQty).toBe(0)
        if (name === 'partiallyFilled') expect(cumQty > 0 && leavesQty > 0).toBe(true)
        if (name === 'filled') expect(leavesQty).toBe(0)
      }
    })
  })

  propertyTest.prop([plans()], runs)('is the only one that can be busy, once recorded', (plan) => {
    play(plan, ({ state }) => {
      const { orders, inflight } = state.execution
      for (const { key, kind, asked } of inflight.values()) {
        const order = orders.get(key)
        if (order === undefined) expect([kind, asked?.key]).toEqual(['new', key])
        else expect(orderChart.isTerminal(order.status)).toBe(false)
      }
    })
  })
})

describe('X1', () => {
  propertyTest.prop([plans()], runs)(
    'positions and cash are the sums of the fills, and the lawful Venue raises no anomaly',
    (plan) => {
      const desk = play(plan, (_, __, { anomalies }) => {
        // A report on an order that has left State is one for an unknown key.
        expect(anomalies.filter(({ kind }) => kind !== 'unknownOrder')).toEqual([])
      })
      const fills = desk.events.filter(
        (event): event is CoreEvent & { type: 'order.filled' } => event.type === 'order.filled',
      )
      for (const instrument of [0, 1]) {
        const account = desk.state.execution.accounts[instrument]!
        const own = fills.filter((fill) => fill.instrument === instrument)
        expect(account.position).toBe(own.reduce((sum, f) => sum + f.side * f.lastQty, 0))
        expect(account.fees).toBe(own.reduce((sum, f) => sum + BigInt(f.fee), 0n))
        expect(account.fills).toBe(own.length)
        if (desk.state.configuration.instruments[instrument]!.kind !== linear.kind) continue
        // One tick times one lot is 0.0001, or 10^4 units.
        const cash = own.reduce((sum, f) => sum - f.side * f.lastQty * f.lastPrice * 10_000, 0)
        expect(account.cash).toBe(BigInt(cash))
      }
    },
  )
})
