import { and, matchesState, not, or, type StateValue, stateIn } from 'xstate'
import { CompileError } from './compile-error.ts'
import { type Event, type Machine, type Node, nameOf, withAncestors } from './node.ts'

/** Answers a guard. A constant is a guard whose answer the resting state alone decides. */
export type Predicate = boolean | ((context: object, event: Event) => unknown)

type Inline = (args: { context: object; event: Event }, params: unknown) => unknown
type Combined = { check?: unknown; guards?: readonly unknown[]; stateValue?: StateValue }

// XState marks its combined guards with a `check` function and exports no test for them.
const checkOf = (guard: unknown): unknown => (guard as Combined).check
const andCheck = checkOf(and([]))
const orCheck = checkOf(or([]))
const notCheck = checkOf(not(() => true))
const stateInCheck = checkOf(stateIn('x'))

/**
 * Compiles one guard as seen from a machine resting in `leaf`.
 *
 * @throws ESC_COMPILE_UNSUPPORTED when the guard has no implementation or an unknown kind.
 */
export function compileGuard(
  machine: Machine,
  source: Node,
  leaf: Node,
  guard: unknown,
): Predicate {
  const again = (inner: unknown): Predicate => compileGuard(machine, source, leaf, inner)
  if (guard === undefined) return true
  if (typeof guard === 'function') return inline(machine, source, leaf, guard, undefined)

  const name = typeof guard === 'string' ? guard : String((guard as { type: unknown }).type)
  const implementation = machine.implementations.guards[name]
  if (implementation === undefined) {
    throw new CompileError(machine.id, nameOf(source), `guard "${name}" without implementation`)
  }
  if (typeof implementation !== 'function') return again(implementation)
  const params = typeof guard === 'string' ? undefined : (guard as { params?: unknown }).params
  return inline(machine, source, leaf, implementation, params)
}

function inline(
  machine: Machine,
  source: Node,
  leaf: Node,
  guard: object,
  params: unknown,
): Predicate {
  const { check, guards = [], stateValue = '' } = guard as Combined
  if (!('check' in guard)) return call(guard as Inline, params)
  const inner = guards.map((each) => compileGuard(machine, source, leaf, each))
  if (check === andCheck) return every(inner)
  if (check === orCheck) return negate(every(inner.map(negate)))
  if (check === notCheck) return negate(inner[0] ?? true)
  if (check === stateInCheck) return isIn(leaf, stateValue)
  throw new CompileError(machine.id, nameOf(source), 'guard of an unknown kind')
}

function call(guard: Inline, params: unknown): Predicate {
  if (typeof params !== 'function') {
    return (context, event) => guard({ context, event }, params)
  }
  return (context, event) => {
    const args = { context, event }
    return guard(args, params(args))
  }
}

// Asked left to right and no further than the answer needs, as XState does: a guard may
// rely on the one before it.
function every(parts: readonly Predicate[]): Predicate {
  const open = parts.filter((part) => part !== true)
  const stop = open.indexOf(false)
  if (stop === 0) return false
  const asked = (stop < 0 ? open : open.slice(0, stop)) as Exclude<Predicate, boolean>[]
  if (asked.length === 0) return true
  const last = stop < 0
  return (context, event) => asked.every((part) => part(context, event)) && last
}

function negate(part: Predicate): Predicate {
  return typeof part === 'boolean' ? !part : (context, event) => !part(context, event)
}

function isIn(leaf: Node, stateValue: StateValue): boolean {
  if (typeof stateValue === 'string' && stateValue.startsWith('#')) {
    return withAncestors(leaf).some((node) => `#${node.id}` === stateValue)
  }
  return matchesState(stateValue, stateValueOf(leaf))
}

/** Writes a resting state as XState's state value: `'a'`, `{ a: 'b' }`. */
export function stateValueOf(leaf: Node): StateValue {
  return leaf.path.reduceRight<StateValue>(
    (inner, key) =>
      typeof inner === 'object' && Object.keys(inner).length === 0 ? key : { [key]: inner },
    {},
  )
}
