import type { AnyStateMachine } from 'xstate'
import type { Chart, ChartOf } from './compiler/chart.ts'
import { CompileError } from './compiler/compile-error.ts'
import { stateValueOf } from './compiler/guards.ts'
import { type Event, type Machine, nameOf, withAncestors } from './compiler/node.ts'
import { buildProgram, type Program } from './compiler/program.ts'
import { refuseUnsupported } from './compiler/refuse.ts'
import { DEPENDS, ILLEGAL, type Running, sendSignal, settle, startProgram } from './compiler/run.ts'

/** What {@link compile} may be told; everything has a default. */
export interface CompileOptions {
  /** Signals to give a column although no state names them; wildcards may still handle them. */
  readonly signals?: readonly string[]
  /**
   * What an assign does with the context. `copy` (the default) gives a new object, as XState
   * does. `reuse` writes into the instance's own: about a third faster, but code that kept a
   * reference sees it change, and an assign that throws leaves it half written.
   */
  readonly context?: 'copy' | 'reuse'
}

/**
 * Compiles an XState machine into flat tables and a runner, at load. XState stays the only
 * source: nothing is declared twice, and the tests hold both forms against each other.
 *
 * Cost (Node 20, EPYC): 0.1 to 0.5 ms to compile; `next` 3 to 6 ns, one `send` with a
 * guard and an assign about 100 ns (test/bench/machines.bench.ts).
 *
 * @throws ESC_COMPILE_UNSUPPORTED naming the feature and the state when the machine uses
 *   what has no compiled form: parallel, history, after, invoke, output, and any action
 *   other than assign.
 */
export function compile<M extends AnyStateMachine>(
  machine: M,
  options: CompileOptions = {},
): ChartOf<M> {
  // XState types its own nodes too loosely to walk them strictly; `Node` says what we read.
  const source = machine as unknown as Machine
  refuseUnsupported(source)
  const program = buildProgram(source, options.signals ?? [], options.context === 'reuse')
  return assemble(program) as unknown as ChartOf<M>
}

function assemble(program: Program): Chart<string, Event, object, unknown> {
  const { machine, leaves, signals } = program
  const states = leaves.map((leaf) => (leaf.path.length === 0 ? leaf.key : nameOf(leaf)))
  const width = signals.length
  const height = states.length
  const table = fillTable(program)
  const tags = leaves.map((leaf) => [...new Set(withAncestors(leaf).flatMap(({ tags }) => tags))])
  const terminal = leaves.map((_, code) => {
    return program.finished[code] === true || tags[code]?.includes('terminal') === true
  })
  const byValue = new Map(leaves.map((leaf, code) => [JSON.stringify(stateValueOf(leaf)), code]))

  return Object.freeze({
    id: machine.id,
    states: Object.freeze(states),
    signals: Object.freeze([...signals]),
    state: codesOf(states),
    signal: codesOf(signals),
    tags,
    initial: initialOf(program),
    table,
    pure: program.pure,
    next(state: number, signal: number): number {
      if (signal >= 0 && signal < width && state >= 0 && state < height) {
        const next = table[state * width + signal]!
        if (next !== DEPENDS) return next
      }
      throw new RangeError(misuse(machine.id, states[state], signals[signal], state, signal))
    },
    isTerminal: (state: number) => terminal[state] === true,
    codeOf(value) {
      const code = byValue.get(JSON.stringify(value))
      if (code !== undefined) return code
      throw new RangeError(`Machine "${machine.id}" has no state ${JSON.stringify(value)}.`)
    },
    valueOf: (state: number) => stateValueOf(leaves[state]!),
    start: (input?: unknown) => startProgram(program, input),
    send(instance: Running, signal: number, event: Event): number {
      if (signal >= 0 && signal < width) return sendSignal(program, instance, signal, event)
      throw new RangeError(misuse(machine.id, states[instance.state], undefined, -1, signal))
    },
  } satisfies Chart<string, Event, object, unknown>)
}

function fillTable(program: Program): Int16Array {
  const { leaves, signals, columns, cells, always } = program
  const table = new Int16Array(leaves.length * signals.length)
  for (let state = 0; state < leaves.length; state++) {
    for (let signal = 0; signal < signals.length; signal++) {
      const handled = cells[state * columns + signal] ?? always[state]
      const at = state * signals.length + signal
      if (handled === undefined) table[at] = ILLEGAL
      else if (!program.pure) table[at] = DEPENDS
      else table[at] = answer(program, state, signal)
    }
  }
  return table
}

// A pure cell has one answer, so asking the runner once is asking it for good.
function answer(program: Program, state: number, signal: number): number {
  const type = program.signals[signal] ?? ''
  return guardEndless(program, state, () =>
    sendSignal(program, { state, context: {} }, signal, { type }),
  )
}

function initialOf(program: Program): number {
  const idle: Running = { state: -1, context: {} }
  const init = { type: 'xstate.init' }
  if (program.pure)
    return guardEndless(program, 0, () => settle(program, idle, program.start, init))
  const { next, done } = program.start
  return program.always[next] === undefined && done < 0 ? next : DEPENDS
}

function guardEndless(program: Program, state: number, run: () => number): number {
  try {
    return run()
  } catch {
    throw new CompileError(program.machine.id, nameOf(program.leaves[state]!), 'endless always')
  }
}

function codesOf(names: readonly string[]): Readonly<Record<string, number>> {
  return Object.freeze(Object.fromEntries(names.map((name, code) => [name, code])))
}

function misuse(
  machine: string,
  stateName: string | undefined,
  signalName: string | undefined,
  state: number,
  signal: number,
): string {
  return stateName !== undefined && signalName !== undefined
    ? `Machine "${machine}": guards or context decide "${stateName}" on "${signalName}"; use send.`
    : `Machine "${machine}": no cell for state ${stateName ?? state}, signal ${signal}.`
}
