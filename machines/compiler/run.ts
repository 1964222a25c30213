import type { Event } from './node.ts'
import type { Candidate, Program } from './program.ts'

/** The table's entry for a signal that a state does not handle. */
export const ILLEGAL = -1

/** The table's entry where guards or the context decide: `send` knows, `next` does not. */
export const DEPENDS = -2

/** A bound on the microsteps of one send, where the machine's own `maxIterations` sets none. */
export const microstepsMax = 10_000

/** One running copy of a compiled machine. The runner replaces both fields. */
export interface Running {
  state: number
  context: object
}

/** Starts a program: initial entry, then whatever `always` and done events follow. */
export function startProgram(program: Program, input: unknown): Running {
  const init = { type: 'xstate.init', input }
  const running: Running = { state: -1, context: program.context(init) }
  settle(program, running, program.start, init)
  return running
}

/**
 * Sends one signal and gives the code of the state reached, or ILLEGAL when no transition
 * was taken; then nothing has changed. A guard or assign that throws also changes nothing,
 * unless assigns were compiled to reuse the context.
 */
export function sendSignal(
  program: Program,
  running: Running,
  signal: number,
  event: Event,
): number {
  const { state, context } = running
  const chosen = choose(program.cells[state * program.columns + signal], context, event)
  // An unhandled event still lets XState look at `always` once more, with that event in hand.
  if (chosen === undefined && program.always[state] === undefined) return ILLEGAL
  return settle(program, running, chosen, event)
}

/** Takes a first step, then everything that follows until the machine rests. */
export function settle(
  program: Program,
  running: Running,
  first: Candidate | undefined,
  event: Event,
): number {
  let { state, context } = running
  let taken = first !== undefined
  let pending: number[] | undefined
  const apply = (candidate: Candidate): void => {
    for (const assign of candidate.plan.assigns) context = assign(context, event)
    state = candidate.next
    if (candidate.done < 0) return
    pending ??= []
    pending.push(candidate.done)
  }
  if (first !== undefined) apply(first)

  const limit = Math.min(program.machine.options.maxIterations ?? microstepsMax, microstepsMax)
  let armed = true
  for (let step = 1; program.finished[state] !== true; step++) {
    if (step > limit) throw new Error(endless(program, state, limit))
    const spontaneous: Candidate | undefined = armed
      ? choose(program.always[state], context, event)
      : undefined
    if (spontaneous !== undefined) {
      apply(spontaneous)
      taken = true
      // A spontaneous step that changes nothing must not be offered again at once.
      armed = spontaneous.plan.changes
      continue
    }
    const done = pending?.shift()
    if (done === undefined) break
    event = program.doneEvents[done]!
    const answer = choose(program.cells[cellOf(program, state, done)], context, event)
    if (answer !== undefined) apply(answer)
    armed = true
  }

  running.state = state
  running.context = context
  return taken ? state : ILLEGAL
}

function choose(
  cell: readonly Candidate[] | undefined,
  context: object,
  event: Event,
): Candidate | undefined {
  if (cell === undefined) return undefined
  for (const candidate of cell) {
    if (candidate.guard === undefined || candidate.guard(context, event)) return candidate
  }
  return undefined
}

function cellOf(program: Program, state: number, done: number): number {
  return state * program.columns + program.signals.length + done
}

function endless(program: Program, state: number, limit: number): string {
  const where = program.leaves[state]?.path.join('.') ?? '(start)'
  return `Machine "${program.machine.id}" did not come to rest in ${limit} microsteps, at "${where}".`
}
