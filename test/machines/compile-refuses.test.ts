import { describe, expect, test } from 'vitest'
import {
  assign,
  cancel,
  createMachine,
  emit,
  enqueueActions,
  fromPromise,
  log,
  raise,
  sendTo,
  spawnChild,
  stopChild,
} from 'xstate'
import { CompileError, compile } from '../../machines/index.ts'

/**
 * What has no compiled form. Each machine here runs in XState; the compiler must refuse it
 * with the name of the feature and the path of the state, and never quietly leave it out.
 */
const work = fromPromise(async () => 1)
const inState = (state: object) =>
  createMachine({
    id: 'subject',
    initial: 'outer',
    states: { outer: { initial: 'inner', states: { inner: state, other: {} } } },
  })
const onGo = (actions: unknown) => inState({ on: { go: { actions } } })

const refusals: readonly [feature: string, state: string, () => Parameters<typeof compile>[0]][] = [
  ['parallel', 'outer.inner', () => inState({ type: 'parallel', states: { a: {}, b: {} } })],
  ['history', 'outer.inner.back', () => inState(withHistory)],
  ['after', 'outer.inner', () => inState({ after: { 10: 'other' } })],
  ['invoke', 'outer.inner', () => inState({ invoke: { src: work } })],
  ['spawnChild', 'outer.inner', () => onGo(spawnChild(work))],
  ['stopChild', 'outer.inner', () => onGo(stopChild('x'))],
  ['sendTo', 'outer.inner', () => onGo(sendTo('x', { type: 'y' }))],
  ['raise', 'outer.inner', () => onGo(raise({ type: 'y' }))],
  ['raise', 'outer.inner', () => onGo(raise({ type: 'y' }, { delay: 5, id: 'later' }))],
  ['cancel', 'outer.inner', () => onGo(cancel('later'))],
  ['emit', 'outer.inner', () => onGo(emit({ type: 'y' }))],
  ['log', 'outer.inner', () => onGo(log('y'))],
  ['enqueueActions', 'outer.inner', () => onGo(enqueueActions(() => {}))],
  ['custom action "notify"', 'outer.inner', () => onGo('notify')],
  ['custom action "notify"', 'outer.inner', () => onGo({ type: 'notify', params: {} })],
  ['custom action "shout"', 'outer.inner', () => onGo(function shout() {})],
  ['custom action "(anonymous)"', 'outer.inner', () => inState({ entry: [() => {}] })],
  ['custom action "leave"', 'outer.inner', () => inState({ exit: 'leave', on: { go: 'other' } })],
  ['guard "isOpen" without implementation', 'outer.inner', () => guarded('isOpen')],
  [
    'several targets',
    'outer.inner',
    () => inState({ on: { go: { target: ['other', '#subject'] } } }),
  ],
  ['output', '(root)', () => createMachine({ id: 'subject', output: 1 })],
  ['final root', '(root)', () => createMachine({ id: 'subject', type: 'final' })],
]

const withHistory = { initial: 'a', states: { a: {}, back: { type: 'history' } } }
const guarded = (guard: string) => inState({ on: { go: { guard, target: 'other' } } })

describe('the compiler refuses by name', () => {
  test.each(refusals)('%s in %s', (feature, state, machine) => {
    const error = refusalOf(() => compile(machine()))
    expect(error).toMatchObject({
      code: 'ESC_COMPILE_UNSUPPORTED',
      machine: 'subject',
      state,
      feature,
    })
    expect(error.message).toContain(`"${state}" uses ${feature}`)
  })

  test('an always loop that never rests', () => {
    const machine = createMachine({
      id: 'subject',
      initial: 'a',
      states: { a: { on: { go: 'b' } }, b: { always: 'c' }, c: { always: 'b' } },
    })
    expect(refusalOf(() => compile(machine)).feature).toBe('endless always')
  })

  test('a transition behind an unguarded one, which can never be taken, is not looked at', () => {
    const machine = inState({ on: { go: [{ target: 'other' }, { actions: 'unreachable' }] } })
    expect(compile(machine).pure).toBe(true)
  })
})

describe('what only a run can show is refused there, by name too', () => {
  test.each(['spawn', 'self', 'system'] as const)('%s inside assign', (part) => {
    const machine = createMachine({
      id: 'subject',
      context: { x: 0 as unknown },
      on: { go: { actions: assign({ x: (args) => args[part] }) } },
    })
    const chart = compile(machine)
    const instance = chart.start()
    const send = (): unknown => chart.send(instance, 0, { type: 'go' })
    expect(refusalOf(send).feature).toBe(`${part} inside assign`)
    expect(instance).toEqual({ state: 0, context: { x: 0 } })
  })

  test('spawn in the context', () => {
    const machine = createMachine({
      id: 'subject',
      context: ({ spawn }) => ({ child: spawn(work) }),
    })
    expect(refusalOf(() => compile(machine).start()).feature).toBe('spawn in the context')
  })
})

function refusalOf(run: () => unknown): CompileError {
  try {
    run()
  } catch (error) {
    if (error instanceof CompileError) return error
    throw error
  }
  throw new Error('not refused')
}
