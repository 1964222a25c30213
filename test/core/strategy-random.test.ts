/** The seeded generator: the one chance a strategy may use, and part of State. */
import { Core, defineStrategy, instantiate, Random, State, StateView } from '@escapement/core'
import { describe, expect, test } from 'vitest'
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

describe('what the condition of a trigger takes', () => {
  /** Takes a number and a key at every Event, and says yes at odd times. */
  const asking = (parts: { readonly folds: boolean; readonly counts: boolean }) =>
    instantiate(
      defineStrategy<unknown, readonly number[]>({
        name: 'asking',
        trigger: {
          ...(parts.counts ? { everyNth: 1000 } : {}),
          when: (view, { time }) => view.random() + view.newOrderKey() > 0 && time % 2 === 1,
        },
        init: () => [],
        ...(parts.folds ? { reduce: (memory: readonly number[]) => [...memory] } : {}),
        decide: (view, memory) => ({ memory: [...memory, view.random(), view.newOrderKey()] }),
      }),
    )
  const generator = (draws: number) => {
    const made = Random.stream(7, 0)
    for (let i = 0; i < draws; i++) made.unit()
    return made
  }

  test.each([
    ['nothing else changes', false, false],
    ['memory is folded', true, false],
    ['Events are counted', false, true],
    ['memory is folded and Events are counted', true, true],
  ])('is forgotten when it does not hold, also where %s', (_name, folds, counts) => {
    const core = play(new Core(configuration(), [asking({ folds, counts })]), 0, 1)
    const start = core.state.control.strategies[0]!
    const before = [start.random.snapshot(), start.handedOut]
    core.step(1, { type: 'control.checkpoint', time: 2, label: '' })
    const slot = core.state.control.strategies[0]!
    expect([slot.random.snapshot(), slot.handedOut]).toEqual(before)
  })

  test('is part of the evaluation when it holds', () => {
    const core = play(new Core(configuration(), [asking({ folds: false, counts: false })]), 0, 1)
    const { handedOut, random } = core.state.control.strategies[0]!
    // The wake-up at the start comes before the condition: one number and one key so far.
    expect([handedOut, random.snapshot()]).toEqual([1, generator(1).snapshot()])
    core.step(1, { type: 'control.checkpoint', time: 1, label: '' })
    const after = core.state.control.strategies[0]!
    expect([after.handedOut, after.random.snapshot()]).toEqual([3, generator(3).snapshot()])
    // The condition had the second number and the second key.
    expect(memoryOf(core).slice(2)).toEqual([generator(2).unit(), 3])
  })
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
