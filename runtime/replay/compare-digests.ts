import { digestStep, type State, type StepResult } from '@escapement/core'
import type { Difference } from './owed.ts'
import type { RecordedStep } from './recorded-step.ts'

/** What was recorded of a step against what came out, State as the step left it; null when equal. */
export function compareDigests(
  state: State,
  { event, stepDigest, stateDigest }: RecordedStep,
  result: StepResult,
): Difference | null {
  if (stepDigest !== undefined) {
    const recomputed = digestStep(state, event, result).hex()
    if (recomputed !== stepDigest) {
      return { kind: 'stepDigest', recorded: stepDigest, recomputed }
    }
  }
  if (stateDigest === undefined) return null
  const recomputed = state.digest()
  if (recomputed === stateDigest) return null
  return { kind: 'stateDigest', recorded: stateDigest, recomputed }
}
