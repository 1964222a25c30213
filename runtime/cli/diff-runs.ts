import { CodedError, type Position, type StepResult } from '@escapement/core'
import { type FieldDifference, fieldDifferences } from '../diff/field-differences.ts'
import type { DifferingPart, StreamDifference } from '../diff/first-difference.ts'
import { stateFields } from '../diff/state-fields.ts'
import { describeEvent, describeFields } from '../replay/describe-event.ts'
import { TimeTravel } from '../replay/time-travel.ts'
import { openSide } from './diff-side.ts'
import { logDifference } from './log-difference.ts'
import type { RunFolder } from './recorded-run.ts'
import { prepareRepeat } from './repeat-run.ts'
import { RunHistory } from './run-history.ts'

type Both<T> = { readonly a: T; readonly b: T }

/** The first position at which two runs differ, and what is known of it. */
export type PositionDiff = {
  readonly position: Position
  /** Empty where one run has no such position. */
  readonly parts: readonly DifferingPart[]
  /** As text; null of a run that ended before. */
  readonly event: Both<string | null>
  readonly stepDigest: Both<string | null>
  readonly stateDigest: Both<string | null>
  /** What both steps came to, and where State differs after them; null where not both were repeated. */
  readonly repeated: {
    readonly decision: Both<string>
    readonly state: readonly FieldDifference[]
  } | null
  /** Why not. */
  readonly notRepeated: string | null
}

export type RunDiff = {
  readonly same: boolean
  readonly a: DiffedRun
  readonly b: DiffedRun
  /** In what the runs were made otherwise. */
  readonly definition: readonly FieldDifference[]
  /** Hashes of two runs that are done, as they state them. */
  readonly hashes: readonly FieldDifference[]
  readonly difference: PositionDiff | null
}
export type DiffedRun = { readonly directory: string; readonly outcome: RunFolder['outcome'] }

/**
 * Compares two runs: how they were made, and the first position at which they differ.
 *
 * Cost: of runs on the same market a bisection of the links of their logs, and one or two blocks of
 * records; of runs on other markets, or whose logs are cut otherwise, every position up to there.
 * Where they can be repeated, both are stepped to the position.
 * @throws ESC_LOG_DAMAGED when the log of a run that is done is not whole as far as it is read
 * @throws CodedError of the data, where Market Events must be looked at and the data are not there
 */
export async function diffRuns(a: RunFolder, b: RunFolder, base?: string): Promise<RunDiff> {
  const left = openSide(a, base)
  const right = openSide(b, base)
  const found = logDifference(left, right)
  const hashes = a.hashes === null || b.hashes === null ? [] : fieldDifferences(a.hashes, b.hashes)
  const isOtherState = hashes.some(({ field }) => field === 'stateHash')
  return {
    same: found === null && !isOtherState,
    a: { directory: a.path, outcome: a.outcome },
    b: { directory: b.path, outcome: b.outcome },
    definition: fieldDifferences(left.definition, right.definition),
    hashes,
    difference: found === null ? null : await described(found, a, b, base),
  }
}

async function described(
  { position, a, b, parts }: StreamDifference,
  runA: RunFolder,
  runB: RunFolder,
  base: string | undefined,
): Promise<PositionDiff> {
  const recorded = {
    position,
    parts,
    event: { a: a && describeEvent(a.event), b: b && describeEvent(b.event) },
    stepDigest: { a: a?.stepDigest ?? null, b: b?.stepDigest ?? null },
    stateDigest: { a: a?.stateDigest ?? null, b: b?.stateDigest ?? null },
  }
  if (a === null || b === null) {
    return { ...recorded, repeated: null, notRepeated: 'one run has no such position' }
  }
  try {
    const [one, other] = [
      await standing(runA, position, base),
      await standing(runB, position, base),
    ]
    return {
      ...recorded,
      repeated: {
        decision: { a: one.decision, b: other.decision },
        state: fieldDifferences(one.state, other.state),
      },
      notRepeated: null,
    }
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause
    return { ...recorded, repeated: null, notRepeated: cause.message }
  }
}

/** Repeats a run to a position: what its step came to, and State after it. */
async function standing(run: RunFolder, position: Position, base: string | undefined) {
  const prepared = await prepareRepeat(run, base)
  const history = new RunHistory(run.path, prepared)
  const travel = new TimeTravel(history)
  travel.seek(position - 1)
  const { result } = travel.step()!
  return {
    decision: describeDecision(result),
    state: stateFields(travel.state, history.configuration),
  }
}

function describeDecision(result: StepResult): string {
  const { dispatches, denials, closures, anomalies, failures, obligation } = result
  const failed = failures.map(({ stage, strategy }) => ({ stage, strategy }))
  return describeFields({ dispatches, denials, closures, anomalies, failures: failed, obligation })
}
