import { expect, test } from 'vitest'
import { and, createMachine, not } from 'xstate'
import { describeMachine, toMermaid, toTransitionTable } from '../../machines/index.ts'

/** Drawings of what the machines of the project do not use: nesting, guards, regions, time. */
const isReady = () => true
const lift = createMachine({
  id: 'lift',
  initial: 'idle',
  on: { alarm: '.stuck', ping: {} },
  states: {
    idle: { on: { call: [{ guard: isReady, target: 'moving' }, { target: 'idle' }] } },
    moving: {
      initial: 'up',
      onDone: 'idle',
      on: { reverse: '.down' },
      states: {
        up: { on: { call: { guard: and(['isFull', not('isLate')]), target: 'down' } } },
        down: { on: { restart: '#lift.moving' }, after: { 10: 'there' } },
        there: { type: 'final' },
      },
    },
    stuck: { type: 'final' },
  },
})

test('a nested machine is drawn with its composites, guards and stand-ins', () => {
  expect(toMermaid(lift).split('\n')).toEqual([
    'stateDiagram-v2',
    '  [*] --> idle',
    '  state "idle" as idle',
    '  state "moving" as moving {',
    '    [*] --> moving__up',
    '    state "up" as moving__up',
    '    state "down" as moving__down',
    '    state "there" as moving__there',
    '    state "any of moving" as any__moving',
    '    moving__there --> [*]',
    '  }',
    '  state "stuck" as stuck',
    '  state "any state" as any__machine',
    '  stuck --> [*]',
    '  any__machine --> stuck: alarm',
    '  idle --> moving: call [isReady]',
    '  idle --> idle: call',
    '  any__moving --> moving__down: reverse',
    '  moving --> idle: done',
    '  moving__up --> moving__down: call [isFull and not isLate]',
    '  moving__down --> moving__up: restart',
    '  moving__down --> moving__there: after 10',
  ])
})

test('parallel regions are separated', () => {
  const machine = createMachine({ id: 'both', type: 'parallel', states: { a: {}, b: {} } })
  expect(toMermaid(machine)).toContain('state "a" as a\n  --\n  state "b" as b')
})

test('a cell behind guards lists its outcomes in order', () => {
  expect(toTransitionTable(lift).split('\n').slice(2)).toEqual([
    '| idle | [isReady] moving.up, idle | · | · | stuck | idle |',
    '| moving.up | [isFull and not isLate] moving.down | · | moving.down | stuck | moving.up |',
    '| moving.down | · | moving.up | moving.down | stuck | moving.down |',
    '| moving.there | · | · | moving.down | stuck | moving.there |',
    '| stuck | · | · | · | · | · |',
  ])
})

test('a page without a note leaves no gap', () => {
  expect(describeMachine(lift)).toMatch(/^# lift\n\n```mermaid\n/)
})
