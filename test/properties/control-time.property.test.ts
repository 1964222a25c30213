/**
 * Control time over random sessions: when the Core asks to be woken, that is the first moment at
 * which something could leave, and never sooner than now.
 */
import { Core, type Obligation, State } from '@escapement/core'
import { test as propertyTest } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { plans, play, strategies } from '../kit/core-session.ts'

const runs = { numRuns: 200 }

describe('CT1', () => {
  propertyTest.prop([plans()], runs)('without waiting work there is no rate obligation', (plan) => {
    play(plan, ({ state }, _, { obligation }) => {
      if (state.execution.work.queue.size === 0) expect(obligation?.reason).not.toBe('rate')
    })
  })

  propertyTest.prop([plans()], { numRuns: 60 })(
    'a rate obligation is the first ns at which a request can leave in a quiet market',
    (plan) => {
      play(plan, ({ state, events }, _, { obligation }) => {
        if (obligation?.reason !== 'rate') return
        if (events.length % 4 > 0) return
        const look = (time: number) => {
          const copy = State.restore(plan.config, state.serialise())
          const { nextPosition } = copy.control
          const checkpoint = { type: 'control.checkpoint', time, label: '' } as const
          return new Core(plan.config, strategies(), copy).step(nextPosition, checkpoint).dispatches
        }
        const before = look(obligation.due - 1)
        // The quoter may speak at this position; what waited before must not leave.
        const waiting = new Set([...state.execution.work.queue.values()].map((c) => c.sequence))
        expect(before.filter(({ sequence }) => waiting.has(sequence))).toEqual([])
        expect(look(obligation.due).length).toBeGreaterThan(0)
      })
    },
  )

  propertyTest.prop([plans()], runs)('a wake-up obligation is the earliest of State', (plan) => {
    play(plan, ({ state }, _, { obligation }) => {
      const wake = Math.min(...state.control.strategies.map(({ wakeAt }) => wakeAt))
      if (obligation === null) expect(wake).toBe(Number.POSITIVE_INFINITY)
      else expect(obligation.due).toBeLessThanOrEqual(wake)
      if (obligation?.reason === 'wakeUp') expect(obligation.due).toBe(wake)
    })
  })
})

describe('CT4', () => {
  propertyTest.prop([plans()], runs)('one ns too early is refused, and changes no byte', (plan) => {
    play(plan, ({ state, core, events }, _, { obligation }) => {
      if (obligation === null || events.length % 5 > 0 || obligation.due === 0) return
      const bytes = state.serialise()
      const { due, reason } = obligation
      const early = { type: 'control.time', time: due - 1, due, reason } as const
      expect(() => core.step(state.control.nextPosition, early)).toThrow(/ESC_EVENT_REFUSED/)
      expect(state.serialise()).toEqual(bytes)
    })
  })
})

describe('CT8', () => {
  propertyTest.prop([plans()], runs)(
    'no obligation lies in the past, and after control time none is due already',
    (plan) => {
      play(plan, ({ state }, event, { obligation }) => {
        if (obligation === null) return
        const { clock } = state.control
        expect(obligation.due).toBeGreaterThanOrEqual(clock)
        if (obligation.reason === 'rate') expect(obligation.due).toBeGreaterThan(clock)
        if (event.type === 'control.time') expect(obligation.due).toBeGreaterThan(clock)
      })
    },
  )

  propertyTest.prop([plans()], runs)(
    'a quiet market drains: each rate wake-up sends something or ends something',
    (plan) => {
      const desk = play(plan)
      const off = { type: 'control.strategyDisabled', time: desk.now, reason: '' } as const
      desk.step({ ...off, strategy: 0 })
      let obligation: Obligation | null = desk.step({ ...off, strategy: 1 }).obligation
      let waiting = desk.state.execution.work.queue.size
      while (obligation !== null) {
        expect(obligation.reason).toBe('rate')
        const result = desk.wake(obligation.due)
        expect(desk.state.execution.work.queue.size).toBeLessThan(waiting)
        waiting = desk.state.execution.work.queue.size
        obligation = result.obligation
      }
    },
  )
})

describe('CT7', () => {
  propertyTest.prop([plans()], { numRuns: 60 })(
    'a step of Execution Control that fails leaves the work pending and the position free for the next',
    (plan) => {
      const desk = play(plan)
      const { state } = desk
      const queue = [...state.execution.work.queue.values()]
      if (queue.length === 0) return
      const broken = new Core(
        plan.config,
        strategies(),
        State.restore(plan.config, state.serialise()),
      )
      const { execution, control } = broken.state
      Object.defineProperty(execution.work, 'rates', {
        get: () => {
          throw new Error('injected')
        },
      })
      const time = control.clock
      const result = broken.step(control.nextPosition, {
        type: 'control.checkpoint',
        time,
        label: '',
      })
      expect(result).toMatchObject({ dispatches: [], failures: [{ stage: 'executionControl' }] })
      expect([...execution.work.queue.values()]).toEqual(queue)
    },
  )
})
