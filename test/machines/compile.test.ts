import { describe, expect, test } from 'vitest'
import { assign, createActor, setup } from 'xstate'
import { compile, DEPENDS, ILLEGAL, orderLifecycle } from '../../machines/index.ts'

/**
 * The compiler's contract, feature by feature, on a machine small enough to check by eye: a
 * parcel that is weighed, travels through nested states, and ends.
 */
interface Parcel {
  grams: number
  notes: readonly string[]
}
type ParcelSignal = { type: 'weighed'; grams: number } | { type: 'moved' } | { type: 'lost.sea' }

const note = (text: string) =>
  assign<Parcel, ParcelSignal, undefined, ParcelSignal, never>({
    notes: ({ context }) => [...context.notes, text],
  })

const parcel = setup({
  types: { context: {} as Parcel, events: {} as ParcelSignal, input: {} as { label: string } },
  guards: { isHeavy: (_, { limit, grams }: { limit: number; grams: number }) => grams > limit },
}).createMachine({
  id: 'parcel',
  context: ({ input }) => ({ grams: 0, notes: [input.label] }),
  initial: 'counter',
  on: { 'lost.*': '.lost' },
  states: {
    counter: {
      exit: note('leaves the counter'),
      on: {
        weighed: [
          {
            guard: { type: 'isHeavy', params: ({ event }) => ({ limit: 500, grams: event.grams }) },
            actions: assign({ grams: ({ event }) => event.grams }),
            target: 'freight',
          },
          { guard: ({ event }) => event.grams > 0, target: 'freight.loaded' },
        ],
      },
    },
    freight: {
      initial: 'packed',
      entry: note('enters freight'),
      onDone: 'delivered',
      states: {
        packed: { on: { moved: 'loaded' } },
        loaded: { tags: 'moving', on: { moved: 'there' } },
        there: { type: 'final', entry: note('is there') },
      },
    },
    delivered: { always: { guard: ({ context }) => context.grams > 900, target: 'lost' } },
    lost: { type: 'final', entry: note('is lost') },
  },
})

const chart = compile(parcel)
const { state, signal } = chart
const weighed = (grams: number): ParcelSignal => ({ type: 'weighed', grams })

describe('a machine with context', () => {
  test('guards choose, assigns write, entries and exits run in order', () => {
    const instance = chart.start({ label: 'fragile' })
    expect(instance).toEqual({ state: state.counter, context: { grams: 0, notes: ['fragile'] } })
    const next = chart.send(instance, signal.weighed, weighed(600))
    expect(next).toBe(state['freight.packed'])
    expect(instance.context).toEqual({
      grams: 600,
      notes: ['fragile', 'leaves the counter', 'enters freight'],
    })
  })

  test('a nested final state leads on through onDone, and always after that', () => {
    const instance = chart.start({ label: 'x' })
    chart.send(instance, signal.weighed, weighed(1_000))
    chart.send(instance, signal.moved, { type: 'moved' })
    expect(chart.send(instance, signal.moved, { type: 'moved' })).toBe(state.lost)
    expect(instance.context.notes.slice(-2)).toEqual(['is there', 'is lost'])
    expect(chart.isTerminal(instance.state)).toBe(true)
  })

  test('a signal for which no guard holds is ILLEGAL and changes nothing', () => {
    const instance = chart.start({ label: 'x' })
    const { context } = instance
    expect(chart.send(instance, signal.weighed, weighed(0))).toBe(ILLEGAL)
    expect(instance.state).toBe(state.counter)
    expect(instance.context).toBe(context)
  })

  test('a signal that only a wildcard handles is named in the options', () => {
    expect(chart.signals).not.toContain('lost.sea')
    const named = compile(parcel, { signals: ['lost.sea'] })
    const instance = named.start({ label: 'x' })
    expect(named.send(instance, named.signal['lost.sea'], { type: 'lost.sea' })).toBe(state.lost)
  })

  test('instances share nothing, and a copied context is never written to', () => {
    const [one, two] = [chart.start({ label: '1' }), chart.start({ label: '2' })]
    const before = one.context
    chart.send(one, signal.weighed, weighed(600))
    expect(two.context).toEqual({ grams: 0, notes: ['2'] })
    expect(before).toEqual({ grams: 0, notes: ['1'] })
  })

  test('a reused context stays the same object', () => {
    const reusing = compile(parcel, { context: 'reuse' })
    const instance = reusing.start({ label: 'x' })
    const { context } = instance
    reusing.send(instance, signal.weighed, weighed(600))
    expect(instance.context).toBe(context)
    expect(context.grams).toBe(600)
  })

  test('its state can go back to XState and on from there', () => {
    const instance = chart.start({ label: 'x' })
    chart.send(instance, signal.weighed, weighed(600))
    const snapshot = parcel.resolveState({
      value: chart.valueOf(instance.state) as never,
      context: instance.context,
    })
    const actor = createActor(parcel, { snapshot, input: { label: '' } }).start()
    actor.send({ type: 'moved' })
    expect(chart.codeOf(actor.getSnapshot().value)).toBe(state['freight.loaded'])
  })
})

describe('the table', () => {
  test('says DEPENDS where guards or the context decide, and next refuses to guess', () => {
    const width = chart.signals.length
    expect(chart.pure).toBe(false)
    expect(chart.table[state.counter * width + signal.weighed]).toBe(DEPENDS)
    expect(() => chart.next(state.counter, signal.weighed)).toThrow('"counter" on "weighed"')
    expect(chart.next(state.counter, signal.moved)).toBe(ILLEGAL)
  })

  test('a code of another chart is an error, not another cell', () => {
    const orders = compile(orderLifecycle)
    const width = orders.signals.length
    expect(() => orders.next(orders.state.accepted, width)).toThrow(RangeError)
    expect(() => orders.next(orders.states.length, 0)).toThrow(RangeError)
    expect(() => orders.next(ILLEGAL, 0)).toThrow(RangeError)
    expect(() => orders.next(0, undefined as never)).toThrow(RangeError)
    expect(() => orders.codeOf('nowhere')).toThrow(RangeError)
  })

  test('tags of a state include those of its ancestors', () => {
    expect(chart.tags[state['freight.loaded']]).toEqual(['moving'])
    expect(chart.tags[state.counter]).toEqual([])
  })

  test('always transitions of a pure machine are part of its cells', () => {
    const machine = setup({ types: { events: {} as { type: 'go' } } }).createMachine({
      id: 'chain',
      initial: 'a',
      states: { a: { on: { go: 'b' } }, b: { always: 'c' }, c: {} },
    })
    const chain = compile(machine)
    expect(chain.pure).toBe(true)
    expect(chain.next(chain.state.a, chain.signal.go)).toBe(chain.state.c)
  })

  test('names are checked when the program is compiled', () => {
    const orders = compile(orderLifecycle)
    const code: number = orders.state.accepted
    expect(code).toBe(1)
    // @ts-expect-error there is no such state
    expect(orders.state.pending).toBeUndefined()
    // @ts-expect-error there is no such signal
    expect(orders.signal.acknowledged).toBeUndefined()
    // @ts-expect-error nested states carry the name of their parent
    expect(chart.state.loaded).toBeUndefined()
  })
})
