import { describe, expect, test } from 'vitest'
import { createMachine } from 'xstate'
import { CompileError, compile, DEPENDS, ILLEGAL } from '../../machines/index.ts'
import { draw } from './harness.ts'
import { randomMachine } from './random-machine.ts'
import { walk } from './random-walk.ts'

/** The fuzz test in small, so that it can be asked about every mutant; and what the compiler says. */
test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'three random machines of seed %i agree in both forms',
  (seed) => {
    for (let index = 0; index < 3; index++) {
      const random = draw(seed * 1_000 + index)
      walk(randomMachine(random), random, `seed ${seed}, machine ${index}`)
    }
  },
)

describe('a refusal', () => {
  test.each([
    ['parallel', 'write one machine for each region and let the caller feed both'],
    ['history', 'name the state to return to in a signal of its own'],
    ['after', 'let the caller watch the time and send a signal when it is due'],
    ['invoke', 'do the work in the runtime and send its outcome as a signal'],
    ['custom action "log"', 'return the decision as a state and act on it in the caller'],
    ['guard "isOpen" without implementation', 'provide it in setup({ guards })'],
    ['raise', 'use an always transition, or let the caller send the second signal'],
    ['emit', 'let the caller compare the state before and after'],
    ['output', 'read the context of the instance when its state is terminal'],
    ['several targets', 'target one state; only parallel machines need more'],
    ['endless always', 'guard one of the transitions so that the machine comes to rest'],
  ])('of %s says what to do instead', (feature, remedy) => {
    const error = new CompileError('m', 'a.b', feature)
    const sentence = `Machine "m" cannot be compiled: state "a.b" uses ${feature}.`
    expect(error.message).toBe(`${sentence} Instead, ${remedy}.`)
    expect([error.name, error.code]).toEqual(['CompileError', 'ESC_COMPILE_UNSUPPORTED'])
    expect([error.machine, error.state, error.feature]).toEqual(['m', 'a.b', feature])
  })

  test('of something else says no more than that', () => {
    expect(new CompileError('m', 's', 'route').message).toBe(
      'Machine "m" cannot be compiled: state "s" uses route.',
    )
  })
})

describe('a chart', () => {
  const door = createMachine({
    id: 'door',
    initial: 'shut',
    states: {
      shut: { on: { open: 'wide', ask: { guard: () => true, target: 'wide' } } },
      wide: { tags: ['terminal', 'aired'] },
      gone: { type: 'final' },
    },
  })
  const chart = compile(door, { signals: ['knock'] })

  test('numbers states and signals, tags them, and knows which of them end', () => {
    expect(chart).toMatchObject({
      id: 'door',
      states: ['shut', 'wide', 'gone'],
      signals: ['open', 'ask', 'knock'],
      state: { shut: 0, wide: 1, gone: 2 },
      tags: [[], ['terminal', 'aired'], []],
      initial: 0,
      pure: false,
    })
    expect([0, 1, 2, 3].map(chart.isTerminal)).toEqual([false, true, true, false])
    expect([...chart.table].slice(0, 3)).toEqual([DEPENDS, DEPENDS, ILLEGAL])
    expect([chart, chart.states, chart.signals, chart.state].every(Object.isFrozen)).toBe(true)
  })

  test.each([
    [0, 0, 'Machine "door": guards or context decide "shut" on "open"; use send.'],
    [0, 3, 'Machine "door": no cell for state shut, signal 3.'],
    [0, -1, 'Machine "door": no cell for state shut, signal -1.'],
    [3, 0, 'Machine "door": no cell for state 3, signal 0.'],
    [-1, 0, 'Machine "door": no cell for state -1, signal 0.'],
  ])('says why it has no answer for state %i and signal %i', (state, signal, sentence) => {
    expect(() => chart.next(state, signal)).toThrow(new RangeError(sentence))
  })

  test.each([-1, 3])('sends no signal %i', (signal) => {
    const instance = chart.start()
    expect(() => chart.send(instance, signal, { type: 'open' })).toThrow(
      new RangeError(`Machine "door": no cell for state shut, signal ${signal}.`),
    )
  })

  test('names the state value that it does not have', () => {
    expect(() => chart.codeOf('ajar')).toThrow(
      new RangeError('Machine "door" has no state "ajar".'),
    )
    expect([chart.codeOf('wide'), chart.valueOf(1)]).toEqual([1, 'wide'])
  })

  test('of a state without children is named after the machine', () => {
    expect(compile(createMachine({ id: 'rock' })).states).toEqual(['rock'])
  })

  test('with a dot in a name is refused, since names are dotted paths', () => {
    const dotted = createMachine({ id: 'm', initial: 'a.b', states: { 'a.b': {} } })
    expect(() => compile(dotted)).toThrow(/a dot in the name of the state/)
  })
})
