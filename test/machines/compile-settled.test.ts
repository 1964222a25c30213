import { describe, expect, test } from 'vitest'
import { and, assign, createMachine, not, or, stateIn } from 'xstate'
import { CompileError, compile, DEPENDS } from '../../machines/index.ts'
import { expectTable } from './oracle.ts'

/** What the compiler settles at load, held against what a reader works out by hand. */
test('guards that the resting state alone decides leave a pure table', () => {
  const chart = compile(
    createMachine({
      id: 'm',
      initial: 'a',
      on: {
        in: { guard: stateIn({ b: 'b1' }), target: '.c' },
        id: { guard: stateIn('#two'), target: '.c' },
        out: { guard: not(stateIn('a')), target: '.c' },
        both: { guard: and([stateIn('b'), stateIn('#two')]), target: '.c' },
        either: { guard: or([stateIn('a'), stateIn('#two')]), target: '.c' },
      },
      states: { a: {}, b: { initial: 'b1', states: { b1: {}, b2: { id: 'two' } } }, c: {} },
    }),
  )
  expect(chart.pure).toBe(true)
  expectTable(
    chart,
    `state  in  id  out  both  either
     a      -   -   -    -     c
     b.b1   c   -   c    -     -
     b.b2   -   c   c    c     c
     c      -   -   c    -     -`,
  )
})

test.each([true, false])('a guard combined with one that the state decides is asked: %s', (yes) => {
  const asked: string[] = []
  const ask = () => {
    asked.push('asked')
    return yes
  }
  const chart = compile(
    createMachine({
      id: 'm',
      initial: 'a',
      on: {
        both: { guard: and([stateIn('a'), ask]), target: '.c' },
        never: { guard: and([ask, stateIn('c')]), target: '.c' },
        notBoth: { guard: not(and([ask, stateIn('a')])), target: '.c' },
      },
      states: { a: {}, c: {} },
    }),
  )
  const send = (type: 'both' | 'never' | 'notBoth') =>
    chart.states[chart.send(chart.start(), chart.signal[type]!, { type })] ?? '-'
  expect([send('both'), send('never'), send('notBoth')]).toEqual([
    yes ? 'c' : '-',
    '-',
    yes ? '-' : 'c',
  ])
  expect(asked).toHaveLength(3)
})

describe('where a machine starts', () => {
  test('is known when nothing but always transitions lead on', () => {
    const chart = compile(
      createMachine({ id: 'm', initial: 'a', states: { a: { always: 'b' }, b: {} } }),
    )
    expect([chart.initial, chart.start().state]).toEqual([1, 1])
  })

  const busy = { go: { actions: assign({ x: 1 }) } }
  test.each([
    ['is known when an assign elsewhere decides nothing', { a: { on: busy } }, 0],
    [
      'depends on the context when an always transition follows',
      { a: { on: busy, always: 'b' }, b: {} },
      DEPENDS,
    ],
    [
      'depends on the context when a done event follows',
      { a: { on: busy, initial: 'end', states: { end: { type: 'final' } }, onDone: 'b' }, b: {} },
      DEPENDS,
    ],
  ] as const)('%s', (_, states, initial) => {
    const machine = createMachine({ id: 'm', context: { x: 0 }, initial: 'a', states } as never)
    expect(compile(machine).initial).toBe(initial)
  })

  test('cannot be told when it never rests', () => {
    const loop = { a: { always: 'b' }, b: { always: 'a' } }
    expect(() => compile(createMachine({ id: 'm', initial: 'a', states: loop }))).toThrow(
      new CompileError('m', 'a', 'endless always'),
    )
  })
})

describe('an assign', () => {
  const swap = createMachine({
    id: 'm',
    types: {} as { context: { a: number; b: number }; events: { type: 'swap' } | { type: 'set' } },
    context: { a: 1, b: 2 },
    on: {
      swap: { actions: assign({ a: ({ context }) => context.b, b: ({ context }) => context.a }) },
      set: { actions: assign({ a: 5 }) },
    },
  })

  test.each(['copy', 'reuse'] as const)('reads the old context throughout: %s', (context) => {
    const chart = compile(swap, { context })
    const [one, two] = [chart.start(), chart.start()]
    const before = one.context
    chart.send(one, chart.signal.swap, { type: 'swap' })
    expect(one.context).toEqual({ a: 2, b: 1 })
    chart.send(one, chart.signal.set, { type: 'set' })
    expect(one.context).toEqual({ a: 5, b: 1 })
    expect(two.context).toEqual({ a: 1, b: 2 })
    expect(one.context === before).toBe(context === 'reuse')
  })
})

test('neither done events nor wildcards are signals, and none is made up', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'a',
    on: { '*': '.b', 'x.*': '.b', go: '.b' },
    states: {
      a: { initial: 'end', states: { end: { type: 'final' } }, onDone: 'b', on: { in: 'b' } },
      b: {},
    },
  })
  expect(compile(machine).signals).toEqual(['in', 'go'])
})

test('an actor in the context is refused by name, at the root', () => {
  const machine = createMachine({ id: 'm', context: ({ self }) => ({ self }) })
  expect(() => compile(machine).start()).toThrow(
    new CompileError('m', '(root)', 'self in the context'),
  )
})
