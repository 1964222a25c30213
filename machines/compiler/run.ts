import type { Event } from './node.ts'
import type { Candidate, Program } from './program.ts'

/** The table's entry for a signal that a state does not handle. */
export const ILLEGAL = -1

/** The table's entry where guards or the context decide: `send` knows, `next` does not. */
export const DEPENDS = -2

/** A bound on the microsteps of one send, where the machine's own `maxIterations` sets none. */
const microstepsMax = 10_000

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
  if (first?.rests !== true) return follow(program, running, first, event)
  running.context = assigned(first, running.context, event)
  running.state = first.next
  return first.next
}

function follow(
  program: Program,
  running: Running,
  first: Candidate | undefined,
  event: Event,
): number {
  let { state, context } = running
  let step = first
  let taken = first !== undefined
  let armed = true
  const pending: number[] = []
  const limit = Math.min(program.machine.options.maxIterations ?? microstepsMax, microstepsMax)
  for (let steps = 0; ; steps++) {
    if (step !== undefined) {
      context = assigned(step, context, event)
      state = step.next
      if (step.done >= 0) pending.push(step.done)
    }
    if (program.finished[state] === true) break
    if (steps >= limit) throw new Error(endless(program, state, limit))

    step = armed ? choose(program.always[state], context, event) : undefined
    if (step !== undefined) {
      taken = true
      // A spontaneous step that changes nothing must not be offered again at once.
      armed = step.plan.changes
      continue
    }
    const done = pending.shift()
    if (done === undefined) break
    event = program.doneEvents[done]!
    step = choose(program.cells[cellOf(program, state, done)], context, event)
    armed = true
  }
  running.state = state
  running.context = context
  return taken ? state : ILLEGAL
}

function assigned({ plan }: Candidate, context: object, event: Event): object {
  const { assigns } = plan
  for (let at = 0; at < assigns.length; at++) context = assigns[at]!(context, event)
  return context
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
