/** The seeded generator: the one chance a strategy may use, and part of State. */
import { Core, defineStrategy, instantiate, State, StateView } from '@escapement/core'
import { expect, test } from 'vitest'
import { configuration } from '../kit/configuration.ts'

/** Remembers what it drew, `draws` numbers an Event; throws after drawing when told to. */
const gambler = (draws: number, throwsAt = Number.POSITIVE_INFINITY) =>
  instantiate(
    defineStrategy<unknown, readonly number[]>({
      name: 'gambler',
      trigger: { events: ['control.checkpoint'] },
      init: () => [],
      decide(view: StateView, memory) {
        const drawn = Array.from({ length: draws }, () => view.random())
        if (view.now >= throwsAt) throw new Error('lost')
        return { memory: [...memory, ...drawn] }
      },
    }),
  )

function play(core: Core, from: number, to: number): Core {
  for (let time = from; time < to; time++) {
    const { nextPosition } = core.state.control
    if (nextPosition === 0) core.step(0, { type: 'control.sessionStarted', time: 0, seed: 7 })
    else core.step(nextPosition, { type: 'control.checkpoint', time, label: '' })
  }
  return core
}

const memoryOf = (core: Core, strategy = 0) =>
  core.state.control.strategies[strategy]!.memory as readonly number[]

test('the same seed draws the same, and no number twice', () => {
  const [one, other] = [
    play(new Core(configuration(), [gambler(2)]), 0, 20),
    play(new Core(configuration(), [gambler(2)]), 0, 20),
  ]
  expect(memoryOf(one)).toEqual(memoryOf(other))
  expect(new Set(memoryOf(one)).size).toBe(memoryOf(one).length)
  expect(memoryOf(one).every((value) => value >= 0 && value < 1)).toBe(true)
})

test('a restored State goes on drawing where it stood', () => {
  const whole = play(new Core(configuration(), [gambler(1)]), 0, 20)
  const half = play(new Core(configuration(), [gambler(1)]), 0, 10)
  const state = State.restore(configuration(), half.state.serialise())
  const resumed = play(new Core(configuration(), [gambler(1)], state), 10, 20)
  expect(memoryOf(resumed)).toEqual(memoryOf(whole))
})

test('what a failed evaluation drew is forgotten', () => {
  const lost = play(new Core(configuration(), [gambler(3, 5)]), 0, 10)
  const kept = play(new Core(configuration(), [gambler(3)]), 0, 5)
  const words = (core: Core) => core.state.control.strategies[0]!.random.snapshot()
  expect(words(lost)).toEqual(words(kept))
})

test('each strategy has a generator of its own: what another draws does not move it', () => {
  const parts = { namespaces: ['a', 'b'] }
  const pair = play(new Core(configuration(parts), [gambler(3), gambler(1)]), 0, 5)
  const both = [...memoryOf(pair, 0), ...memoryOf(pair, 1)]
  expect(new Set(both).size).toBe(both.length)
  const alone = play(new Core(configuration(), [gambler(3)]), 0, 5)
  expect(memoryOf(pair, 0)).toEqual(memoryOf(alone))
  const other = play(new Core(configuration(parts), [gambler(2), gambler(1)]), 0, 5)
  expect(memoryOf(other, 1)).toEqual(memoryOf(pair, 1))
})

test('drawing changes nothing until the step commits', () => {
  const core = play(new Core(configuration(), [gambler(1)]), 0, 5)
  const before = core.state.digest()
  new StateView(core.state, configuration().instruments, 0).random()
  expect(core.state.digest()).toBe(before)
})

test('an async decide is a failure, not a decision without Intents', () => {
  const strategy = { name: 'late', init: () => null, decide: async () => ({}) }
  const core = new Core(configuration(), [instantiate(strategy as never)])
  const { failures } = core.step(0, { type: 'control.sessionStarted', time: 0, seed: 1 })
  expect(failures[0]).toMatchObject({ stage: 'strategy', cause: { code: 'ESC_STRATEGY_FAILED' } })
})
