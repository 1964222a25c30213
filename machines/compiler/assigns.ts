import { CompileError } from './compile-error.ts'
import { type Event, type Machine, type Node, nameOf } from './node.ts'

/** Writes one assignment: takes the context as it was, gives the context as it is. */
export type Assign = (context: object, event: Event) => object

type Updater = (args: AssignArgs, params: unknown) => unknown
type Assignment = Updater | Readonly<Record<string, unknown>>

/**
 * Makes the class of what an assigning function of one place receives. XState also hands out
 * its actor there; a compiled machine has none, so reading it is refused by name at the
 * moment it happens. A class a place keeps the objects themselves down to two fields.
 */
function argsOf(place: Place): new (context: object, event: Event) => AssignArgs {
  return class {
    // Declared only: a field of its own is defined, then assigned, and that costs 100 ns.
    declare readonly context: object
    declare readonly event: Event
    constructor(context: object, event: Event) {
      this.context = context
      this.event = event
    }
    get spawn(): never {
      throw refusal(place, 'spawn inside assign')
    }
    get self(): never {
      throw refusal(place, 'self inside assign')
    }
    get system(): never {
      throw refusal(place, 'system inside assign')
    }
  }
}

interface AssignArgs {
  readonly context: object
  readonly event: Event
}

interface Place {
  readonly machine: string
  readonly state: string
}

function refusal({ machine, state }: Place, feature: string): CompileError {
  return new CompileError(machine, state, feature)
}

/**
 * Compiles a list of actions, which must all be `assign`.
 *
 * @param reuse - write into the context object itself instead of a copy.
 * @throws ESC_COMPILE_UNSUPPORTED for any other action, by its name.
 */
export function compileActions(
  machine: Machine,
  source: Node,
  actions: readonly unknown[],
  reuse: boolean,
): Assign[] {
  const place = { machine: machine.id, state: nameOf(source) }
  return actions.map((action) => {
    const name = nameOfAction(action)
    const known = typeof action === 'function' ? action : machine.implementations.actions[name]
    const { type, assignment } = (known ?? {}) as { type?: string; assignment?: Assignment }
    if (type === 'xstate.assign' && assignment !== undefined) {
      const params = typeof action === 'object' && action !== null ? paramsOf(action) : undefined
      return update(place, assignment, params, reuse)
    }
    const feature = type?.startsWith('xstate.') ? type.slice(7) : `custom action "${name}"`
    throw refusal(place, feature)
  })
}

/**
 * Compiles the context a machine starts with.
 *
 * @param reuse - whether assigns will write into it, so that each start needs its own.
 */
export function compileContext(machine: Machine, reuse: boolean): (init: Event) => object {
  const context = machine.config.context
  if (typeof context === 'function') {
    const place = { machine: machine.id, state: '(root)' }
    return (init) => ({
      ...context({
        input: (init as { input?: unknown }).input,
        get spawn(): never {
          throw refusal(place, 'spawn in the context')
        },
        get self(): never {
          throw refusal(place, 'self in the context')
        },
      }),
    })
  }
  const fixed: object = typeof context === 'object' && context !== null ? context : {}
  return reuse ? () => ({ ...fixed }) : () => fixed
}

function update(place: Place, assignment: Assignment, params: unknown, reuse: boolean): Assign {
  const Args = argsOf(place)
  if (typeof assignment === 'function') {
    return (context, event) => {
      const change = assignment(new Args(context, event), evaluate(params, context, event))
      return Object.assign(reuse ? context : { ...context }, change)
    }
  }
  const keys = Object.keys(assignment)
  const updaters = Object.values(assignment)
  return (context, event) => {
    const args = new Args(context, event)
    const given = evaluate(params, context, event)
    // Every property must see the old context. A copy is written at once, since what the
    // functions read stays as it was; a reused one only after the last of them has read.
    const target = (reuse && keys.length > 1 ? {} : reuse ? context : { ...context }) as Values
    for (let at = 0; at < keys.length; at++) {
      const updater = updaters[at]
      target[keys[at]!] = typeof updater === 'function' ? updater(args, given) : updater
    }
    return reuse && target !== context ? Object.assign(context, target) : target
  }
}

type Values = Record<string, unknown>

function evaluate(params: unknown, context: object, event: Event): unknown {
  return typeof params === 'function' ? params({ context, event }) : params
}

function paramsOf(action: object): unknown {
  return (action as { params?: unknown }).params
}

function nameOfAction(action: unknown): string {
  if (typeof action === 'string') return action
  if (typeof action === 'function') return action.name === '' ? '(anonymous)' : action.name
  return String((action as { type?: unknown }).type)
}
