import { compareOutput, compareState, type Mismatch } from './compare.ts'
import { Drive } from './drive.ts'
import { type Expect, type Json, mergePatch, type Step, trustOf, type Vector } from './format.ts'
import type { Outcome } from './outcome.ts'
import { project } from './project.ts'

/** What a rule may look at. */
export type StepContext = {
  readonly vector: Vector
  readonly index: number
  readonly step: Step
  readonly expect: Expect
  readonly expected: Json
  readonly outcome: Outcome
  readonly drive: Drive
}

export type StepReport = { readonly context: StepContext; readonly mismatches: readonly Mismatch[] }

/**
 * Runs the trusted steps of one vector and yields what differs at each.
 *
 * A step whose verdicts differ is reported with those differences, and decided again with the
 * reference's verdicts: so what follows from the verdicts is compared all the same, in this step
 * and in every later one.
 */
export function* runVector(vector: Vector): Iterable<StepReport> {
  const trust = trustOf(vector)
  const drive = new Drive(vector)
  let expected: Json = {}
  for (let index = 0; index < trust.steps; index++) {
    const step = vector.steps[index]!
    const expect = vector.expect[index]!
    const mute = trust.mute.has(index)
    expected = mergePatch(expected, expect.state ?? {})
    const saved = drive.save()
    let outcome = drive.step(index)
    const verdicts = mute ? [] : differingVerdicts(expect, outcome, drive)
    if (verdicts.length > 0) outcome = decideAlike(index, saved, step, expect, outcome, drive)
    const refused = (expect.error ?? null) !== null
    const state = compareState(vector, step, expected, project(drive), refused)
    const output = mute ? [] : outputOf(expect, outcome, drive).filter((m) => !isVerdict(m))
    const context = { vector, index, step, expect, expected, outcome, drive }
    yield { context, mismatches: [...verdicts, ...output, ...state] }
  }
}

const isVerdict = ({ path }: Mismatch): boolean => path.startsWith('policyRejected.')

function outputOf(expect: Expect, outcome: Outcome, drive: Drive): Mismatch[] {
  const due = outcome.decision?.result.obligation?.due
  return compareOutput(expect, outcome, due === undefined ? null : drive.nanosOf(due))
}

/** Verdicts that differ, and REPLACE Intents that they dropped as no-ops and we keep waiting. */
function differingVerdicts(expect: Expect, outcome: Outcome, drive: Drive): Mismatch[] {
  const verdicts = outputOf(expect, outcome, drive).filter(isVerdict)
  for (const ref of keptNoOps(expect, drive)) {
    verdicts.push({ path: `handled.${ref}`, expected: 'noop_working', found: 'waits' })
  }
  return verdicts
}

function keptNoOps({ handled = [] }: Expect, drive: Drive): string[] {
  const waiting = new Set(
    [...drive.turn.state.execution.work.queue.values()].map((command) => drive.turn.refOf(command)),
  )
  const noOps = handled.filter(([, kind]) => kind.startsWith('noop_'))
  return noOps.map(([ref]) => ref).filter((ref) => waiting.has(ref))
}

function decideAlike(
  index: number,
  saved: ReturnType<Drive['save']>,
  step: Step,
  expect: Expect,
  outcome: Outcome,
  drive: Drive,
): Outcome {
  const without = new Set((expect.policyRejected ?? []).map(([ref]) => ref))
  for (const [ref, kind] of expect.handled ?? []) {
    if (!kind.startsWith('noop_')) continue
    without.add(ref)
    // What the no-op had beaten is gone with them as well.
    for (const beaten of expect.superseded ?? []) {
      if (orderOf(step, beaten) === orderOf(step, ref)) without.add(beaten)
    }
  }
  const again = drive.again(index, saved, without)
  return { ...again, notes: new Set([...outcome.notes, ...again.notes]) }
}

/** Names an Intent's order; refs of earlier steps (queued work) name none of this step. */
function orderOf(step: Step, ref: string): string {
  const intent = step.intents?.[Number(ref.split('.')[1])]
  return JSON.stringify([intent?.instrument, intent?.client_order_id])
}
