import { compileContext } from './assigns.ts'
import { CompileError } from './compile-error.ts'
import { compileGuard, type Predicate } from './guards.ts'
import {
  candidatesOf,
  type Event,
  leavesOf,
  type Machine,
  type Node,
  nameOf,
  signalsOf,
  type Transition,
  withAncestors,
  withDescendants,
} from './node.ts'
import { isFinish, type Plan, planStart, planTransition } from './plan.ts'

/** One way out of a cell: taken when it is the first whose guard holds. */
export interface Candidate {
  readonly guard: Exclude<Predicate, boolean> | undefined
  readonly plan: Plan
  /** Codes of `plan.leaf` and of the done event of `plan.done`; -1 for none. */
  readonly next: number
  readonly done: number
  /** True when nothing can follow: no done event, no `always` where it leads. */
  readonly rests: boolean
}

/**
 * A machine unfolded over its resting states.
 *
 * Layout: `cells` is row-major, leaves × columns; a column is a signal, or behind the signals
 * a done event that XState raises itself. `undefined` stands for a signal nothing handles.
 */
export interface Program {
  readonly machine: Machine
  readonly leaves: readonly Node[]
  readonly signals: readonly string[]
  readonly doneEvents: readonly Event[]
  readonly columns: number
  readonly cells: readonly (readonly Candidate[] | undefined)[]
  readonly always: readonly (readonly Candidate[] | undefined)[]
  readonly finished: readonly boolean[]
  readonly start: Candidate
  readonly context: (init: Event) => object
  /** No guards and no assigns: every cell has one answer. */
  readonly pure: boolean
}

/** Builds the program of a machine. @throws ESC_COMPILE_UNSUPPORTED from guards and actions. */
export function buildProgram(
  machine: Machine,
  extraSignals: readonly string[],
  reuse: boolean,
): Program {
  const leaves = leavesOf(machine.root)
  const codes = new Map(leaves.map((leaf, code) => [leaf, code]))
  const signals = [...new Set([...signalsOf(machine.root), ...extraSignals])]
  const composites = withDescendants(machine.root).filter((node) => node.type === 'compound')
  const doneEvents = composites.map((node) => ({
    type: `xstate.done.state.${node.id}`,
    output: undefined,
  }))
  const codeOf = (leaf: Node): number => codes.get(leaf) ?? -1
  const link = (guard: Candidate['guard'], plan: Plan): Candidate => {
    const done = plan.done === undefined ? -1 : composites.indexOf(plan.done)
    const ends = isFinish(plan.leaf)
    const settled = withAncestors(plan.leaf).every((node) => node.always === undefined)
    return { guard, plan, next: codeOf(plan.leaf), done, rests: ends || (done < 0 && settled) }
  }

  const compileCell = (leaf: Node, found: readonly Transition[]): Candidate[] | undefined => {
    const candidates: Candidate[] = []
    for (const transition of found) {
      const guard = compileGuard(machine, transition.source, leaf, transition.guard)
      if (guard === false) continue
      const plan = planTransition(machine, leaf, transition, reuse)
      candidates.push(link(guard === true ? undefined : guard, plan))
      if (guard === true) break // nothing behind it is ever asked
    }
    return candidates.length === 0 ? undefined : candidates
  }

  const types = [...signals, ...doneEvents.map((event) => event.type)]
  const finished = leaves.map(isFinish)
  const cells = leaves.flatMap((leaf, code) =>
    types.map((type) => {
      const found = withAncestors(leaf).flatMap((node) => candidatesOf(node, type))
      return finished[code] ? undefined : compileCell(leaf, found)
    }),
  )
  const always = leaves.map((leaf) =>
    compileCell(
      leaf,
      withAncestors(leaf).flatMap((node) => node.always ?? []),
    ),
  )
  const start = link(undefined, planStart(machine, reuse))
  const all = [...cells, ...always].flatMap((cell) => cell ?? []).concat(start)
  const pure = all.every(({ guard, plan }) => guard === undefined && plan.assigns.length === 0)
  const context = compileContext(machine, reuse)
  const columns = types.length
  refuseOversize(machine, leaves)
  return {
    machine,
    leaves,
    signals,
    doneEvents,
    columns,
    cells,
    always,
    finished,
    start,
    context,
    pure,
  }
}

// Table cells are 16-bit: a machine with more states than they can name is refused.
function refuseOversize(machine: Machine, leaves: readonly Node[]): void {
  if (leaves.length <= 32_767) return
  throw new CompileError(machine.id, nameOf(machine.root), 'more than 32767 states')
}
