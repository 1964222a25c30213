import { and, assign, createMachine, not, or, stateIn } from 'xstate'
import type { Draw } from './harness.ts'

export interface Log {
  /** A number that guards read and assigns change. */
  n: number
  /** A running hash over the name of every action executed: their order is part of the result. */
  trace: number
}

export interface Signal {
  type: string
  by: number
}

/** The signals a random machine is sent; some only wildcards handle, some nothing does. */
export const signalTypes = ['a', 'b', 'c', 'g.x', 'g.y.z', 'h'] as const
const descriptors = ['a', 'b', 'c', 'g.x', 'g.*', 'g.y.*', '*'] as const

type Args = { context: Log; event: Signal }
type Config = Record<string, unknown>

/**
 * Makes a random machine of nested states with guards, assigns, `always`, `onDone`, wildcards,
 * internal, external and re-entering targets, guard combinations and parameters of all kinds.
 * Its own iteration limit turns endless `always` loops into errors, in both forms alike.
 */
export function randomMachine(random: Draw) {
  let named = 0
  const ids: string[] = []
  const byOf = (event: Signal): number => event.by ?? 1
  const mark = (context: Log, name: number): number => (context.trace * 31 + name) % 1_000_003

  function action(): unknown {
    const name = ++named
    switch (random.below(5)) {
      case 0:
        return assign({
          n: ({ context, event }: Args) => context.n + byOf(event),
          trace: ({ context }: Args) => mark(context, name),
        } as never)
      case 1:
        return assign((({ context }: Args) => ({ trace: mark(context, name) })) as never)
      case 2:
        return 'halve'
      case 3:
        return { type: 'add', params: { by: name } }
      default:
        return {
          type: 'add',
          params: ({ context, event }: Args) => ({ by: context.n + byOf(event) }),
        }
    }
  }

  function guard(depth = 0): unknown {
    const k = 2 + random.below(3)
    switch (random.below(depth > 1 ? 5 : 9)) {
      case 0:
        return ({ context }: Args) => context.n % k === 0
      case 1:
        return ({ event }: Args) => byOf(event) % k !== 0
      case 2:
        return 'isEven'
      case 3:
        return { type: 'isDivisible', params: { k } }
      case 4:
        return { type: 'isDivisible', params: ({ event }: Args) => ({ k: byOf(event) + 1 }) }
      case 5:
        return and([guard(depth + 1), guard(depth + 1)] as never)
      case 6:
        return or([guard(depth + 1), guard(depth + 1)] as never)
      case 7:
        return not(guard(depth + 1) as never)
      default:
        return ids.length === 0 ? 'isEven' : stateIn(`#${random.pick(ids)}`)
    }
  }

  const some = <T>(percent: number, make: () => T): T[] =>
    random.chance(percent) ? [make(), ...(random.chance(25) ? [make()] : [])] : []

  function transition(
    key: string,
    siblings: readonly string[],
    children: readonly string[],
  ): Config {
    const target = random.below(10)
    return {
      ...(random.chance(45) ? { guard: guard() } : {}),
      ...(random.chance(60) ? { actions: some(80, action) } : {}),
      ...(random.chance(25) ? { reenter: true } : {}),
      ...(target < 4 && siblings.length > 0 ? { target: random.pick(siblings) } : {}),
      ...(target === 4 && key !== '' ? { target: key } : {}),
      ...(target >= 5 && target < 7 && children.length > 0
        ? { target: `.${random.pick(children)}` }
        : {}),
      ...(target >= 7 && target < 9 && ids.length > 0 ? { target: `#${random.pick(ids)}` } : {}),
    }
  }

  function node(key: string, id: string, siblings: readonly string[], depth: number): Config {
    if (random.chance(40) || depth === 0) ids.push(id)
    const isCompound = depth === 0 || (depth < 3 && random.chance(45))
    const count = isCompound ? 2 + random.below(3) : 0
    const children = Array.from({ length: count }, (_, index) => `s${index}`)
    const states: Config = {}
    children.forEach((child, index) => {
      const isFinal = index === count - 1 && random.chance(depth === 0 ? 25 : 70)
      states[child] = isFinal
        ? final(depth, child, children)
        : node(child, `${id}_${child}`, children, depth + 1)
    })
    const make = (): Config => transition(key, siblings, children)
    const on: Config = {}
    for (const descriptor of descriptors) {
      if (random.chance(depth === 0 ? 15 : 35)) on[descriptor] = [make(), ...some(40, make)]
    }
    const initial = children[0]
    return {
      id,
      on,
      entry: some(50, action),
      exit: some(50, action),
      ...(random.chance(15) ? { always: [{ ...make(), guard: guard() }] } : {}),
      ...(isCompound ? { states } : {}),
      ...(isCompound && random.chance(70) ? { onDone: [make(), ...some(30, make)] } : {}),
      ...(isCompound ? { initial: { target: initial, actions: some(30, action) } } : {}),
    }
  }

  // XState lets a final state answer signals as long as the machine goes on.
  function final(depth: number, key: string, siblings: readonly string[]): Config {
    const answers = depth > 0 && random.chance(30)
    return {
      type: 'final',
      entry: some(40, action),
      exit: some(40, action),
      ...(answers ? { on: { b: [transition(key, siblings, [])] } } : {}),
    }
  }

  const root = node('', 'm', [], 0)
  const context = random.chance(50)
    ? { n: random.below(5), trace: 1 }
    : ({ input }: { input: { n: number } }) => ({ n: input.n, trace: 1 })
  return createMachine({ ...root, context, options: { maxIterations: 40 } } as never, {
    guards: {
      isEven: ({ context }: Args) => context.n % 2 === 0,
      isDivisible: ({ context }: Args, { k }: { k: number }) => context.n % k === 0,
    } as never,
    actions: {
      halve: assign((({ context }: Args) => ({
        n: Math.trunc(context.n / 2),
        trace: mark(context, 7),
      })) as never),
      add: assign({
        n: ({ context }: Args, { by }: { by: number }) => (context.n + by) % 1000,
        trace: ({ context }: Args, { by }: { by: number }) => mark(context, by),
      } as never),
    } as never,
  })
}
