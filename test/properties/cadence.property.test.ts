/** When strategies are evaluated: caused by Events, counted in State, and by nothing else. */
import { Core, NANOS_PER_SECOND, State, type StepResult } from '@escapement/core'
import { fc, test as propertyTest } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { backtestOf } from '../kit/backtest.ts'
import { type Plan, plans, play } from '../kit/core-session.ts'
import { fidget, sessions } from '../kit/session-plans.ts'
import { openSession, recorded } from '../kit/session-run.ts'
import { quietMarket, scripted } from '../kit/session-script.ts'

describe('I1', () => {
  propertyTest.prop([fc.nat(3)], { numRuns: 10 })(
    'an hour without Events is an hour without evaluations',
    (everyNth) => {
      const seen: number[] = []
      const looks = scripted((view) => {
        seen.push(view.position)
        return {}
      }, everyNth + 1)
      const definition = backtestOf(quietMarket([10, 20]), {}, looks)
      const { system, core } = openSession(definition)
      system.run()
      const before = [...seen]
      const positions = core.state.control.nextPosition
      for (let minute = 0; minute < 60; minute++) system.run(system.now + 60 * NANOS_PER_SECOND)
      expect(seen).toEqual(before)
      expect(core.state.control.nextPosition).toBe(positions)
      expect(before.length).toBeGreaterThan(0)
    },
  )

  propertyTest.prop([sessions({}, () => fidget(7))], { numRuns: 25 })(
    'each evaluation is one position of the stream, at the time of its Event',
    (definition) => {
      const seen: [number, number][] = []
      const { strategy, params } = definition.strategies[0]!
      const decide: typeof strategy.decide = (view, ...rest) => {
        seen.push([view.position, view.now])
        return strategy.decide(view, ...rest)
      }
      const watched = { strategy: { ...strategy, decide }, params }
      const { steps } = recorded({ ...definition, strategies: [watched] })
      expect(seen.length).toBeGreaterThan(3)
      seen.forEach(([position, now], i) => {
        expect(now).toBe(steps[position]!.event.time)
        if (i > 0) expect(position).toBeGreaterThan(seen[i - 1]![0])
      })
    },
  )
})

/** Looks at every n-th Event and remembers nothing. */
const counting = (everyNth: number) => [scripted(() => ({}), everyNth), scripted(() => ({}), 3)]
const decidedAt = (
  { config }: Plan,
  everyNth: number,
  events: readonly Parameters<Core['step']>[1][],
  restoreAt: number,
): number[] => {
  let core = new Core(config, counting(everyNth))
  const decided: number[] = []
  events.forEach((event, position) => {
    // A Core whose counters were anywhere but in State would count anew from here.
    if (position === restoreAt) {
      const state = State.restore(config, core.state.serialise())
      core = new Core(config, counting(everyNth), state)
    }
    const result: StepResult = core.step(position, event)
    if (result.decided) decided.push(position)
  })
  return decided
}

describe('I4', () => {
  propertyTest.prop([plans(), fc.integer({ min: 1, max: 9 }), fc.nat()], { numRuns: 100 })(
    'n-th Event counters live in State: a restored Core decides where the first one does',
    (plan, everyNth, cut) => {
      const { events } = play(plan)
      const restoreAt = cut % events.length
      const expected = decidedAt(plan, everyNth, events, -1)
      expect(decidedAt(plan, everyNth, events, restoreAt)).toEqual(expected)
      const nth = events.flatMap((_, i) => ((i + 1) % everyNth === 0 ? [i] : []))
      for (const position of nth) expect(expected).toContain(position)
    },
  )

  test('the counter of a strategy is a number of State, equal to the Events it has seen', () => {
    const definition = backtestOf(
      quietMarket([10, 20, 30]),
      {},
      scripted(() => ({}), 100),
    )
    const { system, core } = openSession(definition)
    // The end of the feed is the first Event that is not counted.
    system.run(29)
    expect(core.state.control.strategies[0]!.counter).toBe(core.state.control.nextPosition)
    expect(core.state.control.nextPosition).toBeGreaterThan(2)
  })
})
