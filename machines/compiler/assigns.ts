import { CompileError } from './compile-error.ts'
import { type Event, type Machine, type Node, nameOf } from './node.ts'

/** Writes one assignment: takes the context as it was, gives the context as it is. */
export type Assign = (context: object, event: Event) => object

type Updater = (args: AssignArgs, params: unknown) => unknown
type Assignment = Updater | Readonly<Record<string, unknown>>

/**
 * What an assigning function receives. XState also hands out its actor here; a compiled
 * machine has none, so reading it is refused by name at the moment it happens.
 */
class AssignArgs {
  readonly context: object
  readonly event: Event
  readonly #place: Place
  constructor(place: Place, context: object, event: Event) {
    this.#place = place
    this.context = context
    this.event = event
  }
  get spawn(): never {
    throw refusal(this.#place, 'spawn inside assign')
  }
  get self(): never {
    throw refusal(this.#place, 'self inside assign')
  }
  get system(): never {
    throw refusal(this.#place, 'system inside assign')
  }
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
  const write = reuse
    ? (context: object, change: unknown): object => Object.assign(context, change)
    : (context: object, change: unknown): object => ({ ...context, ...(change as object) })
  const paramsFor = (context: object, event: Event): unknown =>
    typeof params === 'function' ? params({ context, event }) : params

  if (typeof assignment === 'function') {
    return (context, event) =>
      write(context, assignment(new AssignArgs(place, context, event), paramsFor(context, event)))
  }
  const entries = Object.entries(assignment)
  return (context, event) => {
    const args = new AssignArgs(place, context, event)
    const values = paramsFor(context, event)
    // Every property is computed before one is written: all of them see the old context.
    const change: Record<string, unknown> = {}
    for (const [key, value] of entries) {
      change[key] = typeof value === 'function' ? value(args, values) : value
    }
    return write(context, change)
  }
}

function paramsOf(action: object): unknown {
  return (action as { params?: unknown }).params
}

function nameOfAction(action: unknown): string {
  if (typeof action === 'string') return action
  if (typeof action === 'function') return action.name === '' ? '(anonymous)' : action.name
  return String((action as { type?: unknown }).type)
}
